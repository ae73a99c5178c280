import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { initials, names, persona } from "../../rooms/static/rooms/people.js";
import { TELL, plain, quote, span, tell, whyNot, whyStopped } from "../../rooms/static/rooms/words.js";

const CAST = {
  head: {
    seats: [
      {
        seat: "candidate",
        kind: "candidate",
        role: "candidate",
        title: "Lead engineer",
        name: "Ada Nkemelu",
        occupant: "person",
      },
      {
        seat: "risk",
        kind: "panel",
        role: "risk",
        title: "Mara Lind, Head of risk",
        name: "Jo",
        occupant: "person",
      },
      { seat: "rater1", kind: "rater", role: "rater", title: "Rater 1", name: "", occupant: "empty" },
    ],
  },
  words: { roles: [{ key: "risk", name: "Mara Lind", title: "Head of risk" }] },
};
const says = (item) => tell(item, names(CAST));

test("every type of event has words", () => {
  const messages = readFileSync(new URL("../../rooms/core/messages.py", import.meta.url), "utf8");
  const [, events] = messages.split("# --- events");
  const types = [...events.matchAll(/type: Literal\["(\w+)"\]/g)].map(([, type]) => type);
  assert.equal(types.length, 38);
  assert.deepEqual(types.toSorted(), Object.keys(TELL).toSorted());
});

test("an event that is newer than this page is passed over in silence", () => {
  assert.equal(says({ type: "sang" }), "");
});

test("whoever plays a part is called by the name of the part", () => {
  assert.equal(
    says({ type: "asked", by: "candidate", role: "risk", text: "Why?" }),
    "Ada Nkemelu asks Mara Lind: Why?",
  );
  assert.deepEqual(persona(CAST, "risk"), { name: "Mara Lind", title: "Head of risk", player: "Jo" });
});

test("an empty seat is called by its title", () => {
  assert.deepEqual(persona(CAST, "rater1"), { name: "Rater 1", title: "", player: "" });
});

test("sitting down names the person and the part", () => {
  assert.deepEqual(
    [
      { type: "seat_taken", seat: "risk", name: "Jo", bot: false },
      { type: "seat_taken", seat: "risk", name: "Mara Lind, Head of risk", bot: true },
      { type: "seat_taken", seat: "candidate", name: "Ada", bot: false },
      { type: "seat_taken", seat: "rater1", name: "Sam", bot: false },
    ].map(says),
    [
      "Jo sits down as Mara Lind.",
      "A bot plays Mara Lind.",
      "Ada sits down as the candidate.",
      "Sam sits down as Rater 1.",
    ],
  );
});

test("a stance is part of what is said", () => {
  assert.equal(
    says({ type: "said", by: "risk", text: "No.", about: "D1", stance: "objects" }),
    "Mara Lind objects (D1): No.",
  );
});

test("evidence is the speaker's own words", () => {
  assert.deepEqual(
    [
      { type: "said", text: "I would wait." },
      { type: "decided", choice: "Hold", why: "Labels lag" },
      { type: "data_requested", what: "Chargebacks" },
      { type: "paused" },
    ].map(quote),
    ["I would wait.", "Hold", "Chargebacks", ""],
  );
});

test("a key without words is at least readable", () => {
  assert.equal(plain("data_judgment"), "Data judgment");
});

test("initials are two letters at most", () => {
  assert.deepEqual(["Ada Nkemelu", "ada", "A B C", ""].map(initials), ["AN", "A", "AB", "·"]);
});

test("time given and taken is said in minutes where it can be", () => {
  assert.deepEqual([300, -60, 90].map(span), ["5 min more", "1 min less", "90 s more"]);
});

test("injects are called by title where the seat knows it", () => {
  const cast = {
    ...CAST,
    head: { ...CAST.head, console: { plan: [{ key: "wait", title: "Who answers?" }], injects: {} } },
  };
  assert.equal(
    tell({ type: "inject_held", inject: "wait", held: true }, names(cast)),
    "Held back: Who answers?",
  );
  assert.equal(says({ type: "inject_skipped", inject: "wait", why: "said" }), "Taken out: Wait (said)");
});

test("a refusal reads as a sentence", () => {
  assert.equal(whyNot({ code: "not_now", why: "the room is paused" }), "The room is paused.");
  assert.equal(
    whyNot({ code: "not_ready", why: "waiting for: x" }),
    "Not everyone is ready yet. You can start anyway.",
  );
});

test("a refusal always has words", () => {
  assert.equal(
    whyNot({ code: "not_your_part", why: "Only the candidate decides." }),
    "Only the candidate decides.",
  );
  assert.ok(whyNot({ code: "not_your_part", why: "" }).length && whyNot({ code: "?", why: "" }).length);
  assert.ok(whyStopped(4501) !== whyStopped(4502) && whyStopped(4599).length);
});
