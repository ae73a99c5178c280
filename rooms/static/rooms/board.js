// The decision board: what was decided, what is taken for granted, what data was asked for.

import { html, nothing } from "./vendor/lit-html.js";
import { reasons, tableCard } from "./cards.js";
import { compose } from "./composing.js";
import { nameOf, roleName } from "./people.js";

export function view(app) {
  const { decisions, assumptions, requests } = app.head.board;
  return html`<div class="board stack" data-test="board">
    <h2>The board</h2>
    ${section("Decisions", decisions, (decision) => decisionEntry(app, decision), noDecision(app))}
    ${section("Assumptions", assumptions, assumption, "None stated yet.")}
    ${section("Data", requests, (request) => requestEntry(app, request), "None asked for yet.")}
  </div>`;
}

const section = (title, entries, entry, empty) =>
  html`<section class="stack-small">
    <h3 class="board-title">${title} <span class="count number">${entries.length || ""}</span></h3>
    ${
      entries.length
        ? html`<ol class="plain-list board-list">
            ${entries.map((each) => html`<li>${entry(each)}</li>`)}
          </ol>`
        : html`<p class="empty">${empty}</p>`
    }
  </section>`;

const noDecision = (app) =>
  app.head.may.includes("commit")
    ? "None yet. When you take one, choose Decide: what you choose, why, what you give up, and what would change your mind."
    : "None yet. A decision appears here with its reasons, and later with its history.";

function decisionEntry(app, decision) {
  const standing = decision.versions.at(-1);
  const earlier = decision.versions.slice(0, -1);
  return html`<article class="decision" data-test="decision-${decision.mark}">
    <p class="decision-mark">
      <span class="mark">${decision.mark}</span>
      ${earlier.length ? `version ${standing.version}` : "as first taken"}
    </p>
    <p class="decision-choice">${standing.choice}</p>
    ${reasons(standing, earlier.at(-1))} ${earlier.length ? history(earlier) : nothing}
    ${decision.objections.map((objection) => objectionEntry(app, objection))} ${buttons(app, decision.mark)}
  </article>`;
}

const history = (versions) =>
  html`<details class="history">
    <summary>${versions.length === 1 ? "The version before" : `${versions.length} versions before`}</summary>
    ${versions.toReversed().map(
      (version) =>
        html`<div class="was">
          <p><strong>${version.version}.</strong> ${version.choice}</p>
          ${reasons(version)}
        </div>`,
    )}
  </details>`;

const objectionEntry = (app, { by, text, yielded }) =>
  html`<div class="objection" data-yielded=${yielded}>
    <p class="row">
      <strong>${nameOf(app, by)}</strong>
      <span class="chip ${yielded ? "chip-accent" : "chip-warn"}">${yielded ? "gave way" : "objects"}</span>
    </p>
    <p>${text}</p>
  </div>`;

function buttons(app, mark) {
  const may = (type) => app.head.may.includes(type);
  const say = (stance) => compose(app, "say", { "say.about": mark, "say.stance": stance });
  const button = (label, test, click) =>
    html`<button type="button" class="btn btn-small" data-test="${test}-${mark}" @click=${click}>
      ${label}
    </button>`;
  const panel = app.head.you.kind === "panel";
  return html`<div class="row decision-buttons">
    ${may("revise") ? button("Revise", "revise", () => compose(app, "revise", { "revise.decision": mark })) : nothing}
    ${may("say") && panel ? button("Object", "object", () => say("objects")) : nothing}
    ${may("say") && panel ? button("Give way", "yield", () => say("yields")) : nothing}
    ${may("say") && !panel ? button("Speak to it", "about", () => say("")) : nothing}
  </div>`;
}

const assumption = ({ mark, text }) => html`<p class="entry"><span class="mark">${mark}</span> ${text}</p>`;

const STATE = {
  open: ["chip-warn", "open"],
  delayed: ["chip-warn", "put off"],
  given: ["chip-accent", "answered"],
  refused: ["chip-danger", "turned down"],
};

function promised(app, { until, due }) {
  if (until) return `Promised for “${app.head.phases.find(({ key }) => key === until)?.name ?? until}”.`;
  const minutes = Math.max(1, Math.ceil((due - app.now()) / 60_000));
  return due > app.now() ? `Promised within ${minutes} min.` : "Due now.";
}

function requestEntry(app, request) {
  const [tone, words] = STATE[request.state];
  const answers = app.store.items.filter(({ type, mark }) => type === "data_given" && mark === request.mark);
  return html`<div class="entry stack-small">
    <p><span class="mark">${request.mark}</span> ${request.what}</p>
    ${request.purpose ? html`<p class="tiny muted">For: ${request.purpose}</p>` : nothing}
    ${request.state === "delayed" ? html`<p class="tiny muted">${promised(app, request)}</p>` : nothing}
    <p class="row tiny">
      <span class="muted">${roleName(app, request.role)}</span><span class="chip ${tone}">${words}</span>
    </p>
    ${request.why ? html`<p class="small">${request.why}</p>` : nothing}
    ${answers.map(
      ({ table, n }) =>
        html`${
            table
              ? html`<details>
                  <summary>${table.title}</summary>
                  ${tableCard(table)}
                </details>`
              : nothing
          } <a class="tiny" href="#n${n}">See the answer</a>`,
    )}
  </div>`;
}
