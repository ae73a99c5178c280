import assert from "node:assert/strict";
import test from "node:test";

import { connect, delay, newRef, stays } from "../../rooms/static/rooms/socket.js";

const FEED = { type: "feed", epoch: "e", upto: 0, now: 0, items: [], head: {} };

// A line that can be cut, with clocks that move when told to.
function line(options = {}) {
  const sockets = [];
  const waits = new Map();
  const seen = { states: [], answers: [], frames: [], waiting: [] };
  let clock = 0;
  let timer = 0;

  class Socket {
    readyState = 0;
    sent = [];
    constructor(url) {
      this.url = url;
      sockets.push(this);
    }
    send(text) {
      this.sent.push(JSON.parse(text));
    }
    close() {}
    open() {
      this.readyState = 1;
      this.onopen();
    }
    hear(frame) {
      this.onmessage({ data: JSON.stringify(frame) });
    }
    drop(code = 1006) {
      this.readyState = 3;
      this.onclose({ code });
    }
    get commands() {
      return this.sent.filter(({ type }) => type === "do").map(({ ref }) => ref);
    }
  }
  const timers = {
    setTimeout: (then, ms) => (waits.set(++timer, { then, at: clock + ms }), timer),
    clearTimeout: (id) => waits.delete(id),
  };
  let refs = 0;
  const link = connect({
    url: "ws://x/",
    where: () => ({ epoch: "e", after: 7 }),
    Socket,
    timers,
    random: () => 0.5,
    ref: () => `r${++refs}`,
    on: {
      frame: (frame) => seen.frames.push(frame),
      answer: (ref, answer) => seen.answers.push([ref, answer.type, answer.code]),
      state: (state, code) => seen.states.push(code === undefined ? state : [state, code]),
      waiting: (list) => (seen.waiting = list),
    },
    ...options,
  });
  const pass = (ms) => {
    const until = clock + ms;
    for (;;) {
      const due = [...waits].filter(([, wait]) => wait.at <= until).sort(([, a], [, b]) => a.at - b.at)[0];
      if (!due) break;
      waits.delete(due[0]);
      clock = due[1].at;
      due[1].then();
    }
    clock = until;
  };
  return { link, sockets, seen, pass, last: () => sockets.at(-1) };
}

function opened(options) {
  const room = line(options);
  room.last().open();
  room.last().hear(FEED);
  return room;
}

test("it says what it has as soon as it is connected", () => {
  const room = opened();
  assert.deepEqual(room.last().sent, [{ type: "sync", epoch: "e", after: 7 }]);
  assert.deepEqual(room.seen.states, ["connecting", "live"]);
});

test("it syncs every fifteen seconds while it is answered", () => {
  const room = opened();
  for (let beat = 0; beat < 3; beat += 1) {
    room.pass(15000);
    room.last().hear(FEED);
  }
  assert.equal(room.last().sent.length, 4);
});

test("after a cut the unanswered commands go again in order under the same refs", () => {
  const room = opened();
  ["a", "b", "c"].forEach((text) => room.link.send({ type: "say", text }));
  room.last().hear({ type: "done", ref: "r2" });
  room.last().drop();
  room.pass(1000);
  room.last().open();
  assert.deepEqual(room.last().commands, ["r1", "r3"]);
  assert.equal(room.sockets.length, 2);
});

test("a command given while the line is down goes out when it is back", () => {
  const room = opened();
  room.last().drop();
  room.link.send({ type: "say", text: "a" });
  assert.deepEqual(room.seen.waiting, [["r1", { type: "say", text: "a" }]]);
  room.pass(1000);
  room.last().open();
  assert.deepEqual(room.last().commands, ["r1"]);
});

test("what waited before a reload goes out first", () => {
  const room = opened({ waiting: [["old", { type: "say", text: "a" }]] });
  assert.deepEqual(room.last().commands, ["old"]);
});

test("an answered command is not sent again", () => {
  const room = opened();
  room.link.send({ type: "say", text: "a" });
  room.last().hear({ type: "refused", ref: "r1", code: "not_your_part", why: "" });
  room.last().drop();
  room.pass(1000);
  room.last().open();
  assert.deepEqual(room.last().commands, []);
  assert.deepEqual(room.seen.answers, [["r1", "refused", "not_your_part"]]);
});

test("a server that could not is asked again with the same ref", () => {
  const room = opened();
  room.link.send({ type: "say", text: "a" });
  room.last().hear({ type: "refused", ref: "r1", code: "try_again", why: "" });
  room.pass(2000);
  assert.deepEqual(room.last().commands, ["r1", "r1"]);
  assert.deepEqual(room.seen.answers, []);
});

test("a server that was hurried gets everything again, a moment later", () => {
  const room = opened();
  room.link.send({ type: "say", text: "a" });
  room.last().hear({ type: "refused", ref: null, code: "slow_down", why: "" });
  room.pass(2000);
  assert.deepEqual(room.last().commands, ["r1", "r1"]);
});

test("being told that the seat is gone stops the tries", () => {
  const room = opened();
  room.last().drop(1006);
  room.link.stop(4501);
  room.pass(600000);
  assert.deepEqual([room.sockets.length, room.seen.states.at(-1)], [1, ["stopped", 4501]]);
});

test("a line that goes silent is given up and opened anew", () => {
  const room = opened();
  room.pass(15000 + 10000 + 1000);
  assert.equal(room.sockets.length, 2);
  assert.deepEqual(room.seen.states.at(-1), ["reconnecting", 0]);
});

test("a command without an answer brings a new line, even while feeds come in", () => {
  const room = opened();
  room.link.send({ type: "say", text: "a" });
  for (let second = 0; second < 12; second += 1) {
    room.pass(1000);
    if (room.sockets.length === 1) room.last().hear(FEED);
  }
  assert.equal(room.sockets.length, 2);
});

test("a seat that is taken away stops the line and gives everything back", () => {
  const room = opened();
  room.link.send({ type: "say", text: "a" });
  room.last().drop(4501);
  room.pass(600000);
  assert.equal(room.sockets.length, 1);
  assert.deepEqual(room.seen.answers, [["r1", "refused", "not_delivered"]]);
  assert.deepEqual(room.seen.states.at(-1), ["stopped", 4501]);
});

test("a command that is too large is given back instead of cutting the line again", () => {
  const room = opened();
  room.link.send({ type: "say", text: "fine" });
  room.link.send({ type: "say", text: "huge" });
  room.last().drop(4009);
  assert.deepEqual(room.seen.answers, [["r2", "refused", "not_delivered"]]);
});

test("being looked at again does not wait for the next try", () => {
  const room = opened();
  room.last().drop();
  room.link.nudge();
  assert.equal(room.sockets.length, 2);
});

test("old sockets are not listened to", () => {
  const room = opened();
  const [old] = room.sockets;
  old.drop();
  room.link.nudge();
  old.hear(FEED);
  assert.equal(room.seen.frames.length, 1);
});

test("the wait before the next try grows, differs, and has an end", () => {
  for (let attempt = 0; attempt < 40; attempt += 1) {
    const [low, high] = [delay(attempt, () => 0), delay(attempt, () => 1)];
    assert.deepEqual([low, high], [250, 250 + Math.min(8000, 500 * 2 ** attempt)]);
  }
});

test("after being too fast it waits three seconds at least", () => {
  assert.equal(
    delay(0, () => 0, 4029),
    3000,
  );
});

test("codes from 4500 mean that the seat does not come back", () => {
  assert.deepEqual([4000, 4029, 4499, 4500, 4501, 4599, 4600, 1006].map(stays), [
    false,
    false,
    false,
    true,
    true,
    true,
    false,
    false,
  ]);
});

test("no two refs are alike", () => {
  assert.equal(new Set(Array.from({ length: 1000 }, newRef)).size, 1000);
});
