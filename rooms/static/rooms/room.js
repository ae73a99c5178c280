// The room page: one frame of mounting points, filled again after every change.

import { html, nothing, render } from "./vendor/lit-html.js";
import { announcer, say } from "./announce.js";
import { makeApp } from "./app.js";
import { left as timeLeft, passed } from "./clock.js";
import { columns } from "./columns.js";
import * as composer from "./composer.js";
import * as ended from "./ended.js";
import * as lobby from "./lobby.js";
import * as panels from "./panels.js";
import * as phase from "./phase.js";
import { transcript } from "./transcript.js";
import * as welcome from "./welcome.js";
import * as whispers from "./whispers.js";

const at = (id) => document.getElementById(id);
const { body } = document;

const PARTS = [
  ["phase", phase.view],
  ["connection", phase.connection],
  ["banner", phase.banner],
  ["note", note],
  ["lobby", lobby.view],
  ["lobby-more", welcome.view],
  ["composer", composer.view],
  ["ended", ended.view],
  ["left", panels.left],
  ["panels", panels.aside],
  ["whispers", whispers.view],
];

function note(app) {
  if (!app.problem) return nothing;
  return html`<div class="note notice notice-danger" data-test="notice">
    <p>${app.problem}</p>
    <button type="button" class="btn btn-small btn-quiet" @click=${() => app.note("")}>Close</button>
  </div>`;
}

// Another template may have put something else where a part would stand.
const mounts = PARTS.map(([id, view]) => [at(id), view]).filter(([element]) => element);
mounts.forEach(([element]) => element.replaceChildren());

const app = makeApp(body, draw);
const drawTranscript = transcript(app, at("transcript"), at("scroll"), at("transcript-foot"));
const announce = announcer(app, at("announce"), app.store.upto);
const bar = columns(app, at("columns"));
let rest = null;

function draw() {
  const { status } = app.head;
  if (body.dataset.status === "lobby" && status === "live") bar.choose("talk");
  body.dataset.status = status;
  body.dataset.wide = app.ui.aside === "data" ? "yes" : "no"; // tables need room
  for (const [element, view] of mounts) render(view(app), element);
  if (at("whispers")) whispers.settle(at("whispers"));
  drawTranscript();
  announce();
  bar.draw();
  document.dispatchEvent(new CustomEvent("casesim:head", { detail: app.head }));
}

function second() {
  const { status, phase: now } = app.head;
  const before = rest;
  rest = status === "live" ? timeLeft(now, app.now()) : null;
  const words = before !== null && rest !== null ? passed(before, rest) : null;
  if (words) say(at("announce"), [words]);
  if (now) render(phase.view(app), at("phase"));
  if (app.head.yours?.cues?.length && at("panels")) render(panels.aside(app), at("panels"));
}

draw();
app.open();
setInterval(second, 1000);
addEventListener("online", app.nudge);
document.addEventListener("visibilitychange", () => document.hidden || app.nudge());
