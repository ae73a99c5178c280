// Where the hour stands: the phase, its clock, the way there and back, and whether the room moves.

import { html, nothing } from "./vendor/lit-html.js";
import { countdown, left, minutes } from "./clock.js";

const STATUS = { lobby: "Not started", live: "Running", paused: "Paused", ended: "Ended" };

export function view(app) {
  const { phase, phases, status } = app.head;
  return html`<div class="phase" data-test="status" data-status=${status}>
      <p class="phase-name" data-test="phase-name">${phase ? phase.name : STATUS[status]}</p>
      <p class="phase-place tiny muted">
        ${phase ? `Phase ${phase.index + 1} of ${phase.of}` : `${phases.length} phases, ${minutes(total(phases))}`}
        ${app.head.extra_time ? html`<span class="chip" data-test="extra-time">+${app.head.extra_time} % time, agreed</span>` : nothing}
        ${status === "paused" ? html`<span class="chip chip-warn">paused</span>` : nothing}
      </p>
    </div>
    <ol class="track" aria-hidden="true">
      ${phases.map((_, at) => html`<li class=${place(at, phase, status)}></li>`)}
    </ol>
    ${phase && status !== "ended" ? clock(phase, app.now(), status) : nothing}`;
}

export const total = (phases) => phases.reduce((sum, phase) => sum + phase.seconds, 0);

function place(at, phase, status) {
  if (status === "ended" || (phase && at < phase.index)) return "past";
  return phase && at === phase.index ? "now" : "";
}

function clock(phase, now, status) {
  const rest = left(phase, now);
  const tone = rest <= 0 ? "over" : rest <= 60000 ? "short" : "";
  return html`<p
    class="countdown number"
    data-test="countdown"
    data-tone=${status === "paused" ? "still" : tone}
  >
    <span class="visually-hidden">Time left in this phase: </span>${countdown(rest)}
  </p>`;
}

export const banner = (app) => [paused(app), waits(app)];

// People go on without the worker; what it does for them comes later.
function waits(app) {
  const bots = app.head.seats.some(({ occupant }) => occupant === "bot");
  if (!app.head.waits || app.head.status === "lobby") return nothing;
  return html`<div class="banner notice notice-warn" role="status" data-test="waits">
    <strong>${bots ? "Bots and reports wait." : "Reports wait."}</strong> The server's worker does not answer. Everything
    you say is kept, and the clock runs on.
  </div>`;
}

function paused(app) {
  if (app.head.status !== "paused") return nothing;
  return html`<div class="banner notice notice-warn" role="status" data-test="banner">
    <strong>Paused.</strong> The clock stands
    still${app.head.may.includes("say") ? "" : " and nobody is heard"}. What you were typing is kept.
    ${app.head.may.includes("resume") ? "Resume when everyone is ready." : "Your facilitator goes on when everyone is ready."}
  </div>`;
}

const LINK = {
  connecting: ["busy", "Connecting…"],
  live: ["good", "Live"],
  reconnecting: ["busy", "Reconnecting… nothing you typed is lost"],
};

export function connection(app) {
  const [tone, words] = LINK[app.link.state] ?? ["bad", "Disconnected"];
  return html`<span class="link" data-tone=${tone} data-test="connection" data-state=${app.link.state}>
    <span class="dot" aria-hidden="true"></span><span class="link-words">${words}</span>
  </span>`;
}

// The case as everyone may read it, the hour, and what this seat alone was told of it.
export function caseView(app) {
  const laid = app.store.items.find(({ type }) => type === "room_opened");
  const { phase, phases, status } = app.head;
  return html`${
      phase && status !== "ended"
        ? html`<section class="now stack-small">
            <p class="eyebrow">Now: ${phase.name}</p>
            <p class="keep-lines">${phase.prompt}</p>
            ${phase.focus ? html`<p class="small muted"><strong>For you to watch:</strong> ${phase.focus}</p>` : nothing}
          </section>`
        : nothing
    }
    <section class="stack-small">
      <h2>The case</h2>
      <p class="case-prompt keep-lines">${laid?.prompt ?? ""}</p>
    </section>
    ${
      status === "lobby" && app.head.you.kind === "candidate"
        ? nothing // the lobby itself says how the hour runs
        : html`<section class="stack-small">
            <h3>The hour</h3>
            ${hour(phases, phase, status)}
          </section>`
    }`;
}

export const hour = (phases, phase, status) =>
  html`<ol class="hour plain-list">
    ${phases.map(
      (each, at) =>
        html`<li class=${place(at, phase, status)} aria-current=${phase?.index === at ? "step" : nothing}>
          <span>${each.name}</span><span class="number muted">${minutes(each.seconds)}</span>
        </li>`,
    )}
  </ol>`;
