// What was said, in order. Items are appended and never touched again; the reader's place is kept.

import { html, nothing, render } from "./vendor/lit-html.js";
import { NOT_BEGUN, into, pass } from "./clock.js";
import { line } from "./items.js";

const NEAR = 80; // pixels from the end that still count as reading the end

export function transcript(app, list, scroller, foot) {
  let shown = { epoch: null, n: 0 };
  let hour = NOT_BEGUN;
  let unread = 0;

  const atEnd = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR;
  const toEnd = () => {
    scroller.scrollTop = scroller.scrollHeight;
    unread = 0;
  };

  const showLast = () => list.lastElementChild?.scrollIntoView({ block: "nearest" });

  function restart() {
    list.replaceChildren();
    shown = { epoch: app.store.epoch, n: 0 };
    hour = NOT_BEGUN;
  }

  function append(item) {
    hour = pass(hour, item);
    shown.n = item.n;
    const template = line(app, item, into(hour, item.at));
    if (template === null || template === nothing) return;
    const element = document.createElement("li");
    element.className = `item item-${item.type.replaceAll("_", "-")}`;
    Object.assign(element.dataset, { n: item.n, type: item.type, by: item.by ?? "" });
    if (item.by === app.seat) element.classList.add("mine");
    element.id = `n${item.n}`;
    render(template, element);
    list.append(element);
  }

  function draw() {
    const follow = atEnd();
    const first = shown.epoch !== app.store.epoch;
    if (first) restart();
    const fresh = app.store.items.filter((item) => item.n > shown.n);
    fresh.forEach(append);
    drawFoot();
    if (app.head.status === "lobby") return void (!first && fresh.some(({ text }) => text) && showLast());
    if (first || follow || fresh.some((item) => item.by === app.seat)) toEnd();
    else unread += fresh.filter((item) => list.querySelector(`#n${item.n}`)).length;
    drawFoot();
  }

  function drawFoot() {
    const jump = () => (toEnd(), drawFoot());
    render(
      html`${app.pending.filter(({ command }) => said(command)).map(waiting)}
      ${list.children.length || app.head.status === "lobby" ? nothing : html`<p class="empty">Nothing has been said yet.</p>`}
      ${
        unread
          ? html`<button
              type="button"
              class="btn btn-primary btn-small unread"
              data-test="unread"
              @click=${jump}
            >
              ${unread} new below
            </button>`
          : nothing
      }`,
      foot,
    );
  }

  scroller.addEventListener("scroll", () => unread && atEnd() && ((unread = 0), drawFoot()), {
    passive: true,
  });
  return draw;
}

const OPEN = new Set([
  "say",
  "ask",
  "summarise",
  "assume",
  "commit",
  "revise",
  "request_data",
  "inject",
  "reveal",
]);
const said = (command) => OPEN.has(command.type) && (command.text ?? command.what ?? command.choice);

const waiting = ({ command }) =>
  html`<div class="item mine pending" data-test="pending">
    <p class="item-text keep-lines">${said(command)}</p>
    <p class="tiny muted">On its way…</p>
  </div>`;
