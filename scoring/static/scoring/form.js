// What the scoresheet's form says, as plain values. Pure.

// The value of an evidence field, "4 12", as numbers, each once.
export const places = (value) => [...new Set((value.match(/\d+/g) ?? []).map(Number))];

export const attach = (value, n) => [...new Set([...places(value), n])].join(" ");

export const detach = (value, n) => places(value).filter((each) => each !== n).join(" ");

// What one dimension still lacks; empty when it is complete. `none` is the value of "not observed".
export function lacks({ level, evidence, note }, none = "none") {
  if (!level) return "not marked";
  if (level === none || places(evidence).length || note.trim()) return "";
  return "needs evidence";
}

export const done = (marks) => marks.filter((mark) => !lacks(mark)).length;

// The dimension a moment goes to: the one that is open on the page, else the first that is not complete.
export const target = (marks, open) => open ?? (marks.find((mark) => lacks(mark)) ?? marks.at(-1))?.key;

export const clock = (ms) => new Date(ms).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

export const shorten = (text, most = 160) => (text.length > most ? `${text.slice(0, most - 1).trimEnd()}…` : text);
