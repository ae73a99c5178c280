// Before the start: what is recorded, who sees it, how long; and the candidate's yes or no to it.

import { html } from "./vendor/lit-html.js";

// Whether the room may start as far as consent goes; a room without a notice asks for none.
export const agreed = ({ consent }) => !consent || consent.state === "given";

export function consent(app) {
  const yes = agreed(app.head);
  return html`<div class="stack-small" data-test="notice">
      ${app.head.consent.notice.map((line) => html`<p>${line}</p>`)}
    </div>
    <p class="small muted">Nobody can start the room before you agree. You may take it back at any time.</p>
    <button
      type="button"
      class="btn ${yes ? "" : "btn-primary"}"
      data-test="consent"
      aria-pressed=${yes}
      @click=${() => app.send({ type: "consent", given: !yes })}
    >
      ${yes ? "Take my consent back" : "I agree"}
    </button>`;
}
