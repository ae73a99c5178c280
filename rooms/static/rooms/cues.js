// What this seat should raise: what is due now first, then what may still come.

import { html, nothing } from "./vendor/lit-html.js";
import { aims } from "./cards.js";
import { countdown } from "./clock.js";
import { area, form } from "./fields.js";

export function view(app) {
  const cues = app.head.yours?.cues ?? [];
  if (!cues.length) return nothing;
  return html`<section class="stack-small" data-test="cues">${cues.map((cue) => due(app, cue))}</section>`;
}

function due(app, cue) {
  return html`<article class="cue stack-small" data-test="cue-${cue.inject}">
    <p class="row row-apart">
      <strong class="cue-now">Raise this now</strong>
      <span class="tiny number" data-test="cue-left"
        >said for you in ${countdown(Math.max(0, cue.owed_by - app.now()))}</span
      >
    </p>
    <h2 class="h3">${cue.title}</h2>
    ${put(app, cue.inject, cue.text)}
    <p class="small"><strong>A strong answer:</strong> ${cue.expected}</p>
    ${aims(app.words, cue.dimensions)}
  </article>`;
}

function put(app, inject, original) {
  const key = `inject.${inject}`;
  const send = () => {
    const text = app.drafts.get(key, original).trim();
    app.send({ type: "inject", inject, text: text === original.trim() ? "" : text }, [key]);
    app.show("inject", null);
  };
  if (!app.head.may.includes("inject")) return html`<p class="keep-lines">${original}</p>`;
  return form(
    send,
    area(app, key, {
      label: "In these words, or your own",
      start: original,
      rows: 3,
      test: `cue-${inject}-text`,
    }),
    html`<button type="submit" class="btn btn-primary btn-small" data-test="cue-${inject}-put">
      Put it to the candidate
    </button>`,
  );
}

const STATE = {
  waiting: "to come",
  held: "held back",
  cued: "due now",
  spoken: "said",
  skipped: "taken out",
};

export function later(app) {
  const injects = (app.head.yours?.injects ?? []).filter(({ state }) => state !== "cued");
  if (!injects.length) return nothing;
  return html`<section class="stack-small">
    <h2>What you may raise</h2>
    <p class="small muted">You are told when each is due. You may come first when the talk leads there.</p>
    <ul class="plain-list held">
      ${injects.map((inject) => html`<li>${entry(app, inject)}</li>`)}
    </ul>
  </section>`;
}

function entry(app, inject) {
  const closed = inject.state === "spoken" || inject.state === "skipped" || !app.head.may.includes("inject");
  return html`<details class="entry" data-state=${inject.state}>
    <summary><span>${inject.title}</span> <span class="chip">${STATE[inject.state]}</span></summary>
    <div class="stack-small">
      ${closed ? html`<p class="keep-lines">${inject.text}</p>` : put(app, inject.key, inject.text)}
      <p class="small"><strong>A strong answer:</strong> ${inject.expected}</p>
      ${aims(app.words, inject.dimensions)}
    </div>
  </details>`;
}
