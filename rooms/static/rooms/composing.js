// What the composer holds: the mode, the values of its fields, and what they become.

import { build, draftKey, modeOf, modesFor } from "./commands.js";
import { roleName } from "./people.js";

export const CHOICES = {
  roles: (app) =>
    app.head.seats.filter(({ kind }) => kind === "panel").map(({ role }) => [role, roleName(app, role)]),
  holders: (app) => CHOICES.roles(app),
  decisions: (app) =>
    app.head.board.decisions.map(({ mark, versions }) => [mark, `${mark}: ${versions.at(-1).choice}`]),
};
const KEPT = new Set(["say", "ask"]);

// The mode chosen last, as long as the seat still may.
export function current(app) {
  const modes = modesFor(app.head.may);
  return modes.find(({ mode }) => mode === app.drafts.get("mode")) ?? modes[0] ?? null;
}

function valueOf(app, mode, field) {
  const typed = app.drafts.get(draftKey(mode, field));
  const choices = field.from ? CHOICES[field.from](app).map(([value]) => value) : null;
  if (!choices || choices.includes(typed)) return typed;
  return field.optional ? "" : (choices[0] ?? "");
}

function values(app, { mode, fields }) {
  const typed = Object.fromEntries(fields.map((field) => [field.name, valueOf(app, mode, field)]));
  const about = mode === "say" ? app.drafts.get("say.about") : "";
  return { ...typed, about, stance: app.drafts.get("say.stance") };
}

export function submit(app, chosen) {
  const built = build(chosen.mode, values(app, chosen));
  if (built.problem) return app.note(built.problem);
  const typed = chosen.fields.filter((field) => !field.from).map((field) => draftKey(chosen.mode, field));
  app.send(built.command, [...typed, "say.about", "say.stance"]);
  if (!KEPT.has(chosen.mode)) app.type("mode", ""); // one decision is rarely followed by the next
  document.querySelector(".composer textarea")?.focus();
}

export function choose(app, mode) {
  app.type("mode", mode);
  if (mode === "revise" && !app.drafts.get("revise.choice"))
    prefill(app, valueOf(app, mode, modeOf(mode).fields[0]));
}

// From elsewhere on the page: take up a mode with something chosen already.
export function compose(app, mode, presets) {
  document.body.dataset.view = "talk";
  for (const [key, value] of Object.entries(presets)) app.drafts.set(key, value);
  choose(app, mode);
  if (mode === "revise") prefill(app, presets["revise.decision"]);
  document.querySelector(".composer textarea")?.focus();
}

// A revision starts from what stands.
export function prefill(app, mark) {
  const standing = app.head.board.decisions.find((decision) => decision.mark === mark)?.versions.at(-1);
  if (!standing) return;
  for (const { name, from } of modeOf("revise").fields)
    if (!from) app.drafts.set(`revise.${name}`, standing[name]);
  app.type("revise.decision", mark);
}
