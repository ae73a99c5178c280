// The server's time in this browser, and how times are written. Pure; all times in milliseconds.

const SAMPLES = 8;

// A frame's `now` arrives late by its journey, never early: of the last few, the largest
// difference is the truest.
export const measure = (samples, server, local) => [...samples, server - local].slice(-SAMPLES);
export const offset = (samples) => (samples.length ? Math.max(...samples) : 0);

export function left(phase, now) {
  if (!phase) return null;
  return Math.max(0, phase.ends_at - (phase.paused_at ?? now));
}

export function countdown(ms) {
  const seconds = Math.ceil(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

export function minutes(seconds) {
  if (seconds < 60) return `${seconds} seconds`;
  const whole = Math.round(seconds / 60);
  return whole === 1 ? "1 minute" : `${whole} minutes`;
}

// The hour so far: when the first phase began and how long the room has stood still since.
export const NOT_BEGUN = Object.freeze({ began: null, stood: 0 });

export function pass(hour, item) {
  if (item.type === "phase_started" && hour.began === null) return { ...hour, began: item.at };
  if (item.type === "resumed") return { ...hour, stood: hour.stood + item.paused_for };
  return hour;
}

export function into(hour, at) {
  if (hour.began === null || at < hour.began) return "";
  return countdown(Math.floor((at - hour.began - hour.stood) / 1000) * 1000);
}

// What a clock says aloud: not each second, only when it passes one of these.
const MARKS = [
  [300000, "Five minutes left in this phase."],
  [60000, "One minute left in this phase."],
  [0, "The time of this phase is up."],
];

export function passed(before, after) {
  const mark = MARKS.find(([at]) => before > at && after <= at);
  return mark ? mark[1] : null;
}
