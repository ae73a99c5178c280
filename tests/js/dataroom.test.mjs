// The data room's pure parts: numbers as people read them, bars of a histogram, what is fetched and kept.

import assert from "node:assert/strict";
import test from "node:test";
import { bins, figure, share, spoken } from "../../rooms/static/rooms/figures.js";
import { look, tableStore } from "../../rooms/static/rooms/table_store.js";

test("a number has no more digits than say something", () => {
  const told = [0.0121145, 1234567, 1234.5678, 41.35, -0.5, null, "web"].map(figure);
  assert.deepEqual(told, ["0.01211", "1,234,567", "1,235", "41.35", "-0.5", "", "web"]);
});

test("a share is told apart from nothing at all", () => {
  assert.deepEqual([share(0, 10), share(1, 3), share(1, 100_000)], ["none", "33.3 %", "< 0.1 %"]);
});

test("every number falls into one bar, the largest into the last", () => {
  const bars = bins([0, 1, 2, 9, 10, null, NaN], 5);
  assert.deepEqual(bars.map(({ value }) => value), [2, 1, 0, 0, 2]);
  assert.deepEqual(bins([], 5), []);
  assert.equal(bins([3, 3, 3], 4)[0].value, 3);
});

test("who does not see a chart hears its least and its most", () => {
  const points = [{ label: "May", value: 0.06 }, { label: "March", value: 0.35 }];
  assert.equal(spoken("Rate by month", points), "Rate by month: 2 values, from 0.06 (May) to 0.35 (March).");
});

const APP = { room: "r1", seat: "candidate", csrf: "token" };
const reply = (status, body) => ({ ok: status === 200, status, json: async () => body });

test("a table is fetched once and the page is drawn again when it is here", async () => {
  const calls = [];
  let drawn = 0;
  const store = tableStore(APP, () => drawn++, async (url) => (calls.push(url), reply(200, { rows: 3 })));
  await Promise.all([store.get("t", "tables/t/"), store.get("t", "tables/t/")]);
  assert.deepEqual(calls, ["/rooms/r1/candidate/tables/t/"]);
  assert.deepEqual([store.got("t"), drawn], [{ state: "here", rows: 3 }, 1]);
});

test("a query carries the page's token, and a refusal its reason", async () => {
  let sent;
  const store = tableStore(APP, () => {}, async (url, options) => {
    sent = { url, ...options };
    return reply(409, { problem: "the room is paused" });
  });
  await store.ask("SELECT 1");
  assert.equal(sent.url, "/rooms/r1/candidate/query/");
  assert.equal(sent.headers["X-CSRFToken"], "token");
  assert.deepEqual(JSON.parse(sent.body), { sql: "SELECT 1" });
  assert.deepEqual(store.got("answer"), { sql: "SELECT 1", state: "failed", problem: "the room is paused" });
});

test("a server that is away is a sentence, and trying again asks again", async () => {
  let calls = 0;
  const store = tableStore(APP, () => {}, async () => (calls++, Promise.reject(new Error("away"))));
  await store.get("t", "tables/t/");
  assert.match(store.got("t").problem, /could not be reached/);
  store.again("t");
  await store.get("t", "tables/t/");
  assert.equal(calls, 2);
});

test("the first look is told to the room, and only by a seat that may", () => {
  const sent = [];
  const app = { head: { may: ["look"] }, store: { items: [] }, send: (command) => sent.push(command) };
  look(app, "orders");
  look(app, "orders", "amount");
  app.store.items = [{ type: "looked", data_set: "orders" }, { type: "looked", data_set: "orders", column: "amount" }];
  look(app, "orders");
  look(app, "orders", "amount");
  look({ ...app, head: { may: [] }, store: { items: [] } }, "orders");
  assert.deepEqual(sent, [
    { type: "look", data_set: "orders" },
    { type: "look", data_set: "orders", column: "amount" },
  ]);
});
