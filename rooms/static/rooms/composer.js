// Where a seat speaks: the ways it may speak now, and the fields of the one it chose.

import { html, nothing } from "./vendor/lit-html.js";
import { draftKey, modesFor } from "./commands.js";
import { CHOICES, choose, current, prefill, submit } from "./composing.js";
import { area, choice, form } from "./fields.js";
import { late } from "./sit.js";
import { seatOf } from "./people.js";

const STANCES = [
  ["objects", "Object to it"],
  ["yields", "Give way on it"],
];

export function view(app) {
  const chosen = current(app);
  if (!chosen) return late(app);
  return html`${late(app)}
    <div class="composer" data-mode=${chosen.mode}>
      ${modes(app, chosen)}
      ${form(() => submit(app, chosen), aboutLine(app, chosen), fieldset(app, chosen), foot(app, chosen))}
    </div>`;
}

const modes = (app, chosen) =>
  html`<fieldset class="modes" ?hidden=${modesFor(app.head.may).length < 2}>
    <legend class="visually-hidden">What you do</legend>
    ${modesFor(app.head.may).map(
      ({ mode, label }) =>
        html`<label class="mode">
          <input
            type="radio"
            name="mode"
            value=${mode}
            data-test="mode-${mode}"
            .checked=${mode === chosen.mode}
            @change=${() => choose(app, mode)}
          /><span>${label}</span>
        </label>`,
    )}
  </fieldset>`;

const fieldset = (app, { mode, fields }) =>
  html`<div class="composer-fields" data-count=${fields.length}>
    ${fields.map((field) => (field.from ? picker(app, mode, field) : area(app, draftKey(mode, field), shape(mode, field))))}
  </div>`;

const shape = (mode, { name, draft, label, help, limit, rows }) => ({
  label,
  help,
  limit,
  rows,
  hint: draft ? label : undefined,
  hidden: Boolean(draft),
  test: draft ? "composer-text" : `${mode}-${name.replaceAll("_", "-")}`,
});

function picker(app, mode, field) {
  const choices = CHOICES[field.from](app);
  const none = field.optional ? "Whoever has it" : undefined;
  return html`<div @change=${(event) => mode === "revise" && prefill(app, event.target.value)}>
    ${choice(app, draftKey(mode, field), { label: field.label, choices, none, test: `${mode}-${field.name}` })}
  </div>`;
}

function aboutLine(app, { mode }) {
  const mark = app.drafts.get("say.about");
  const open = app.head.board.decisions.some((decision) => decision.mark === mark);
  if (mode !== "say" || !open) return nothing;
  const panel = seatOf(app.head, app.seat).kind === "panel";
  return html`<div class="about row">
    <span class="chip chip-accent">About ${mark}</span>
    ${panel ? choice(app, "say.stance", { label: "Your stance", none: "Just a remark", choices: STANCES, test: "stance" }) : nothing}
    <button type="button" class="btn btn-small btn-quiet" @click=${() => app.type("say.about", "")}>
      Not about it
    </button>
  </div>`;
}

function foot(app, chosen) {
  const up = seatOf(app.head, app.seat).hand;
  const raise = () => app.send({ type: "raise_hand", up: !up });
  return html`<div class="composer-foot">
    ${
      app.head.may.includes("raise_hand")
        ? html`<button
            type="button"
            class="btn btn-quiet"
            aria-pressed=${up}
            data-test="raise-hand"
            @click=${raise}
          >
            ${up ? "Lower your hand" : "Raise your hand"}
          </button>`
        : nothing
    }
    <span class="keys tiny muted"><kbd>Ctrl</kbd> <kbd>Enter</kbd> sends</span>
    <button type="submit" class="btn btn-primary" data-test="send">${chosen.verb}</button>
  </div>`;
}
