import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { MODES, build, draftKey, modeOf, modesFor } from "../../rooms/static/rooms/commands.js";

const DECISION = {
  choice: "Hold",
  why: "Labels lag",
  gives_up: "Two weeks",
  would_change: "Losses above 1 %",
};

test("only what the seat may do now is offered", () => {
  assert.deepEqual(
    modesFor(["commit", "say", "pause"]).map(({ mode }) => mode),
    ["say", "commit"],
  );
});

test("a remark is its text without the space around it", () => {
  assert.deepEqual(build("say", { text: "  Let us wait. \n" }), {
    command: { type: "say", text: "Let us wait." },
  });
});

test("a remark may be about a decision and take a stance on it", () => {
  assert.deepEqual(build("say", { text: "No.", about: "D1", stance: "objects" }), {
    command: { type: "say", text: "No.", about: "D1", stance: "objects" },
  });
});

test("there is no stance without a decision", () => {
  assert.deepEqual(build("say", { text: "No.", about: "", stance: "objects" }), {
    command: { type: "say", text: "No." },
  });
});

test("a question names whom it is for", () => {
  assert.deepEqual(build("ask", { role: "risk", text: "How old are the labels?" }), {
    command: { type: "ask", role: "risk", text: "How old are the labels?" },
  });
});

test("a decision has all four parts or is not taken", () => {
  assert.deepEqual(build("commit", DECISION), { command: { type: "commit", ...DECISION } });
  for (const part of Object.keys(DECISION)) {
    assert.equal(build("commit", { ...DECISION, [part]: " " }).field, part);
  }
});

test("a revision names the decision it changes", () => {
  assert.deepEqual(build("revise", { decision: "D1", ...DECISION }), {
    command: { type: "revise", decision: "D1", ...DECISION },
  });
});

test("data may be asked of whoever holds it, with or without a purpose", () => {
  assert.deepEqual(build("request_data", { role: "", what: "Chargebacks by week", purpose: "" }), {
    command: { type: "request_data", what: "Chargebacks by week" },
  });
  assert.deepEqual(build("request_data", { what: "Chargebacks by week", purpose: "to see the delay" }), {
    command: { type: "request_data", what: "Chargebacks by week", purpose: "to see the delay" },
  });
});

test("what is too long is not sent, and says by how much", () => {
  assert.deepEqual(build("assume", { text: "x".repeat(603) }), {
    problem: "Too long by 3 characters: What you take for granted until someone corrects you.",
    field: "text",
  });
});

test("a remark that turns out to be an assumption keeps its text", () => {
  const key = (mode) => draftKey(mode, modeOf(mode).fields.find(({ draft }) => draft));
  assert.deepEqual(["say", "assume", "ask", "summarise", "request_data"].map(key), Array(5).fill("text"));
});

test("every mode is a command that the room knows", () => {
  const messages = readFileSync(new URL("../../rooms/core/messages.py", import.meta.url), "utf8");
  for (const { mode } of MODES) assert.match(messages, new RegExp(`type: Literal\\["${mode}"\\]`));
});
