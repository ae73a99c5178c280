// Running the room: start, pause, more or less time, the next phase, the end.

import { html, nothing } from "./vendor/lit-html.js";
import { area, form } from "./fields.js";
import { agreed } from "./consent.js";
import { nameOf } from "./people.js";

const TABLE = new Set(["candidate", "panel"]);

const button = (test, label, click, tone = "") =>
  html`<button type="button" class="btn ${tone}" data-test=${test} @click=${click}>${label}</button>`;

const RUNNING = ["pause", "resume", "extend", "advance", "quiet_bots", "end"];

export function view(app) {
  const may = (type) => app.head.may.includes(type);
  if (!RUNNING.some(may)) return nothing;
  return html`<section class="controls stack-small" aria-label="Run the room">
    ${may("resume") ? button("resume", "Resume", () => app.send({ type: "resume" }), "btn-primary") : nothing}
    ${may("pause") ? button("pause", "Pause", () => app.send({ type: "pause" })) : nothing}
    ${may("extend") ? extend(app) : nothing} ${may("advance") ? advance(app) : nothing}
    ${may("quiet_bots") ? quiet(app) : nothing} ${may("end") ? end(app) : nothing}
  </section>`;
}

// The gate: who is not ready yet is named, and starting all the same is a second button.
export function start(app) {
  if (!app.head.may.includes("start")) return nothing;
  const late = app.head.seats.filter(
    ({ occupant, ready, kind }) => TABLE.has(kind) && (occupant === "empty" || !ready),
  );
  // No button starts a room without consent: the policy would turn it down.
  if (!agreed(app.head)) {
    return html`<p class="gate" data-test="gate">
      The candidate has not agreed to the notice yet. The room cannot start before.
    </p>`;
  }
  const go = (anyway) => app.send({ type: "start", anyway });
  return html`<div class="gate stack-small" data-test="gate">
    ${
      late.length
        ? html`<p>Not ready yet:</p>
            <ul class="bullets">
              ${late.map((seat) => html`<li>${nameOf(app, seat.seat)}${seat.occupant === "empty" ? ": nobody sits there" : ""}</li>`)}
            </ul>`
        : html`<p>Everyone is ready.</p>`
    }
    <div class="row">
      ${button("start", "Start the first phase", () => go(false), "btn-primary")}
      ${late.length ? button("start-anyway", "Start anyway", () => go(true)) : nothing}
    </div>
  </div>`;
}

const STEPS = [
  [-60, "−1 min"],
  [60, "+1 min"],
  [300, "+5 min"],
];

const extend = (app) =>
  html`<div class="row extend" role="group" aria-label="Time for this phase">
    ${STEPS.map(([seconds, label]) => button(`extend${seconds}`, label, () => app.send({ type: "extend", seconds }), "btn-small"))}
  </div>`;

// A second, different button says yes, and the first has the focus back on no.
function confirmed(app, name, label, question, yes, tone, extra = nothing) {
  if (app.ui.confirm !== name) {
    return button(name, label, () => app.show("confirm", name, `[data-test="${name}-yes"]`), tone);
  }
  const close = () => app.show("confirm", null, `[data-test="${name}"]`);
  return html`<div class="confirm notice stack-small">
    <p>${question}</p>
    ${form(
      () => (yes(), close()),
      extra,
      html`<div class="row">
        <button type="submit" class="btn btn-small btn-primary" data-test="${name}-yes">${label}</button>
        <button type="button" class="btn btn-small btn-quiet" data-test="${name}-no" @click=${close}>
          Not yet
        </button>
      </div>`,
    )}
  </div>`;
}

function advance(app) {
  const { phase, phases } = app.head;
  if (!phase) return nothing;
  const next = phases[phase.index + 1];
  const question = next
    ? `End “${phase.name}” now and begin “${next.name}”?`
    : `End “${phase.name}”, the last phase?`;
  const yes = () => app.send({ type: "advance", phase: phase.key });
  return confirmed(app, "advance", next ? "Next phase" : "Finish the last phase", question, yes, "");
}

function end(app) {
  const yes = () => app.send({ type: "end", why: app.drafts.get("end.why").trim() }, ["end.why"]);
  const why = area(app, "end.why", {
    label: "Why, if you want to say",
    limit: 600,
    rows: 1,
    test: "end-why",
  });
  const question = "End the room for everyone? This cannot be undone.";
  return confirmed(app, "end", "End the room", question, yes, "btn-danger", why);
}

const quiet = (app) =>
  html`<label class="switch">
    <input
      type="checkbox"
      role="switch"
      data-test="quiet"
      .checked=${app.head.quiet}
      @change=${(event) => app.send({ type: "quiet_bots", quiet: event.target.checked })}
    />
    <span>Silence every bot</span>
  </label>`;
