import assert from "node:assert/strict";
import test from "node:test";

import { drafts } from "../../rooms/static/rooms/drafts.js";

function storage(held = new Map()) {
  return { getItem: (key) => held.get(key) ?? null, setItem: (key, value) => held.set(key, value) };
}

test("what is typed survives a reload", () => {
  const tab = storage();
  drafts("room:seat", tab).set("text", "half a thought");
  assert.equal(drafts("room:seat", tab).get("text"), "half a thought");
});

test("seats in one browser do not share drafts", () => {
  const tab = storage();
  drafts("room:one", tab).set("text", "mine");
  assert.equal(drafts("room:other", tab).get("text"), "");
});

test("a field that was emptied stays empty; one that was dropped begins again", () => {
  const typed = drafts("x", storage());
  typed.set("text", "");
  assert.equal(typed.get("text", "the suggested words"), "");
  typed.drop("text");
  assert.equal(typed.get("text", "the suggested words"), "the suggested words");
});

test("without storage typing still works", () => {
  const shut = { getItem: () => "{", setItem: () => assert.fail() };
  const typed = drafts("x", {
    ...shut,
    setItem: () => {
      throw new Error("full");
    },
  });
  typed.set("text", "a");
  assert.equal(typed.get("text"), "a");
});
