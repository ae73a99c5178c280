// What everyone is told before the start, and the candidate above all.

import { html, nothing } from "./vendor/lit-html.js";
import { minutes } from "./clock.js";
import { hour, total } from "./phase.js";
import { spoken } from "./presence.js";

const TIPS = [
  ["Say what you assume.", "An assumption out loud can be corrected. A silent one cannot."],
  [
    "Decide before you are certain.",
    "Say what you choose, what you give up for it, and what would change your mind.",
  ],
  ["Not knowing is fine.", "Say how you would find out, and what you would do until then."],
  ["The case will change.", "Stop, say what the change does to your plan, and go on."],
  ["Lost? Sum up.", "Say where things stand and what comes next. Coming back counts."],
];

// The hour, the people, what helps, what is judged.
export function view(app) {
  const { you, status } = app.head;
  if (status !== "lobby") return nothing;
  return html`<div class="lobby">${you.kind === "candidate" ? told(app) : nothing} ${judged(you.kind)}</div>`;
}

const told = (app) =>
  html`<section class="stack">
    <h2>How the hour runs</h2>
    <p>
      ${app.head.phases.length} phases, ${minutes(total(app.head.phases))} in all. Each has its own time; a
      clock at the top shows what is left of it.
    </p>
    ${hour(app.head.phases, null, "lobby")}
    <h2>Who sits opposite</h2>
    <dl class="tips">
      ${(app.words.roles ?? []).map(
        (role) =>
          html`<div>
            <dt>${role.name}, ${role.title}</dt>
            <dd>${role.face}</dd>
          </div>`,
      )}
    </dl>
    ${modelled(app)}
    <h2>What helps</h2>
    <dl class="tips">
      ${TIPS.map(
        ([tip, why]) =>
          html`<div>
            <dt>${tip}</dt>
            <dd>${why}</dd>
          </div>`,
      )}
    </dl>
  </section>`;

// Nobody should find out afterwards that it was a model they spoke with.
function modelled({ head, words }) {
  const seats = head.seats.filter((seat) => spoken(head, seat));
  if (seats.length === 0) return nothing;
  const names = seats.map(({ role }) => words.roles?.find(({ key }) => key === role)?.name ?? role);
  return html`<p class="notice" data-test="modelled">
    ${new Intl.ListFormat("en").format(names)} ${names.length > 1 ? "are" : "is"} played by a bot that speaks
    through a language model (${head.model}). What you say is sent to it. It holds to its part, knows only that
    part's papers, and never rates you.
  </p>`;
}

const judged = (kind) =>
  html`<section class="stack-small judged">
    <h2>What is judged</h2>
    <p>
      Decisions under uncertainty, and how they hold up when things change. Never what
      ${kind === "candidate" ? "you know" : "someone knows"} by heart, never manner, never accent.
    </p>
  </section>`;
