// Commands that were sent and not yet answered, in their order. Pure: an outbox in, an outbox out.
// An entry is {ref, command, tries}: `tries` counts the sockets it went over.

const TRIES = 8; // a command cut off this often is itself the likely reason
const TOO_LARGE = new Set([1009, 4009]); // the web server's own limit, and ours

export const fill = (kept) => kept.map(([ref, command]) => ({ ref, command, tries: 0 }));
export const pack = (box) => box.map(({ ref, command }) => [ref, command]);
export const add = (box, ref, command) => [...box, { ref, command, tries: 0 }];
export const without = (box, ref) => box.filter((entry) => entry.ref !== ref);
export const find = (box, ref) => box.find((entry) => entry.ref === ref);

export const tried = (box, ref, by = 1) =>
  box.map((entry) => (entry.ref === ref ? { ...entry, tries: entry.tries + by } : entry));

// Which refs to give back when a socket closed with this code; the rest are sent again.
export function hopeless(box, code, stopped) {
  if (stopped) return box.map((entry) => entry.ref);
  const last = TOO_LARGE.has(code) ? box.filter((entry) => entry.tries > 0).at(-1) : null;
  return box.filter((entry) => entry.tries >= TRIES || entry === last).map((entry) => entry.ref);
}
