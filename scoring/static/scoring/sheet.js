// The scoresheet beside the transcript: one-click evidence, progress, drafts kept as you write.

import { autosave } from "./autosave.js";
import { chip, remover } from "./chips.js";
import { attach, clock, detach, done, lacks, places, target } from "./form.js";

const form = document.getElementById("sheet");
const cards = [...form.querySelectorAll("[data-dimension]")];
const at = (id) => document.getElementById(id);
const cardOf = (key) => cards.find((card) => card.dataset.dimension === key);
const field = (card) => form.elements[`evidence-${card.dataset.dimension}`];

const marks = () =>
  cards.map(({ dataset: { dimension: key } }) => ({
    key,
    level: form.elements[`level-${key}`].value,
    evidence: form.elements[`evidence-${key}`].value,
    note: form.elements[`note-${key}`].value,
  }));

const saver = autosave({
  async post() {
    const answer = await fetch(form.dataset.draft, { method: "POST", body: new FormData(form), keepalive: true });
    return { status: answer.status, body: await answer.json().catch(() => ({})) };
  },
  tell(state, body) {
    const why = body?.problems?.join(" ");
    at("saved").textContent = {
      saving: "Saving…",
      saved: why ?? "",
      failed: why || "Not saved; trying again",
      stale: why,
    }[state];
    if (state === "saved" && !why) at("saved").textContent = `Saved ${clock(body.saved)}`;
    at("saved").dataset.state = why ? "failed" : state;
  },
});

function take(item) {
  const card = item.closest("[data-dimension]");
  field(card).value = detach(field(card).value, Number(item.dataset.n));
  item.remove();
  card.querySelector("summary").focus();
  changed(saver.now);
}

function evidence({ detail: { n, quote } }) {
  const card = cardOf(target(marks(), cards.find((each) => each.open)?.dataset.dimension));
  card.open = true;
  if (places(field(card).value).includes(n)) return;
  field(card).value = attach(field(card).value, n);
  card.querySelector("[data-quotes]").append(chip(n, quote, take));
  at("saved").textContent = `Added to ${card.querySelector(".mark-name").textContent}`;
  changed(saver.now);
}

function draw() {
  const now = marks();
  now.forEach((mark) => drawState(cardOf(mark.key), mark));
  at("progress").textContent = `${done(now)} of ${now.length}`;
  at("progress-bar").value = done(now);
  const cited = new Set(now.flatMap((mark) => places(mark.evidence)));
  at("transcript").querySelectorAll("[data-n]").forEach((item) => {
    item.toggleAttribute("data-cited", cited.has(Number(item.dataset.n)));
  });
}

function drawState(card, mark) {
  const state = card.querySelector("[data-state]");
  const chosen = card.querySelector("input[type=radio]:checked")?.dataset.label;
  const lack = lacks(mark);
  state.textContent = [chosen, lack].filter(Boolean).join(" · ");
  card.dataset.done = lack ? "no" : "yes";
  card.querySelector("[data-empty]").hidden = places(mark.evidence).length > 0;
}

function changed(save) {
  draw();
  save();
}

// Opening one card closes another above it: keep the opened one in sight.
const shown = ({ target: card }) => card.open && card.querySelector("summary").scrollIntoView({ block: "nearest" });

function follow({ target }) {
  const card = target.closest('a[href^="#mark-"]') && at(target.closest("a").hash.slice(1));
  if (card) card.open = true;
}

cards.forEach((card) => card.addEventListener("toggle", shown));
form.addEventListener("click", follow);
form.querySelectorAll(".quote").forEach((item) => item.append(remover(take)));
form.addEventListener("input", () => changed(saver.changed));
form.addEventListener("submit", () => saver.stop());
document.addEventListener("casesim:evidence", evidence);
draw();
