// The data room beside the talk: the tables this seat may see, each with its columns, its rows and questions.

import * as ask from "./ask_tables.js";
import { figure } from "./figures.js";
import * as columns from "./table_columns.js";
import * as rows from "./table_rows.js";
import { look, tableStore } from "./table_store.js";
import { tabs } from "./tabs.js";
import { html, nothing } from "./vendor/lit-html.js";

// What was granted, and for a holder the tables of their own: those they see whole.
export function tablesOf(head) {
  const own = (head.yours?.data_sets ?? []).filter(({ columns: names }) => names?.length);
  const keys = new Set(own.map(({ key }) => key));
  return [...own.map((set) => ({ ...set, own: true })), ...head.tables.filter(({ key }) => !keys.has(key))];
}

export function view(app) {
  const tables = tablesOf(app.head);
  if (!tables.length) return empty(app);
  app.tables ??= tableStore(app, app.draw);
  const chosen = tables.find(({ key }) => key === app.ui.table) ?? tables.at(-1);
  return html`<div class="dataroom stack" data-test="dataroom">
    <h2>The data room</h2>
    ${tables.length > 1 ? chooser(app, tables, chosen) : nothing} ${table(app, chosen, tables)}
  </div>`;
}

const empty = (app) =>
  html`<div class="dataroom stack-small" data-test="dataroom">
    <h2>The data room</h2>
    <p class="empty">
      ${
        app.head.you.kind === "candidate"
          ? "No table yet. Choose “Ask for data” below the talk: say what you want to see and what for. Whoever holds it decides."
          : "No table has been handed over yet."
      }
    </p>
  </div>`;

const chooser = (app, tables, chosen) =>
  html`<div class="row" role="group" aria-label="Tables">
    ${tables.map(
      ({ key, title }) =>
        html`<button
          type="button"
          class="btn btn-small"
          aria-pressed=${key === chosen.key}
          @click=${() => app.show("table", key)}
        >
          ${title}
        </button>`,
    )}
  </div>`;

// A table granted anew in another way is another table.
function table(app, { key, title, words = [], own }, tables) {
  const kept = `table.${key}.${own ? "own" : words.join()}`;
  const store = app.tables;
  if (!store.got(kept) && !own) queueMicrotask(() => look(app, key)); // after this drawing, not in it
  store.get(kept, `tables/${key}/`);
  const got = store.got(kept);
  if (got.state !== "here") return rows.wait(store, kept, got);
  const mayAsk = app.head.you.kind === "candidate" && app.head.status === "live";
  return html`<div class="stack-small">
      <h3>${title} <code class="muted">${key}</code></h3>
      <p class="small">${got.about}</p>
      <p class="tiny muted">
        ${figure(got.rows)} rows, ${got.columns.length} columns.
        ${own ? "You hold all of it; others see what you hand over." : words.length ? `Handed over in part: ${words.join("; ")}.` : "Handed over whole."}
      </p>
    </div>
    ${tabs(app, "dataview", [
      ["columns", "Columns", columns.view(app, got)],
      ["rows", "Rows", app.ui.dataview === "rows" ? rows.view(app, store, got) : html`<p></p>`],
      ["ask", "Ask", mayAsk ? ask.view(app, store, tables) : nothing],
    ])}`;
}
