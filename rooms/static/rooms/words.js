// Plain words for what is in the feed and for what was refused. Pure.

// A key an author wrote, when nothing better is known: "data_judgment" -> "Data judgment".
export function plain(key) {
  const text = String(key ?? "").replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export const dimension = (words, key) => words?.dimensions?.[key] ?? plain(key);
export const act = (words, key) => words?.acts?.[key] ?? plain(key).toLowerCase();

const STANCE = { objects: "objects", yields: "gives way" };
const SPOKEN = new Set([
  "said",
  "asked",
  "summarised",
  "inject_spoken",
  "fact_revealed",
  "assumed",
  "decided",
  "revised",
  "data_requested",
  "queried",
]);

// One sentence for each type of event: what a live region reads out, and quiet lines in the transcript.
export const TELL = {
  room_opened: (item) => `The room is laid for ${item.title}.`,
  notice_given: () => "The candidate is asked to agree to a notice before the start.",
  adjusted: (item) => `By agreement every phase is ${item.extra_time} % longer.`,
  briefed: () => "Your brief is here.",
  seat_taken: (item, who) =>
    item.bot ? `A bot plays ${who.part(item.seat)}.` : `${item.name} sits down as ${who.part(item.seat)}.`,
  seat_left: (item, who) => `The seat of ${who.part(item.seat)} is empty.`,
  readied: (item, who) => `${who(item.seat)} is ${item.ready ? "ready" : "not ready yet"}.`,
  consented: (item) =>
    item.given ? "The candidate agrees to the notice." : "The candidate takes their consent back.",
  phase_started: (item) => `${item.name} begins. ${item.prompt}`,
  phase_ended: () => "This phase is over.",
  paused: () => "The room is paused.",
  resumed: () => "The room goes on.",
  extended: (item) => `${span(item.seconds)} for this phase.`,
  room_ended: () => "The room has ended.",
  said: (item, who) =>
    `${who(item.by)}${item.stance ? ` ${STANCE[item.stance]}${about(item)}` : about(item)}: ${item.text}`,
  asked: (item, who) => `${who(item.by)} asks ${who.role(item.role)}: ${item.text}`,
  summarised: (item, who) => `${who(item.by)} sums up: ${item.text}`,
  hand_raised: (item, who) => `${who(item.by)} ${item.up ? "raises a hand" : "lowers the hand"}.`,
  assumed: (item, who) => `${who(item.by)} assumes: ${item.text}`,
  decided: (item, who) => `${who(item.by)} decides, ${item.mark}: ${item.choice}`,
  revised: (item, who) => `${who(item.by)} changes ${item.mark}: ${item.choice}`,
  data_requested: (item, who) => `${who(item.by)} asks ${who.role(item.role)} for data: ${item.what}`,
  data_given: (item, who) =>
    `${who(item.by)} answers ${item.mark}. ${item.text}${item.table ? ` A table: ${item.table.title}.` : ""}${item.grant ? ` ${item.grant.title} opens in the data room.` : ""}`,
  data_delayed: (item, who) => `${who(item.by)} puts ${item.mark} off: ${item.why}`,
  data_refused: (item, who) => `${who(item.by)} turns ${item.mark} down: ${item.why}`,
  looked: (item, who) =>
    `${who(item.by)} looks at ${item.column ? `the column ${item.column} of ` : "the table "}${item.data_set}.`,
  queried: (item, who) => `${who(item.by)} asks the tables, ${item.mark}.`,
  fact_revealed: (item, who) => `${who(item.by)}: ${item.text}`,
  whispered: (item, who) => `Whisper from ${who(item.by)}: ${item.text}`,
  inject_cued: (item, who) => `Due now for ${who(item.seat)}: ${item.title}.`,
  inject_fired: (item) => `Listen for: ${item.title}.`,
  inject_spoken: (item, who) => `${who(item.by)}: ${item.text}`,
  inject_held: (item, who) => `${item.held ? "Held back" : "Let go again"}: ${who.inject(item.inject)}`,
  inject_skipped: (item, who) => `Taken out: ${who.inject(item.inject)} (${item.why})`,
  bots_quieted: (item) => (item.quiet ? "The bots are silent." : "The bots may speak again."),
  voiced: (item) => `Bots of the panel speak through a language model, ${item.model}.`,
  model_answered: () => "",
  heard: () => "",
};

function about(item) {
  return item.about ? ` (${item.about})` : "";
}

export function span(seconds) {
  const size = Math.abs(seconds);
  const amount = size % 60 === 0 ? `${size / 60} min` : `${size} s`;
  return `${amount} ${seconds < 0 ? "less" : "more"}`;
}

export const tell = (item, who) => TELL[item.type]?.(item, who) ?? "";

// What a rater can hold on to as evidence: whole sentences out of the item itself.
export function quote(item) {
  if (!SPOKEN.has(item.type)) return "";
  if (item.choice) return item.choice;
  return item.text ?? item.what ?? item.sql ?? "";
}

const REFUSED = {
  not_delivered: "It did not reach the room.",
  not_your_part: "Your seat cannot do that now.",
  not_ready: "Not everyone is ready yet. You can start anyway.",
};

// The gate on the page already names who is not ready.
const OURS = new Set(["not_ready"]);

export function whyNot({ code, why }) {
  if (why && !OURS.has(code)) return sentence(why);
  return REFUSED[code] ?? "The room turned it down.";
}

export const sentence = (text) =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;

const STOPPED = {
  4501: "This seat was given to someone else, or its link was withdrawn. Ask the facilitator for a new one.",
  4502: "This room is gone.",
};

export const whyStopped = (code) => STOPPED[code] ?? "The room closed this connection.";
