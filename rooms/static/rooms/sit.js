// Taking one's seat: under a name, and back from a bot that kept it warm.

import { html, nothing } from "./vendor/lit-html.js";

export const mine = (head) => head.seats.find(({ seat }) => seat === head.you.seat);
export const seated = (head) => mine(head)?.occupant === "person" && Boolean(head.you.name);

export function sit(app) {
  if (!app.head.may.includes("take_seat")) return nothing;
  const name = seated(app.head) ? app.head.you.name : "";
  const typed = app.drafts.get("name", name || app.person);
  const take = (event) => {
    event.preventDefault();
    if (typed.trim()) app.send({ type: "take_seat", name: typed.trim() });
  };
  return html`<form class="row sit" @submit=${take}>
    <div class="field">
      <label for="name">Your own name</label>
      <input
        id="name"
        maxlength="80"
        autocomplete="name"
        data-test="name"
        .value=${typed}
        @input=${(event) => app.type("name", event.target.value)}
      />
    </div>
    <button type="submit" class="btn ${name ? "" : "btn-primary"}" data-test="take-seat">
      ${name ? "Change it" : "Sit down"}
    </button>
  </form>`;
}

// For who comes after the start, or comes back to a seat that a bot has taken over.
export function late(app) {
  const { status, you } = app.head;
  if (status === "lobby" || status === "ended" || seated(app.head) || you.kind === "observer") return nothing;
  const bot = mine(app.head)?.occupant === "bot";
  return html`<div class="late stack-small" data-test="late">
    <p>
      <strong>${bot ? "A bot sits in your seat." : "You have not sat down yet."}</strong>
      ${bot ? "It hands over as soon as you sit down." : "Sit down under your name, so that the others know who speaks."}
    </p>
    ${sit(app)}
  </div>`;
}
