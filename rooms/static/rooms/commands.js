// The ways a seat can speak, and how what was typed becomes a command. Pure.

const LONG = 4000;
const SHORT = 600;

const text = (label, rest = {}) => ({ name: "text", draft: "text", label, limit: LONG, rows: 2, ...rest });
const short = (name, label, help = "") => ({ name, label, help, limit: SHORT, rows: 1 });

const DECISION = [
  short("choice", "What you choose"),
  short("why", "Why"),
  short("gives_up", "What you give up", "Who or what pays for it"),
  short("would_change", "What would change your mind", "A finding or an event, as concrete as you can"),
];

// `mode` is the command's type. A field with `from` is a choice out of the head. Fields with the
// same `draft` share their text: what began as a remark may turn out to be an assumption.
export const MODES = [
  { mode: "say", label: "Say", verb: "Say it", fields: [text("Say it to the table")] },
  {
    mode: "ask",
    label: "Ask",
    verb: "Ask",
    fields: [{ name: "role", label: "Whom", from: "roles" }, text("Your question; everyone hears it")],
  },
  {
    mode: "assume",
    label: "Assume",
    verb: "State it",
    fields: [text("What you take for granted until someone corrects you", { limit: SHORT })],
  },
  { mode: "commit", label: "Decide", verb: "Commit to it", fields: DECISION },
  {
    mode: "revise",
    label: "Revise",
    verb: "Revise it",
    fields: [{ name: "decision", label: "Which decision", from: "decisions" }, ...DECISION],
  },
  {
    mode: "request_data",
    label: "Ask for data",
    verb: "Ask for it",
    fields: [
      { name: "role", label: "From whom", from: "holders", optional: true },
      text("What you want to see", { name: "what", limit: SHORT }),
      { ...short("purpose", "What for", "Whoever holds it decides by this"), optional: true },
    ],
  },
  {
    mode: "summarise",
    label: "Sum up",
    verb: "Sum up",
    fields: [text("Where things stand, and what comes next")],
  },
];

export const modesFor = (may) => MODES.filter(({ mode }) => may.includes(mode));
export const modeOf = (mode) => MODES.find((other) => other.mode === mode);
export const draftKey = (mode, field) => field.draft ?? `${mode}.${field.name}`;

// values: {field name: text}. -> {command} or {problem: words, field}.
export function build(mode, values) {
  const command = { type: mode };
  for (const field of modeOf(mode).fields) {
    const value = (values[field.name] ?? "").trim();
    if (!value && !field.optional) return { problem: `Still empty: ${field.label}.`, field: field.name };
    if (value.length > (field.limit ?? LONG)) return { problem: tooLong(field, value), field: field.name };
    if (value) command[field.name] = value;
  }
  if (mode === "say" && values.about) Object.assign(command, { about: values.about });
  if (command.about && values.stance) Object.assign(command, { stance: values.stance });
  return { command };
}

function tooLong(field, value) {
  return `Too long by ${value.length - field.limit} characters: ${field.label}.`;
}

// What to type again when a command comes back refused: {mode, values}, or null for a button's command.
export function unbuild(command) {
  if (!command || !modeOf(command.type)) return null;
  const { type, ...values } = command;
  return { mode: type, values };
}
