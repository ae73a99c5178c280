// The page's one object: what the seat knows, what it is typing, and how it speaks.

import { measure, offset } from "./clock.js";
import { drafts } from "./drafts.js";
import { connect } from "./socket.js";
import { EMPTY, receive, where } from "./store.js";
import { whyNot, whyStopped } from "./words.js";

const read = (id) => JSON.parse(document.getElementById(id).textContent);
const address = (room, seat) =>
  `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/rooms/${room}/?seat=${encodeURIComponent(seat)}`;

// draw() is called after every change; the page's parts read the app and render themselves.
export function makeApp(body, draw) {
  const { room, seat, kind } = body.dataset;
  const typed = drafts(`${room}:${seat}`, sessionStorage);
  const first = read("first-feed");
  let samples = measure([], first.now, Date.now());
  let known = receive(EMPTY, first);
  let link = null;

  const app = {
    room,
    seat,
    title: body.dataset.title,
    person: body.dataset.person, // the account's name, where one holds the seat by it
    csrf: body.dataset.csrf,
    words: read("words"),
    evidence: "evidence" in body.dataset,
    listens: kind === "rater" || kind === "facilitator",
    store: known,
    drafts: typed,
    ui: {},
    link: { state: "connecting" },
    pending: typed.get("waiting", []).map(([ref, command]) => ({ ref, command })),
    problem: "",
    get head() {
      return app.store.head;
    },
    now: () => Date.now() + offset(samples),
    type: (key, value) => (typed.set(key, value), draw()),
    note: (text) => ((app.problem = text), draw()),
    show(name, value, focus) {
      app.ui[name] = value;
      draw();
      if (focus) document.querySelector(focus)?.focus();
    },
    send,
    nudge: () => link.nudge(),
    draw,
  };

  // `spent`: the drafts this command was made of. They come back if it is refused.
  function send(command, spent = []) {
    const back = Object.fromEntries(spent.map((key) => [key, typed.get(key)]).filter(([, text]) => text));
    spent.forEach(typed.drop);
    app.problem = "";
    const ref = link.send(command);
    typed.set(`back.${ref}`, back);
    app.pending = [...app.pending, { ref, command, upto: app.store.upto }];
    draw();
  }

  function answered(ref, answer) {
    const back = typed.get(`back.${ref}`, {});
    typed.drop(`back.${ref}`);
    app.pending = app.pending.flatMap((each) => {
      if (each.ref !== ref) return [each];
      const heard = app.store.items.some(({ n, by }) => n > each.upto && by === seat);
      return answer.type === "done" && !heard ? [{ ...each, done: true }] : []; // gone with the next frame
    });
    if (answer.type === "refused") giveBack(back, answer);
    draw();
  }

  function giveBack(back, answer) {
    for (const [key, text] of Object.entries(back)) {
      typed.set(key, [text, typed.get(key)].filter(Boolean).join("\n"));
    }
    const kept = Object.keys(back).length ? " What you typed is back in its field." : "";
    app.problem = whyNot(answer) + kept;
    app.refused = answer.code;
  }

  function frame(feed) {
    samples = measure(samples, feed.now, Date.now());
    const before = known;
    known = receive(known, feed);
    if (known.gap && !before.gap) link.sync();
    if (known.head) app.store = known;
    app.pending = app.pending.filter(({ done }) => !done);
    draw();
  }

  // A handshake that is turned away looks like a dead line. The page itself knows better: 404 is a
  // seat that is not this browser's any more.
  async function stillMine() {
    const answer = await fetch(location.pathname, { method: "HEAD", cache: "no-store" }).catch(() => null);
    if (answer?.status === 404 && app.link.state === "reconnecting") link.stop(4501);
  }

  app.open = () => {
    link = connect({
      url: address(room, seat),
      where: () => where(known),
      waiting: typed.get("waiting", []),
      Socket: WebSocket,
      on: {
        frame,
        answer: answered,
        waiting: (list) => typed.set("waiting", list),
        state(state, code) {
          if (state === app.link.state) return;
          app.link = { state, code };
          if (state === "stopped") app.problem = whyStopped(code);
          if (state === "reconnecting") stillMine();
          draw();
        },
      },
    });
  };
  return app;
}
