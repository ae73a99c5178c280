// How far a plan is: asked for every second; when it is over the page loads itself anew.

const EVERY = 1000; // ms
const card = document.querySelector("[data-plan-progress]");

async function look() {
  const answer = await fetch(card.dataset.planProgress).catch(() => null);
  if (!answer?.ok) return;
  const { open, part, best } = await answer.json();
  if (!open) return location.reload();
  card.querySelector("progress").value = Math.round(100 * part);
  const text =
    best === null
      ? "Looking for a first plan that keeps every rule."
      : `The best plan so far is ${best} above what arithmetic allows; 0 would be perfect.`;
  const said = card.querySelector("[data-best]");
  if (part > 0 && said.textContent !== text) said.textContent = text;
}

if (card) setInterval(() => document.hidden || look(), EVERY);
