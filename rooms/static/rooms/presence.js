// Who sits at the table: here, away, a bot, or nobody yet.

import { html, nothing } from "./vendor/lit-html.js";
import { initials, persona } from "./people.js";

export function stateOf(head, seat) {
  if (seat.occupant === "bot") return ["bot", spoken(head, seat) ? "bot, speaks through a language model" : "bot"];
  if (seat.occupant === "empty") return ["empty", "empty"];
  return head.here?.includes(seat.seat) ? ["here", "here"] : ["away", "away"];
}

// Whether a language model puts what this bot says.
export const spoken = (head, seat) => Boolean(head.model) && seat.kind === "panel" && seat.occupant === "bot";

export const view = (app) =>
  html`<section class="stack-small">
    <h3>At the table</h3>
    <ul class="table-seats plain-list">
      ${app.head.seats.map((seat) => html`<li>${entry(app, seat)}</li>`)}
    </ul>
  </section>`;

function entry(app, seat) {
  const [tone, words] = stateOf(app.head, seat);
  const { name, title, player } = persona(app, seat.seat);
  return html`<div class="seat" data-tone=${tone} data-test="seat-${seat.seat}">
    <span class="face" data-kind=${seat.kind} aria-hidden="true">${initials(name)}</span>
    <p class="seat-who">
      <strong>${name}</strong>${seat.seat === app.seat ? html` <span class="muted">(you)</span>` : nothing}
      <span class="seat-title">${title}</span>
    </p>
    <p class="seat-state tiny">
      <span class="seat-now"><span class="dot" aria-hidden="true"></span>
        <span>${player ? `${player}, ${words}` : words}</span></span>
      ${seat.hand ? html`<span class="chip chip-warn">hand up</span>` : nothing}
      ${app.head.status === "lobby" && seat.occupant === "person" ? readiness(seat) : nothing}
    </p>
    ${chair(app, seat)}
  </div>`;
}

const WAITED = new Set(["candidate", "panel", "rater"]);

const readiness = ({ kind, ready }) =>
  WAITED.has(kind)
    ? html`<span class="chip ${ready ? "chip-accent" : ""}">${ready ? "ready" : "not ready"}</span>`
    : nothing;

// A bot for an empty or deserted chair, and the chair back from it.
function chair(app, seat) {
  if (seat.kind !== "panel" && seat.kind !== "candidate") return nothing;
  const bot = seat.occupant === "bot";
  if (stateOf(app.head, seat)[0] === "here") return nothing;
  const type = bot ? "unseat_bot" : "seat_bot";
  if (!app.head.may.includes(type)) return nothing;
  return html`<button
    type="button"
    class="btn btn-small btn-quiet"
    data-test="${bot ? "unseat-bot" : "seat-bot"}-${seat.seat}"
    @click=${() => app.send({ type, seat: seat.seat })}
  >
    ${bot ? "Take the seat back" : "Seat a bot"}
  </button>`;
}
