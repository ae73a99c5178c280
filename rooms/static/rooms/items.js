// One item of the feed as it stands in the transcript. An item never changes once it is shown.

import { html, nothing } from "./vendor/lit-html.js";
import { decisionCard, grantCard, guideCard, note, phaseDivider, queryCard, tableCard } from "./cards.js";
import { initials, names, persona, seatOf } from "./people.js";
import { quote, sentence, tell } from "./words.js";

// What the item is in the speaker's mouth, beside the name.
const DOES = {
  asked: (item, who) => `asks ${who.role(item.role)}`,
  summarised: () => "sums up",
  assumed: () => "assumes",
  decided: () => "decides",
  revised: (item) => `revises ${item.mark}`,
  data_requested: (item, who) => `asks ${who.role(item.role)} for data`,
  data_given: (item) => `answers ${item.mark}`,
  data_delayed: (item) => `puts ${item.mark} off`,
  data_refused: (item) => `turns ${item.mark} down`,
  queried: (item) => `asks the tables, ${item.mark}`,
  said: (item) => SAYS[item.stance]?.(item.about) ?? (item.about ? `on ${item.about}` : ""),
};
const SAYS = { objects: (mark) => `objects to ${mark}`, yields: (mark) => `gives way on ${mark}` };

const BODY = {
  decided: decisionCard,
  revised: decisionCard,
  data_requested: (item) =>
    html`<p class="item-text">
      <span class="mark">${item.mark}</span> ${item.what}${item.purpose ? html` <span class="muted">For: ${item.purpose}</span>` : nothing}
    </p>`,
  data_delayed: (item) => html`<p class="item-text">${item.why}</p>`,
  queried: queryCard,
  data_refused: (item) => html`<p class="item-text">${item.why}</p>`,
  assumed: (item) => html`<p class="item-text"><span class="mark">${item.mark}</span> ${item.text}</p>`,
  data_given: (item) =>
    html`${item.text && item.text !== item.table?.about ? text(item) : nothing}${item.table ? tableCard(item.table) : nothing}${item.grant ? grantCard(item.grant) : nothing}`,
};
const text = (item) => html`<p class="item-text keep-lines">${item.text}</p>`;

const SPEECH = new Set([
  "said",
  "asked",
  "summarised",
  "inject_spoken",
  "fact_revealed",
  "assumed",
  "decided",
  "revised",
  "data_requested",
  "data_given",
  "data_delayed",
  "data_refused",
  "queried",
]);
const QUIET = new Set([
  "adjusted",
  "consented",
  "seat_taken",
  "seat_left",
  "paused",
  "resumed",
  "extended",
  "hand_raised",
  "inject_held",
  "inject_skipped",
  "bots_quieted",
  "looked",
]);

// Handed in: the app, and the item's time into the hour. -> a template, or null for what is shown elsewhere.
export function line(app, item, time) {
  if (SPEECH.has(item.type)) return speech(app, item, time);
  if (item.type === "phase_started") return phaseDivider(item, place(app.head, item.phase));
  if (item.type === "room_ended")
    return phaseDivider({ name: "The room has ended", prompt: item.why ? sentence(item.why) : "" }, time);
  if (item.type === "inject_fired" && app.listens) return guideCard(item, app.words);
  if (QUIET.has(item.type)) return note(tell(item, names(app)), time);
  return null;
}

function place(head, key) {
  const at = head.phases.findIndex((phase) => phase.key === key);
  return at < 0 ? "" : `Phase ${at + 1} of ${head.phases.length}`;
}

function speech(app, item, time) {
  const by = seatOf(app.head, item.by);
  const who = names(app);
  const { name } = persona(app, item.by);
  return html`
    <span class="face" data-kind=${by.kind} aria-hidden="true">${initials(name)}</span>
    <p class="item-head">
      <span class="who">
        <strong>${item.by === app.seat ? `${name} (you)` : name}</strong>
        <span class="does">${DOES[item.type]?.(item, who) ?? ""}</span>
      </span>
      ${by.kind === "candidate" && app.evidence ? evidence(item) : nothing}
      <span class="time number">${time}</span>
    </p>
    <div class="item-body">${(BODY[item.type] ?? text)(item)}</div>
  `;
}

// The scoresheet listens for this; a marked stretch of the item counts as the quote.
function evidence(item) {
  const offer = (event) => {
    const chosen = within(event.target.closest("[data-n]"));
    const detail = { n: item.n, quote: chosen || quote(item) };
    event.target.dispatchEvent(new CustomEvent("casesim:evidence", { bubbles: true, detail }));
  };
  return html`<button
    type="button"
    class="btn btn-small btn-quiet evidence"
    data-test="evidence"
    @click=${offer}
  >
    Evidence
  </button>`;
}

function within(element) {
  const selection = document.getSelection();
  if (!selection?.rangeCount || !element.contains(selection.getRangeAt(0).commonAncestorContainer)) return "";
  return selection.toString().trim();
}
