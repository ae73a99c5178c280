// What only this seat is told, and the facts it holds back until the moment comes.

import { html, nothing } from "./vendor/lit-html.js";
import { area, form } from "./fields.js";
import { dimension } from "./words.js";

const briefed = (app) => app.store.items.findLast(({ type }) => type === "briefed");

export function view(app) {
  const brief = briefed(app);
  if (!brief) return nothing;
  return html`<section class="brief stack" data-test="brief">
    <h2>Your brief</h2>
    <p class="keep-lines">${brief.brief}</p>
    ${part("What you want", brief.position)} ${list("What you can point to", brief.evidence)}
    ${part("When you give way", brief.yields_when)} ${part("What you never accept", brief.never)}
    ${list("Watch above all", (brief.focus ?? []).map((key) => dimension(app.words, key)))}
    ${list("Left out of the case on purpose", brief.missing)}
  </section>`;
}

const part = (title, text) =>
  text
    ? html`<div class="stack-small">
        <h3>${title}</h3>
        <p class="keep-lines">${text}</p>
      </div>`
    : nothing;

// A brief from before a list was written has none.
const list = (title, lines = []) =>
  lines.length
    ? html`<div class="stack-small">
        <h3>${title}</h3>
        <ul class="bullets">
          ${lines.map((line) => html`<li>${line}</li>`)}
        </ul>
      </div>`
    : nothing;

export function facts(app) {
  const held = app.head.yours?.facts ?? [];
  const sets = app.head.yours?.data_sets ?? [];
  if (!held.length && !sets.length) return nothing;
  return html`<section class="stack-small">
    <h2>What you hold back</h2>
    <ul class="plain-list held">
      ${held.map((fact) => html`<li>${factEntry(app, fact)}</li>`)}
      ${sets.map((set) => html`<li>${setEntry(set)}</li>`)}
    </ul>
  </section>`;
}

function factEntry(app, fact) {
  const open = app.ui.fact === fact.key;
  return html`<div class="entry stack-small" data-out=${fact.out}>
    <p>${fact.text}</p>
    <p class="tiny muted">
      ${fact.out ? html`<span class="chip chip-accent">out</span>` : `Give it up: ${fact.release}`}
    </p>
    ${fact.out || !app.head.may.includes("reveal") ? nothing : open ? reveal(app, fact) : opener(app, fact)}
  </div>`;
}

const opener = (app, fact) =>
  html`<button
    type="button"
    class="btn btn-small"
    data-test="reveal-${fact.key}"
    @click=${() => app.show("fact", fact.key, `[data-test="reveal-${fact.key}-text"]`)}
  >
    Reveal…
  </button>`;

function reveal(app, fact) {
  const key = `fact.${fact.key}`;
  const send = () => {
    const text = app.drafts.get(key, fact.text).trim();
    app.send({ type: "reveal", fact: fact.key, text: text === fact.text ? "" : text }, [key]);
    app.show("fact", null);
  };
  return form(
    send,
    area(app, key, {
      label: "Everyone will hear",
      start: fact.text,
      rows: 3,
      test: `reveal-${fact.key}-text`,
    }),
    html`<div class="row">
      <button type="submit" class="btn btn-small btn-primary" data-test="reveal-${fact.key}-send">
        Say it
      </button>
      <button type="button" class="btn btn-small btn-quiet" @click=${() => app.show("fact", null)}>
        Not yet
      </button>
    </div>`,
  );
}

const setEntry = (set) =>
  html`<div class="entry">
    <p><span class="chip">data set</span> ${set.title}</p>
    <p class="tiny muted">What is wrong with it: ${set.flaw}</p>
  </div>`;
