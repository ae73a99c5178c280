// Tabs beside the talk: one part at a time, the others kept as they are.

import { html, nothing } from "./vendor/lit-html.js";

// panels: [[key, label, template]]. Panels stay in the page, so that nothing typed in one is lost.
export function tabs(app, name, panels) {
  const shown = panels.filter(([, , body]) => body !== nothing);
  const chosen = shown.find(([key]) => key === app.ui[name])?.[0] ?? shown[0]?.[0];
  if (shown.length < 2) return html`${shown.map(([, , body]) => body)}`;
  return html`<div class="tabs">
      <div role="tablist" class="tablist" @keydown=${(event) => step(app, name, shown, chosen, event)}>
        ${shown.map(
          ([key, label]) =>
            html`<button
              type="button"
              role="tab"
              id="tab-${name}-${key}"
              aria-controls="panel-${name}-${key}"
              aria-selected=${key === chosen}
              tabindex=${key === chosen ? 0 : -1}
              data-test="tab-${key}"
              @click=${() => app.show(name, key)}
            >
              ${label}
            </button>`,
        )}
      </div>
    </div>
    ${shown.map(
      ([key, , body]) =>
        html`<div
          role="tabpanel"
          class="tabpanel stack"
          id="panel-${name}-${key}"
          aria-labelledby="tab-${name}-${key}"
          ?hidden=${key !== chosen}
        >
          ${body}
        </div>`,
    )}`;
}

const MOVES = { ArrowRight: 1, ArrowLeft: -1 };

function step(app, name, panels, chosen, event) {
  const move = MOVES[event.key];
  if (!move) return;
  event.preventDefault();
  const at = panels.findIndex(([key]) => key === chosen) + move;
  const [key] = panels.at(at % panels.length);
  app.show(name, key, `#tab-${name}-${key}`);
}
