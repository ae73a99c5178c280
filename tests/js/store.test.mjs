import assert from "node:assert/strict";
import test from "node:test";

import { EMPTY, receive, where } from "../../rooms/static/rooms/store.js";

const items = (...numbers) => numbers.map((n) => ({ n, type: "said" }));
const feed = (numbers, rest = {}) => ({
  type: "feed",
  epoch: "e1",
  upto: numbers.at(-1) ?? 0,
  items: items(...numbers),
  head: { at: numbers.at(-1) ?? 0 },
  ...rest,
});
const seen = (...frames) => frames.reduce(receive, EMPTY);

test("a feed is appended and its head replaces the one before", () => {
  assert.deepEqual(seen(feed([1, 2]), feed([3])), {
    epoch: "e1",
    upto: 3,
    items: items(1, 2, 3),
    head: { at: 3 },
    gap: false,
  });
});

test("a frame that comes twice changes nothing", () => {
  assert.deepEqual(seen(feed([1, 2]), feed([1, 2])), seen(feed([1, 2])));
});

test("of a frame that overlaps only the new items are taken", () => {
  assert.deepEqual(seen(feed([1, 2]), feed([2, 3])), seen(feed([1, 2, 3])));
});

test("a frame without items brings a new head", () => {
  const store = seen(feed([1, 2]), feed([], { upto: 2, head: { at: "later" } }));
  assert.deepEqual([store.upto, store.head], [2, { at: "later" }]);
});

test("a gap shows nothing and asks for the rest from the last item seen", () => {
  const store = seen(feed([1, 2]), feed([4]));
  assert.deepEqual(store, { ...seen(feed([1, 2])), gap: true });
  assert.deepEqual(where(store), { epoch: "e1", after: 2 });
});

test("a hole inside a frame is a gap", () => {
  assert.equal(seen(feed([1, 3])).gap, true);
});

test("a frame that claims more than it brings is a gap", () => {
  assert.equal(seen(feed([1, 2]), feed([], { upto: 4 })).gap, true);
});

test("what was missed closes the gap", () => {
  assert.deepEqual(seen(feed([1, 2]), feed([4]), feed([3, 4])), seen(feed([1, 2, 3, 4])));
});

test("another epoch throws the store away", () => {
  assert.deepEqual(seen(feed([1, 2, 3]), feed([1], { epoch: "e2" })), seen(feed([1], { epoch: "e2" })));
});

test("another epoch that does not start at one is asked for from the start", () => {
  const store = seen(feed([1, 2, 3]), feed([4], { epoch: "e2" }));
  assert.deepEqual([store.items, store.gap, where(store)], [[], true, { epoch: "e2", after: 0 }]);
});

test("an old frame does not bring back an old head", () => {
  assert.deepEqual(seen(feed([1, 2, 3]), feed([1, 2])).head, { at: 3 });
});

test("a frame has only what changed of the head; the console one level deeper", () => {
  const first = feed([1], { head: { status: "live", may: ["say"], console: { airtime: { a: 1 }, acts: {} } } });
  const next = feed([2], { head: { status: "paused", console: { airtime: { a: 2 } } } });
  assert.deepEqual(seen(first, next).head, {
    status: "paused",
    may: ["say"],
    console: { airtime: { a: 2 }, acts: {} },
  });
});

test("a server with fewer items than we have starts us over from the first", () => {
  const store = seen(feed([1, 2, 3], { from: 0 }), feed([1], { from: 0, head: { at: "restored" } }));
  assert.deepEqual([store.upto, store.items.length, store.head], [1, 1, { at: "restored" }]);
});
