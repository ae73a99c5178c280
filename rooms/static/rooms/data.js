// Data requests that wait for this seat: give a table, a fact or words, or turn them down.

import { html, nothing } from "./vendor/lit-html.js";
import { area, choice, form } from "./fields.js";
import { delay } from "./data_later.js";
import { fields as narrowFields, narrowing } from "./data_narrow.js";

const WAITING = new Set(["open", "delayed"]);

export function view(app) {
  const { board, may, you } = app.head;
  const mine = board.requests.filter(({ role, state }) => WAITING.has(state) && role === you.role);
  if (!mine.length || !may.includes("give_data")) return nothing;
  return html`<section class="stack-small" data-test="requests">
    ${mine.map((request) => open(app, request))}
  </section>`;
}

function open(app, request) {
  const turned = app.ui.refusing === request.mark;
  const later = app.ui.delaying === request.mark;
  return html`<article class="cue stack-small" data-test="request-${request.mark}">
    <p><strong class="cue-now">${request.state === "delayed" ? "You promised data" : "You are asked for data"}</strong></p>
    <h2 class="h3"><span class="mark">${request.mark}</span> ${request.what}</h2>
    <p class="small">${request.purpose ? `For: ${request.purpose}` : "No purpose was given."}</p>
    ${turned ? refuse(app, request) : later ? delay(app, request) : give(app, request)}
  </article>`;
}

const entries = (sets) => sets.map(({ key, title }) => [key, title]);
const short = (text) => (text.length > 70 ? `${text.slice(0, 68)}…` : text);

function give(app, { mark }) {
  const key = (part) => `data.${mark}.${part}`;
  const parts = ["data_set", "fact", "text"];
  const { data_sets: sets = [], facts = [] } = app.head.yours ?? {};
  const held = facts.filter(({ out }) => !out).map((fact) => [fact.key, short(fact.text)]);
  const send = () => {
    const filled = parts.map((part) => [part, app.drafts.get(key(part)).trim()]).filter(([, value]) => value);
    if (!filled.length) return app.note("Choose a table or a fact, or write an answer.");
    const given = Object.fromEntries(filled);
    const narrow = narrowing(app, mark, given.data_set);
    app.send({ type: "give_data", request: mark, ...given, ...(narrow ? { narrow } : {}) }, parts.map(key));
  };
  return form(
    send,
    sets.length
      ? choice(app, key("data_set"), {
          label: "Table",
          none: "No table",
          choices: entries(sets),
          test: `give-${mark}-set`,
        })
      : nothing,
    narrowFields(app, mark, app.drafts.get(key("data_set"))),
    held.length
      ? choice(app, key("fact"), {
          label: "Fact you hold",
          none: "No fact",
          choices: held,
          test: `give-${mark}-fact`,
        })
      : nothing,
    area(app, key("text"), { label: "In your words", test: `give-${mark}-text` }),
    html`<div class="row">
      <button type="submit" class="btn btn-small btn-primary" data-test="give-${mark}">Hand it over</button>
      ${app.head.may.includes("delay_data") ? turn(app, mark, "delaying", "Later…", "delay") : nothing}
      ${app.head.may.includes("refuse_data") ? turn(app, mark, "refusing", "Turn it down…", "refuse") : nothing}
    </div>`,
  );
}

const turn = (app, mark, how, label, test) =>
  html`<button
    type="button"
    class="btn btn-small"
    data-test="${test}-${mark}"
    @click=${() => app.show(how, mark, `[data-test="${test}-${mark}-why"]`)}
  >
    ${label}
  </button>`;

function refuse(app, { mark }) {
  const key = `data.${mark}.why`;
  const send = () => {
    const why = app.drafts.get(key).trim();
    if (!why) return app.note("Say why you turn it down.");
    app.send({ type: "refuse_data", request: mark, why }, [key]);
    app.show("refusing", null);
  };
  return form(
    send,
    area(app, key, { label: "Why not; the candidate hears it", limit: 600, test: `refuse-${mark}-why` }),
    html`<div class="row">
      <button type="submit" class="btn btn-small btn-danger" data-test="refuse-${mark}-send">
        Turn it down
      </button>
      <button type="button" class="btn btn-small btn-quiet" @click=${() => app.show("refusing", null)}>
        Back
      </button>
    </div>`,
  );
}
