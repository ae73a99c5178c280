// Questions in SQL to the granted tables, their answers, and a chart of an answer.

import { chart } from "./chart.js";
import { area, choice, form } from "./fields.js";
import { bins, figure } from "./figures.js";
import { grid } from "./table_grid.js";
import { wait } from "./table_rows.js";
import { html, nothing } from "./vendor/lit-html.js";

const KINDS = [
  ["bar", "Bars"],
  ["line", "Line"],
  ["histogram", "Histogram"],
];

export function view(app, store, tables) {
  const names = tables.map(({ key }) => key).join(", ");
  const run = () => {
    const sql = app.drafts.get("sql").trim();
    if (!sql) return app.note("Write a query first.");
    store.ask(sql);
  };
  return html`<div class="stack">
    ${form(
      run,
      area(app, "sql", {
        label: "One SELECT, read-only",
        rows: 5,
        limit: 8000,
        hint: `SELECT count(*) FROM ${tables[0].key}`,
        help: `Tables: ${names}. At most 1,000 rows, 256 MB and 6 seconds. Everybody at the table can read what you ask. Ctrl+Enter runs it.`,
        test: "sql",
      }),
      html`<div class="row">
        <button
          type="submit"
          class="btn btn-primary btn-small"
          data-test="run-query"
          ?disabled=${store.got("answer")?.state === "waiting"}
        >
          Run it
        </button>
      </div>`,
    )}
    <div aria-live="polite">${answer(app, store)}</div>
    ${earlier(app)}
  </div>`;
}

function answer(app, store) {
  const got = store.got("answer");
  if (!got) return nothing;
  if (got.state !== "here") return wait(store, "answer", got);
  if (got.problem)
    return html`<div class="notice notice-warn keep-lines" role="alert" data-test="query-problem">${got.problem}</div>`;
  const rows = `${figure(got.rows.length)} ${got.rows.length === 1 ? "row" : "rows"}`;
  return html`<section class="stack-small" data-test="answer">
    <p class="tiny muted">${rows}${got.cut ? ", and more that are not shown" : ""}, ${figure(got.took)} ms</p>
    ${grid("The answer", got.columns, got.rows)} ${drawing(app, got)}
  </section>`;
}

function drawing(app, { columns, rows }) {
  if (rows.length < 2) return nothing;
  const numbers = columns.filter((_, at) => rows.some((row) => typeof row[at] === "number"));
  if (!numbers.length) return nothing;
  const kind = app.drafts.get("chart.kind") || "bar";
  const along = at(columns, app.drafts.get("chart.x")) ?? 0;
  const up = at(numbers, app.drafts.get("chart.y")) === undefined ? numbers.at(-1).name : app.drafts.get("chart.y");
  const values = rows.map((row) => row[at(columns, up)]);
  const points =
    kind === "histogram" ? bins(values) : rows.map((row, n) => ({ label: row[along], value: values[n] }));
  return html`<details class="stack-small" data-test="chart">
    <summary>Draw it</summary>
    <div class="row chart-choices">
      ${choice(app, "chart.kind", { label: "As", choices: KINDS })}
      ${kind === "histogram" ? nothing : choice(app, "chart.x", { label: "Along", choices: named(columns) })}
      ${choice(app, "chart.y", { label: kind === "histogram" ? "Of" : "Up", none: up, choices: named(numbers) })}
    </div>
    ${chart(kind, kind === "histogram" ? `How ${up} lies` : `${up} by ${columns[along].name}`, points.slice(0, 200))}
  </details>`;
}

const named = (columns) => columns.map(({ name }) => [name, name]);
const at = (columns, name) => {
  const found = columns.findIndex((column) => column.name === name);
  return found < 0 ? undefined : found;
};

// What was asked before; choosing one writes it into the field again.
function earlier(app) {
  const asked = app.store.items.filter(({ type }) => type === "queried").toReversed();
  if (!asked.length) return nothing;
  return html`<details>
    <summary>${asked.length === 1 ? "One query so far" : `${asked.length} queries so far`}</summary>
    <ol class="plain-list stack-small earlier">
      ${asked.map(
        ({ mark, sql, problem }) =>
          html`<li class="row">
            <span class="mark">${mark}</span><code>${sql}</code>
            ${problem ? html`<span class="chip chip-warn">no answer</span>` : nothing}
            <button type="button" class="btn btn-small btn-quiet" @click=${() => app.type("sql", sql)}>
              Take up again
            </button>
          </li>`,
      )}
    </ol>
  </details>`;
}
