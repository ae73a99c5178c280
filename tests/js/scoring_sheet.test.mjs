import assert from "node:assert/strict";
import { test } from "node:test";
import { autosave } from "../../scoring/static/scoring/autosave.js";
import { attach, detach, done, lacks, places, shorten, target } from "../../scoring/static/scoring/form.js";

const mark = (key, level = "", evidence = "", note = "") => ({ key, level, evidence, note });

test("a moment is attached once and taken away again", () => {
  assert.equal(attach(attach("4", 12), 12), "4 12");
  assert.equal(detach("4 12", 4), "12");
  assert.deepEqual(places("12, 4;12"), [12, 4]);
});

test("a level needs a moment or a note, and not observed needs neither", () => {
  assert.equal(lacks(mark("a")), "not marked");
  assert.equal(lacks(mark("a", "3")), "needs evidence");
  assert.equal(lacks(mark("a", "3", "7")), "");
  assert.equal(lacks(mark("a", "3", "", " why ")), "");
  assert.equal(lacks(mark("a", "none")), "");
  assert.equal(done([mark("a", "3"), mark("b", "none"), mark("c", "1", "2")]), 2);
});

test("evidence goes to the open dimension, else to the first that is not complete", () => {
  const marks = [mark("a", "none"), mark("b"), mark("c")];
  assert.equal(target(marks, "c"), "c");
  assert.equal(target(marks, undefined), "b");
  assert.equal(target([mark("a", "none")], undefined), "a");
});

test("a long quote is shortened for its chip", () => {
  assert.equal(shorten("abcdef", 4), "abc…");
  assert.equal(shorten("abc", 4), "abc");
});

// A clock that is moved by hand, and a server that answers when told.
function table() {
  const timers = new Map();
  const told = [];
  const answers = [];
  let next = 1;
  const saver = autosave({
    post: () => new Promise((resolve, reject) => answers.push({ resolve, reject })),
    tell: (state) => told.push(state),
    setTimeout: (run, wait) => (timers.set(next, { run, wait }), next++),
    clearTimeout: (id) => timers.delete(id),
  });
  const fire = () => {
    const due = [...timers.values()];
    timers.clear();
    due.forEach(({ run }) => run());
    return due.map(({ wait }) => wait);
  };
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return { saver, told, answers, fire, settle };
}

test("many changes are one save, a moment after the last", async () => {
  const { saver, told, answers, fire, settle } = table();
  saver.changed();
  saver.changed();
  assert.deepEqual(fire(), [800]);
  answers[0].resolve({ status: 200, body: {} });
  await settle();
  assert.deepEqual(told, ["saving", "saved"]);
});

test("what changes while a save is on its way is saved after it", async () => {
  const { saver, told, answers, fire, settle } = table();
  saver.now();
  fire();
  saver.now();
  fire();
  assert.equal(answers.length, 1);
  answers[0].resolve({ status: 200, body: {} });
  await settle();
  fire();
  assert.equal(answers.length, 2);
  assert.deepEqual(told, ["saving", "saved", "saving"]);
});

test("a failed save is tried again; a version that was submitted elsewhere is not", async () => {
  const { saver, told, answers, fire, settle } = table();
  saver.now();
  fire();
  answers[0].reject(new Error("away"));
  await settle();
  assert.deepEqual(fire(), [5000]);
  answers[1].resolve({ status: 409, body: {} });
  await settle();
  saver.changed();
  assert.deepEqual([fire(), told], [[], ["saving", "failed", "saving", "stale"]]);
});

test("nothing is saved once the sheet is on its way", async () => {
  const { saver, told, answers, fire, settle } = table();
  saver.now();
  fire();
  saver.stop();
  answers[0].resolve({ status: 409, body: {} });
  await settle();
  saver.changed();
  assert.deepEqual([fire(), told], [[], ["saving"]]);
});
