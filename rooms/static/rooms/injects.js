// The facilitator's timeline: every inject by phase, its state, when it is due and why.

import { html, nothing } from "./vendor/lit-html.js";
import { aims } from "./cards.js";
import { area } from "./fields.js";
import { buttons, closed, draft } from "./inject_buttons.js";
import { roleName } from "./people.js";
import { planned } from "./plan.js";
import { plain } from "./words.js";

const STATE = {
  waiting: ["", "to come"],
  held: ["chip-warn", "held back"],
  cued: ["chip-warn", "due now"],
  spoken: ["chip-accent", "said"],
  skipped: ["", "taken out"],
};

export function view(app) {
  if (!app.head.console) return nothing;
  const injects = planned(app.head);
  return html`<div class="timeline stack-small">
    ${app.head.phases.map((phase) => group(app, phase, injects))}
  </div>`;
}

function group(app, phase, injects) {
  const own = injects.filter((inject) => inject.phase === phase.key);
  const done = own.filter(({ state }) => state === "spoken" || state === "skipped").length;
  const now = app.head.phase?.key === phase.key;
  const open = app.ui.phases?.[phase.key] ?? (now || (!app.head.phase && phase === app.head.phases[0]));
  const toggle = (event) => (app.ui.phases = { ...app.ui.phases, [phase.key]: event.target.open });
  return html`<details class="phase-group" ?open=${open} @toggle=${toggle}>
    <summary>
      <h2 class="h3">${phase.name}</h2>
      ${now ? html`<span class="chip chip-accent">now</span>` : nothing}
      <span class="tiny muted number">${own.length ? `${done} of ${own.length} done` : "none planned"}</span>
    </summary>
    ${own.length ? own.map((inject) => entry(app, inject)) : html`<p class="empty">Nothing is planned for this phase.</p>`}
  </details>`;
}

function entry(app, inject) {
  const [tone, words] = STATE[inject.state];
  const open = app.ui.inject === inject.key;
  const toggle = () => app.show("inject", open ? null : inject.key);
  return html`<article class="inject" data-state=${inject.state} data-test="inject-${inject.key}">
    <button
      type="button"
      class="inject-head"
      aria-expanded=${open}
      data-test="inject-${inject.key}-open"
      @click=${toggle}
    >
      <span class="inject-title">${inject.title}</span>
      <span class="chip ${tone}">${words}</span>
      <span class="inject-when tiny"
        >${roleName(app, inject.role)} · ${plain(inject.kind).toLowerCase()} · ${inject.when}</span
      >
    </button>
    ${inject.why ? html`<p class="tiny muted inject-why">${inject.why}</p>` : nothing}
    ${open ? details(app, inject) : nothing} ${buttons(app, inject, open)}
  </article>`;
}

const details = (app, inject) =>
  html`<div class="stack-small inject-more">
    ${
      closed(inject)
        ? html`<p class="keep-lines">${inject.text}</p>`
        : area(app, draft(inject), {
            label: "What will be said",
            start: inject.text,
            rows: 3,
            test: `inject-${inject.key}-text`,
          })
    }
    <p class="small"><strong>A strong answer:</strong> ${inject.expected}</p>
    ${aims(app.words, inject.dimensions)}
  </div>`;
