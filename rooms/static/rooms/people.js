// Who is who at the table, and what they are called. Pure.

import { plain } from "./words.js";

const NOBODY = { seat: "", name: "", title: "", kind: "", role: "", occupant: "empty" };

export const seatOf = (head, seat) => head?.seats.find((other) => other.seat === seat) ?? { ...NOBODY, seat };

// How a seat is met at the table: {name, title, player}. A part is called by the name of the part;
// `player` is the person behind it. `cast` holds the head and the words: the app, or the two alone.
export function persona({ head, words }, key) {
  const seat = seatOf(head, key);
  const part = words?.roles?.find(({ key: role }) => seat.kind === "panel" && role === seat.role);
  const player = seat.occupant === "person" ? seat.name : "";
  if (part) return { name: part.name, title: part.title, player };
  const name = seat.name || seat.title || key;
  return { name, title: seat.name === seat.title ? "" : seat.name && seat.title, player: "" };
}

export const nameOf = (cast, key) => persona(cast, key).name;

export function roleName(cast, role) {
  const seat = cast.head?.seats.find((other) => other.role === role);
  return seat ? nameOf(cast, seat.seat) : plain(role);
}

export function initials(name) {
  const words = name.split(/\s+/).filter(Boolean);
  return (
    words
      .slice(0, 2)
      .map((word) => word[0].toUpperCase())
      .join("") || "·"
  );
}

// who(seat), who.part(seat), who.role(role), as `tell` needs them.
export function names(cast) {
  const who = (seat) => nameOf(cast, seat);
  who.inject = (key) => injectTitle(cast.head, key);
  who.role = (role) => roleName(cast, role);
  who.part = (seat) => (seatOf(cast.head, seat).kind === "candidate" ? "the candidate" : part(cast, seat));
  return who;
}

const injectTitle = (head, key) =>
  (head?.console?.plan ?? head?.yours?.injects)?.find((inject) => inject.key === key)?.title ?? plain(key);

const part = (cast, key) => {
  const seat = seatOf(cast.head, key);
  return seat.kind === "panel" ? nameOf(cast, key) : seat.title || key;
};
