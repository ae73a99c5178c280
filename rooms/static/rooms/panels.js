// Which parts stand where, for each kind of seat.

import { html, nothing } from "./vendor/lit-html.js";
import * as board from "./board.js";
import * as brief from "./brief.js";
import * as console from "./console.js";
import * as controls from "./controls.js";
import * as cues from "./cues.js";
import * as data from "./data.js";
import * as dataroom from "./dataroom.js";
import * as injects from "./injects.js";
import { caseView } from "./phase.js";
import * as presence from "./presence.js";
import { tabs } from "./tabs.js";

const theCase = (app) => html`<div class="stack-large">${caseView(app)} ${brief.view(app)}</div>`;
const own = (app) => {
  const parts = [brief.view(app), brief.facts(app), cues.later(app)];
  return parts.every((part) => part === nothing) ? nothing : html`<div class="stack-large">${parts}</div>`;
};

const reading = (app) => html`${theCase(app)} ${presence.view(app)}`;

const boardAndData = (app) =>
  tabs(app, "aside", [
    ["board", "Board", board.view(app)],
    ["data", "Data", dataroom.view(app)],
  ]);

const LEFT = {
  candidate: reading,
  observer: reading,
  rater: (app) => html`${reading(app)} ${app.head.status === "lobby" ? nothing : board.view(app)}`,
  panel: (app) => html`${caseView(app)} ${presence.view(app)}`,
  facilitator: (app) => html`${controls.view(app)} ${console.hints(app)} ${presence.view(app)}`,
};

const ASIDE = {
  candidate: (app) => boardAndData(app),
  observer: (app) => boardAndData(app),
  rater: (app) =>
    html`<section class="stack-small">
      <h2>Your scoresheet</h2>
      <p>Mark while you listen. Every mark rests on a moment of the transcript.</p>
      <p><a class="btn btn-primary" href="/rooms/${app.room}/${app.seat}/sheet/">Open the scoresheet</a></p>
    </section>`,
  panel: (app) =>
    html`${cues.view(app)} ${data.view(app)}
    ${tabs(app, "aside", [
      ["part", "Your part", own(app)],
      ["board", "Board", board.view(app)],
      ["data", "Data", dataroom.view(app)],
    ])}`,
  facilitator: (app) =>
    html`${tabs(app, "aside", [
      ["injects", "Injects", injects.view(app)],
      ["measures", "Measures", console.measures(app)],
      ["board", "Board", board.view(app)],
      ["data", "Data", dataroom.view(app)],
      ["case", "Case", theCase(app)],
    ])}`,
};

export const left = (app) => LEFT[app.head.you.kind](app);
export const aside = (app) => ASIDE[app.head.you.kind](app);
