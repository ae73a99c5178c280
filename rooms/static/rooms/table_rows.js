// The rows of a table, fifty at a time, by any column.

import { grid } from "./table_grid.js";
import { html } from "./vendor/lit-html.js";

const PAGE = 50;

export function view(app, store, table) {
  const { sort = "", down = false, page = 0 } = app.ui[`rows.${table.key}`] ?? {};
  const query = new URLSearchParams({ page, sort, ...(down ? { down: "1" } : {}) });
  const key = `rows.${table.key}.${query}`;
  store.get(key, `tables/${table.key}/rows/?${query}`);
  const go = (change) => app.show(`rows.${table.key}`, { sort, down, page, ...change });
  const by = (name) => go({ sort: name, down: name === sort && !down, page: 0 });
  const got = store.got(key);
  const last = Math.max(0, Math.ceil(table.rows / PAGE) - 1);
  return html`<div class="stack-small">
    ${
      got.state === "here" && !got.problem
        ? grid(table.title, got.columns, got.rows, { sort, down, by })
        : wait(store, key, got)
    }
    <div class="row pager">
      <button type="button" class="btn btn-small" ?disabled=${page === 0} @click=${() => go({ page: page - 1 })}>
        Before
      </button>
      <span class="tiny muted" aria-live="polite">Page ${page + 1} of ${last + 1}</span>
      <button
        type="button"
        class="btn btn-small"
        data-test="rows-next"
        ?disabled=${page >= last}
        @click=${() => go({ page: page + 1 })}
      >
        Next
      </button>
    </div>
  </div>`;
}

export const wait = (store, key, { state, problem }) =>
  state === "waiting"
    ? html`<p class="empty" role="status">One moment…</p>`
    : html`<div class="notice notice-danger stack-small" role="alert">
        <p>${problem}</p>
        <button type="button" class="btn btn-small" @click=${() => store.again(key)}>Try again</button>
      </div>`;
