// Form fields that keep what is typed in the drafts.

import { html, nothing } from "./vendor/lit-html.js";

// key: the draft's name. options: label, rows, limit, help, test, hidden (label for readers only), start
// (the text it begins with), required.
export function area(app, key, options) {
  const id = `f-${key.replaceAll(/[^a-z0-9]+/gi, "-")}`;
  const type = (event) => app.type(key, event.target.value);
  return html`<div class="field">
    <label for=${id} class=${options.hidden ? "visually-hidden" : ""}>${options.label}</label>
    <textarea
      id=${id}
      rows=${options.rows ?? 2}
      maxlength=${options.limit ?? 4000}
      data-test=${options.test ?? nothing}
      placeholder=${options.hint ?? nothing}
      ?required=${options.required ?? false}
      .value=${app.drafts.get(key, options.start)}
      @input=${type}
      @keydown=${sendOnCtrlEnter}
    ></textarea>
    ${options.help ? html`<span class="help">${options.help}</span>` : nothing}
  </div>`;
}

// choices: [[value, label]]; `none` is the label of choosing nothing.
export function choice(app, key, options) {
  const id = `f-${key.replaceAll(/[^a-z0-9]+/gi, "-")}`;
  const chosen = app.drafts.get(key);
  const pick = (event) => app.type(key, event.target.value);
  return html`<div class="field">
    <label for=${id}>${options.label}</label>
    <select
      id=${id}
      data-test=${options.test ?? nothing}
      ?required=${options.required ?? false}
      @change=${pick}
    >
      ${options.none === undefined ? nothing : html`<option value="" .selected=${!chosen}>${options.none}</option>`}
      ${options.choices.map(
        ([value, label]) => html`<option value=${value} .selected=${value === chosen}>${label}</option>`,
      )}
    </select>
  </div>`;
}

export function sendOnCtrlEnter(event) {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  event.target.form?.requestSubmit();
}

// A small form: what it does on submit, its parts, and its button.
export const form = (submit, ...parts) =>
  html`<form class="stack-small" @submit=${(event) => (event.preventDefault(), submit())}>${parts}</form>`;
