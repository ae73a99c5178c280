// A table's columns, each with what is in it: type, how much is missing, the values, a histogram.

import { chart } from "./chart.js";
import { figure, share } from "./figures.js";
import { look } from "./table_store.js";
import { html, nothing } from "./vendor/lit-html.js";

const TYPES = { text: "text", integer: "whole number", number: "number", date: "date" };

export function view(app, table) {
  const open = app.ui[`column.${table.key}`];
  return html`<div class="stack-small">
    <p class="tiny muted">Choose a column to see how its values lie.</p>
    <div class="table-scroll" tabindex="0" role="region" aria-label="Columns of ${table.title}">
      <table class="table columns-table">
        <thead>
          <tr>
            <th scope="col">Column</th>
            <th scope="col">Type</th>
            <th scope="col" class="number">Missing</th>
            <th scope="col" class="number">Distinct</th>
            <th scope="col">Values</th>
          </tr>
        </thead>
        <tbody>
          ${table.columns.map((column) => [
            row(app, table, column, column.name === open),
            column.name === open ? detail(table, column) : nothing,
          ])}
        </tbody>
      </table>
    </div>
  </div>`;
}

function row(app, table, column, open) {
  const choose = () => {
    look(app, table.key, column.name);
    app.show(`column.${table.key}`, open ? null : column.name);
  };
  return html`<tr>
    <th scope="row">
      <button
        type="button"
        class="btn btn-small btn-quiet column-name"
        aria-expanded=${open}
        data-test="column-${column.name}"
        @click=${choose}
      >
        ${column.name}
      </button>
    </th>
    <td>${TYPES[column.type]}</td>
    <td class="number">${share(column.missing, table.rows)}</td>
    <td class="number">${figure(column.distinct)}</td>
    <td>${range(column)}</td>
  </tr>`;
}

const range = ({ least, median, most, top }) =>
  least === undefined
    ? top
        .slice(0, 3)
        .map(({ value }) => value)
        .join(", ")
    : `${figure(least)} to ${figure(most)}, median ${figure(median)}`;

function detail(table, column) {
  const points = (column.histogram ?? column.top).map((bar) => ({
    label: bar.value ?? bar.from,
    value: bar.rows,
  }));
  const few = column.histogram && column.top.length && column.distinct <= column.top.length;
  const shown = few ? [...column.top].sort(byValue).map(({ value, rows }) => ({ label: value, value: rows })) : points;
  const kind = column.histogram && !few ? "histogram" : "bar";
  return html`<tr class="column-detail">
    <td colspan="5" class="stack-small" aria-live="polite">
    <p class="small">${column.about}</p>
    ${chart(kind, `Rows by ${column.name}`, shown)}
    <details>
      <summary>The same as a table</summary>
      ${counts(column.name, shown)}
    </details>
    ${column.missing ? html`<p class="tiny muted">${figure(column.missing)} of ${figure(table.rows)} rows hold nothing here.</p>` : nothing}
    </td>
  </tr>`;
}

const byValue = (a, b) => (a.value > b.value ? 1 : -1);

const counts = (name, points) =>
  html`<table class="table">
    <thead>
      <tr>
        <th scope="col">${name}</th>
        <th scope="col" class="number">Rows</th>
      </tr>
    </thead>
    <tbody>
      ${points.map(
        ({ label, value }) =>
          html`<tr>
            <td>${figure(label)}</td>
            <td class="number">${figure(value)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
