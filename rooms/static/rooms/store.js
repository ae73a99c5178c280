// What one seat has seen so far. A frame and a store in, a store out; nothing else.

export const EMPTY = Object.freeze({ epoch: null, upto: 0, items: [], head: null, gap: false });

const follows = (items, upto) => items.every((item, at) => item.n === upto + 1 + at);

// A frame has the sections of the head that changed; those of the console one level deeper.
export function merge(head, change) {
  const merged = { ...head, ...change };
  return change.console ? { ...merged, console: { ...head?.console, ...change.console } } : merged;
}

// A frame of another epoch, or from the very start, starts the store again. A frame that leaves a
// gap changes nothing but says so in `gap`: the caller then syncs from `upto`.
export function receive(store, frame) {
  const goesOn = frame.epoch === store.epoch && !(frame.from === 0 && store.upto > 0);
  const base = goesOn ? store : { ...EMPTY, epoch: frame.epoch };
  const fresh = frame.items.filter((item) => item.n > base.upto);
  const upto = base.upto + fresh.length;
  if (!follows(fresh, base.upto) || frame.upto > upto) return { ...base, gap: true };
  if (frame.upto < base.upto) return base; // older than what is shown: its head is stale too
  return { epoch: frame.epoch, upto, items: [...base.items, ...fresh], head: merge(base.head, frame.head), gap: false };
}

// What a sync has to say to get the rest.
export const where = (store) => ({ epoch: store.epoch, after: store.upto });
