// One connection to the room: sync, heartbeat, backoff, and unanswered commands sent again in
// order under the same ref. No DOM; the socket, the timers and chance are handed in by tests.

import * as outbox from "./outbox.js";

const BEAT = 15000;
const PATIENCE = 10000;
const AGAIN = 2000;
const TOO_FAST = 4029;
const NOT_NOW = new Set(["try_again", "busy", "slow_down"]);

export const stays = (code) => code >= 4500 && code < 4600;

export function delay(attempt, random, code = 0) {
  const span = Math.min(8000, 500 * 2 ** attempt);
  return (code === TOO_FAST ? 3000 : 250) + random() * span;
}

export function newRef() {
  const parts = crypto.getRandomValues(new Uint32Array(3));
  return Array.from(parts, (part) => part.toString(36)).join("-");
}

const DEFAULTS = { waiting: [], timers: globalThis, random: Math.random, ref: newRef };

// where() -> {epoch, after}. on.frame(frame); on.answer(ref, answer, command); on.waiting([[ref,
// command]]); on.state(state, code): connecting, live, reconnecting or stopped.
export function connect(options) {
  const { url, where, on, Socket, timers, random, ref: name, waiting } = { ...DEFAULTS, ...options };
  const clocks = {};
  let box = outbox.fill(waiting);
  let socket = null;
  let attempt = 0;
  let stopped = false;

  const clear = (clock) => {
    timers.clearTimeout(clocks[clock]);
    clocks[clock] = null;
  };
  const arm = (clock, ms, then) => {
    clocks[clock] ??= timers.setTimeout(() => ((clocks[clock] = null), then()), ms);
  };
  const isOpen = () => socket?.readyState === 1;
  const put = (frame) => isOpen() && socket.send(JSON.stringify(frame));
  const keep = (next) => on.waiting?.(outbox.pack((box = next)));

  function sync() {
    put({ type: "sync", ...where() });
    arm("patience", PATIENCE, cut);
  }

  function beat() {
    sync();
    arm("beat", BEAT, beat);
  }

  function post({ ref, command }) {
    if (!isOpen()) return;
    box = outbox.tried(box, ref);
    put({ type: "do", ref, command });
    arm("answer", PATIENCE, cut);
  }

  // The server heard it and could not: that is not the command's fault.
  function later(ref) {
    clear("answer");
    box = outbox.tried(box, ref, -1);
    arm("again", AGAIN, () => box.forEach(post));
  }

  function settle(answer) {
    if (NOT_NOW.has(answer.code) && isOpen()) return later(answer.ref);
    const entry = outbox.find(box, answer.ref);
    keep(outbox.without(box, answer.ref));
    clear("answer");
    if (box.length && !stopped) arm("answer", PATIENCE, cut);
    on.answer(answer.ref, answer, entry?.command ?? null);
  }

  function hear(frame) {
    if (frame.type === "done" || frame.type === "refused") return settle(frame);
    if (frame.type !== "feed") return;
    clear("patience");
    attempt = 0;
    on.state("live");
    on.frame(frame);
  }

  function lose(code) {
    socket = null;
    stopped = stays(code);
    const undelivered = (ref) => settle({ type: "refused", ref, code: "not_delivered", why: "" });
    outbox.hopeless(box, code, stopped).forEach(undelivered);
    ["beat", "patience", "answer", "again"].forEach(clear);
    on.state(stopped ? "stopped" : "reconnecting", code);
    if (!stopped) arm("retry", delay(attempt++, random, code), open);
  }

  // A dead network may keep a socket closing for minutes: let go of it at once.
  function cut() {
    const old = socket;
    if (old === null) return;
    lose(0);
    old.close();
  }

  function open() {
    const mine = (socket = new Socket(url));
    mine.onopen = () => mine === socket && (beat(), box.forEach(post));
    mine.onmessage = (event) => mine === socket && hear(JSON.parse(event.data));
    mine.onclose = (event) => mine === socket && lose(event.code);
    arm("patience", PATIENCE, cut); // an opening that hangs is a dead line too
  }

  // Who is turned away at the handshake learns no code: the page finds out and says so here.
  function stop(code) {
    clear("retry");
    socket?.close();
    lose(code);
  }

  on.state("connecting");
  open();
  return {
    sync,
    stop,
    // -> ref. Kept until answered, whatever the line does meanwhile.
    send(command) {
      const ref = name();
      keep(outbox.add(box, ref, command));
      if (stopped) settle({ type: "refused", ref, code: "not_delivered", why: "" });
      else post(outbox.find(box, ref));
      return ref;
    },
    // The network is back, or the page is looked at again: do not wait for the next try.
    nudge() {
      if (isOpen()) return sync();
      if (clocks.retry == null) return;
      clear("retry");
      open();
    },
  };
}
