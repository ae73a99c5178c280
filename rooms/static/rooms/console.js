// What the facilitator keeps an eye on: hints, what is probed so far, who talks, what was heard.

import { html, nothing } from "./vendor/lit-html.js";
import { nameOf } from "./people.js";
import { act, dimension } from "./words.js";

export function hints(app) {
  const lines = app.head.console?.hints ?? [];
  if (!lines.length) return nothing;
  return html`<section class="hints stack-small" data-test="hints">
    <h2>Worth a look</h2>
    <ul class="plain-list stack-small">
      ${lines.map((line) => html`<li>${line}</li>`)}
    </ul>
  </section>`;
}

export function measures(app) {
  const console = app.head.console;
  if (!console) return nothing;
  return html`<div class="stack">
    ${coverage(app, console.coverage)} ${airtime(app, console.airtime)} ${acts(app, console.acts)}
  </div>`;
}

const bar = (label, value, most, words) =>
  html`<li class="bar">
    <span>${label}</span><span class="tiny muted number">${words}</span>
    <progress max=${Math.max(1, most)} value=${value} aria-hidden="true"></progress>
  </li>`;

const coverage = (app, lines) =>
  html`<section class="stack-small" data-test="coverage">
    <h2>Probed so far</h2>
    <ul class="plain-list bars">
      ${lines.map(({ dimension: key, name, spoken, planned }) =>
        bar(name ?? dimension(app.words, key), spoken, planned, `${spoken} of ${planned}`),
      )}
    </ul>
  </section>`;

function airtime(app, words) {
  const spoken = Object.entries(words).sort(([, one], [, other]) => other - one);
  const total = spoken.reduce((sum, [, count]) => sum + count, 0);
  const share = (count) => Math.round((100 * count) / total);
  return html`<section class="stack-small" data-test="airtime">
    <h2>Who talks</h2>
    ${
      total
        ? html`<ul class="plain-list bars">
            ${spoken.map(([seat, count]) => bar(nameOf(app, seat), count, total, `${share(count)} %`))}
          </ul>`
        : html`<p class="empty">Nobody has spoken yet.</p>`
    }
  </section>`;
}

function acts(app, counts) {
  const heard = Object.entries(counts).sort(([, one], [, other]) => other - one);
  return html`<section class="stack-small" data-test="acts">
    <h2>Heard from the candidate</h2>
    <p class="tiny muted">What single remarks did. Not marks: raters judge.</p>
    ${
      heard.length
        ? html`<ul class="plain-list heard">
            ${heard.map(([key, count]) => html`<li><span>${act(app.words, key)}</span><span class="number muted">${count}</span></li>`)}
          </ul>`
        : html`<p class="empty">Nothing yet.</p>`
    }
  </section>`;
}
