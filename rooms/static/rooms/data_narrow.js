// Handing over less than a whole table: without some columns, a stretch of time, or counted.

import { html, nothing } from "./vendor/lit-html.js";

const draft = (mark, part) => `narrow.${mark}.${part}`;
const columnsOf = (app, key) => app.head.yours?.data_sets.find((set) => set.key === key)?.columns ?? [];
const listed = (app, mark, part) => app.drafts.get(draft(mark, part)).split(",").filter(Boolean);

// What the fields say as the command's `narrow`; null for the whole table.
export function narrowing(app, mark, key) {
  const names = columnsOf(app, key);
  const only = (part) => listed(app, mark, part).filter((name) => names.includes(name));
  const narrow = {
    without: only("without"),
    by: only("by"),
    since: app.drafts.get(draft(mark, "since")),
    until: app.drafts.get(draft(mark, "until")),
  };
  const said = Object.entries(narrow).filter(([, value]) => value.length);
  return names.length && said.length ? Object.fromEntries(said) : null;
}

export function fields(app, mark, key) {
  const names = columnsOf(app, key);
  if (!names.length) return nothing;
  return html`<details class="stack-small" data-test="narrow-${mark}">
    <summary>Only a part of it</summary>
    ${boxes(app, mark, "without", "Leave out", names)}
    <div class="row">${day(app, mark, "since", "From")} ${day(app, mark, "until", "Up to")}</div>
    ${boxes(app, mark, "by", "Only counts and means, by", names)}
  </details>`;
}

function boxes(app, mark, part, legend, names) {
  const chosen = new Set(listed(app, mark, part));
  const flip = (name) => {
    chosen.has(name) ? chosen.delete(name) : chosen.add(name);
    app.type(draft(mark, part), [...chosen].join(","));
  };
  return html`<fieldset class="boxes">
    <legend>${legend}</legend>
    ${names.map(
      (name) =>
        html`<label class="box">
          <input type="checkbox" .checked=${chosen.has(name)} @change=${() => flip(name)} /> <code>${name}</code>
        </label>`,
    )}
  </fieldset>`;
}

const day = (app, mark, part, label) =>
  html`<label class="field"
    >${label}
    <input
      type="date"
      .value=${app.drafts.get(draft(mark, part))}
      @input=${(event) => app.type(draft(mark, part), event.target.value)}
    />
  </label>`;
