// The larger things in a transcript: decisions, tables handed over, guide cards, phase dividers.

import { html, nothing } from "./vendor/lit-html.js";
import { dimension } from "./words.js";

const PARTS = [
  ["why", "Why"],
  ["gives_up", "Gives up"],
  ["would_change", "Would change it"],
];

// A decision's three reasons; `before` marks what a revision changed.
export const reasons = (decision, before = null) =>
  html`<dl class="reasons">
    ${PARTS.map(
      ([part, label]) =>
        html`<div class=${before && before[part] !== decision[part] ? "changed" : ""}>
          <dt>${label}</dt>
          <dd>${decision[part]}</dd>
        </div>`,
    )}
  </dl>`;

export const decisionCard = (item) =>
  html`<div class="decision">
    <p class="decision-mark">
      <span class="mark">${item.mark}</span>
      ${item.type === "revised" ? html`revised, version ${item.version}` : "decision"}
    </p>
    <p class="decision-choice">${item.choice}</p>
    ${reasons(item)}
  </div>`;

const FIGURE = /^[-+−]?[$€£]?[\d.,\s]*\d\s*(%|h|d)?$|^[–—-]?$/;

// A column is set as figures when every one of its cells is one.
export function tableCard(table) {
  const figures = table.columns.map((_, at) => table.rows.every((row) => FIGURE.test(row[at])));
  return drawTable(table, (at) => (figures[at] ? "number" : ""));
}

const drawTable = (table, kind) =>
  html`<figure class="given">
    <figcaption><strong>${table.title}</strong><span>${table.about}</span></figcaption>
    <div class="table-scroll" tabindex="0" role="region" aria-label=${table.title}>
      <table class="table">
        <thead>
          <tr>
            ${table.columns.map((column, at) => html`<th scope="col" class=${kind(at)}>${column}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${table.rows.map(
            (row) =>
              html`<tr>
                ${row.map((cell, at) => html`<td class=${kind(at)}>${cell}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </figure>`;

export const grantCard = ({ title, words }) =>
  html`<div class="entry stack-small grant">
    <p><span class="chip chip-accent">data room</span> <strong>${title}</strong></p>
    ${words.length ? html`<p class="tiny muted">In part: ${words.join("; ")}.</p>` : nothing}
  </div>`;

// A question to the tables, and as much of its answer as the record holds.
export const queryCard = ({ sql, columns, rows, count, cut, problem }) =>
  html`<div class="stack-small query">
    <pre class="sql" tabindex="0"><code>${sql}</code></pre>
    ${
      problem
        ? html`<p class="small">No answer: ${problem}</p>`
        : html`<details>
            <summary>${cut ? `More than ${count} rows` : count === 1 ? "One row" : `${count} rows`}</summary>
            ${drawTable({ title: "", about: rows.length < count ? `The first ${rows.length}` : "", columns, rows }, () => "")}
          </details>`
    }
  </div>`;

export const aims = (words, keys) =>
  html`<span class="aims"
    >${keys.map((key) => html`<span class="chip">${dimension(words, key)}</span>`)}</span
  >`;

// For raters and the facilitator: what has just been put to the candidate, and what to listen for.
export const guideCard = (item, words) =>
  html`<div class="guide">
    <p class="guide-title"><span class="eyebrow">Listen for</span>${item.title}</p>
    <p>${item.expected}</p>
    <p class="guide-foot">${aims(words, item.dimensions)}<span class="muted">${item.why}</span></p>
  </div>`;

export const phaseDivider = (item, place) =>
  html`<div class="divider">
    <p class="eyebrow">${place}</p>
    <h2>${item.name}</h2>
    <p class="divider-prompt">${item.prompt}</p>
  </div>`;

export const note = (text, time) =>
  text
    ? html`<p class="aside-line">
        <span>${text}</span>${time ? html`<span class="time number">${time}</span>` : nothing}
      </p>`
    : nothing;
