// Before the start: sit down, read, say that you are ready. It turns into the room by itself.

import { html, nothing } from "./vendor/lit-html.js";
import { agreed, consent } from "./consent.js";
import { start } from "./controls.js";
import { mine, seated, sit } from "./sit.js";

const WELCOME = {
  candidate: [
    "You are the candidate.",
    "The panel brings you a case that is not finished. You lead: ask, assume, decide, and change your mind when there is reason to.",
  ],
  panel: [
    "You play a part at this table.",
    "Read your brief. It tells you what you want, what you know, and when you give way.",
  ],
  facilitator: [
    "You run this room.",
    "Start when everyone is ready. From then on the plan brings up what is due; you may hold it back, send it early or take it out.",
  ],
  rater: [
    "You rate what you see.",
    "You write your own sheet, on your own. Nobody sees it before all are in.",
  ],
  observer: ["You watch.", "Nobody in the room hears you."],
};

export function view(app) {
  const { you, status, may } = app.head;
  if (status !== "lobby") return nothing;
  const [title, lede] = WELCOME[you.kind];
  return html`<div class="lobby" data-test="lobby">
    <header class="stack-small">
      <p class="eyebrow">${app.title}</p>
      <h1>${title}</h1>
      <p class="lede">${lede}</p>
    </header>
    <ol class="steps plain-list">
      ${step(seated(app.head), "Sit down", sit(app))}
      ${may.includes("consent") ? step(agreed(app.head), "Agree to what is recorded", consent(app)) : nothing}
      ${may.includes("ready") ? step(mine(app.head).ready, "Say that you are ready", ready(app)) : nothing}
      ${you.kind === "facilitator" ? step(false, "Start", start(app)) : step(false, "Wait here", waiting)}
    </ol>
  </div>`;
}

const waiting = html`<p>
  The room opens on this page by itself when the facilitator starts. You need not reload.
</p>`;

const step = (done, title, body) =>
  html`<li class="step" data-done=${Boolean(done)}>
    <div class="stack-small">
      <h2>${title}${done ? html` <span class="chip chip-accent">done</span>` : nothing}</h2>
      ${body}
    </div>
  </li>`;

function ready(app) {
  const now = mine(app.head).ready;
  return html`<p>
      ${app.head.you.kind === "candidate" ? "Read the case first; your time has not begun." : "Read what you are told first."}
    </p>
    <button
      type="button"
      class="btn ${now ? "" : "btn-primary"}"
      data-test="ready"
      aria-pressed=${now}
      @click=${() => app.send({ type: "ready", ready: !now })}
    >
      ${now ? "I am not ready after all" : "I am ready"}
    </button>`;
}
