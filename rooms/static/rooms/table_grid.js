// Rows and columns as a table that scrolls by itself; with `by`, its heads sort it.

import { figure } from "./figures.js";
import { html, nothing } from "./vendor/lit-html.js";

const NUMBERS = /INT|DOUBLE|FLOAT|DECIMAL/;
const isNumber = ({ type }) => NUMBERS.test(type);

// columns: [{name, type}]; order: {sort, down, by(name)} or nothing.
export const grid = (title, columns, rows, order = {}) =>
  html`<div class="table-scroll grid" tabindex="0" role="region" aria-label=${title}>
    <table class="table">
      <thead>
        <tr>
          ${columns.map((column) => head(column, order))}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map((cell, at) => html`<td class=${isNumber(columns[at]) ? "number" : ""}>${shown(cell)}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;

const shown = (cell) => (cell === null ? html`<span class="muted" title="empty">·</span>` : figure(cell));

function head(column, { sort, down, by }) {
  const sorted = column.name === sort;
  const aria = sorted ? (down ? "descending" : "ascending") : nothing;
  return html`<th scope="col" class=${isNumber(column) ? "number" : ""} aria-sort=${aria}>
    ${
      by
        ? html`<button type="button" class="sorter" data-test="sort-${column.name}" @click=${() => by(column.name)}>
            ${column.name}${sorted ? html`<span aria-hidden="true"> ${down ? "↓" : "↑"}</span>` : nothing}
          </button>`
        : column.name
    }
  </th>`;
}
