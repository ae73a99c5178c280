import assert from "node:assert/strict";
import test from "node:test";

import {
  NOT_BEGUN,
  countdown,
  into,
  left,
  measure,
  minutes,
  offset,
  pass,
  passed,
} from "../../rooms/static/rooms/clock.js";

test("the truest difference is that of the frame that travelled least", () => {
  const samples = [
    [1000, 1500],
    [2000, 2120],
    [3000, 3900],
  ].reduce((all, [server, local]) => measure(all, server, local), []);
  assert.equal(offset(samples), -120);
});

test("an old difference is forgotten after eight frames", () => {
  let samples = measure([], 9000, 0);
  for (let frame = 0; frame < 8; frame += 1) samples = measure(samples, 100, 200);
  assert.equal(offset(samples), -100);
});

test("before the first frame there is no difference", () => {
  assert.equal(offset([]), 0);
});

test("time left never falls below zero and stands still in a pause", () => {
  const phase = { ends_at: 10000, paused_at: null };
  assert.deepEqual([left(phase, 4000), left(phase, 12000)], [6000, 0]);
  assert.equal(left({ ...phase, paused_at: 7000 }, 12000), 3000);
  assert.equal(left(null, 1), null);
});

test("a countdown reads like a clock and shows the second that has begun", () => {
  assert.deepEqual([0, 1, 999, 1000, 59001, 60000, 754000].map(countdown), [
    "0:00",
    "0:01",
    "0:01",
    "0:01",
    "1:00",
    "1:00",
    "12:34",
  ]);
});

test("lengths are said in words", () => {
  assert.deepEqual([30, 60, 300, 3300].map(minutes), ["30 seconds", "1 minute", "5 minutes", "55 minutes"]);
});

test("time into the hour leaves pauses out", () => {
  const hour = [
    { type: "phase_started", at: 1000 },
    { type: "said", at: 2000 },
    { type: "resumed", at: 70000, paused_for: 60000 },
    { type: "phase_started", at: 80000 },
  ].reduce(pass, NOT_BEGUN);
  assert.deepEqual(hour, { began: 1000, stood: 60000 });
  assert.equal(into(hour, 126999), "1:05");
});

test("what came before the first phase has no time", () => {
  assert.equal(into(NOT_BEGUN, 5), "");
  assert.equal(into({ began: 10, stood: 0 }, 5), "");
});

test("a clock speaks at five minutes, at one, and at the end only", () => {
  const spoken = [];
  for (let rest = 400000; rest >= 0; rest -= 1000) {
    const words = passed(rest, Math.max(0, rest - 1000));
    if (words) spoken.push(words);
  }
  assert.deepEqual(spoken, [
    "Five minutes left in this phase.",
    "One minute left in this phase.",
    "The time of this phase is up.",
  ]);
});
