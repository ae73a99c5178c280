// On a narrow screen one column is seen at a time: the bar that chooses it, and what waits in the others.

import { planned } from "./plan.js";

export function columns(app, bar) {
  const { body } = document;
  const seen = { talk: app.store.upto, aside: app.store.upto };

  function choose(view) {
    body.dataset.view = view;
    draw();
  }

  function draw() {
    if (body.dataset.view in seen) seen[body.dataset.view] = app.store.upto;
    const waits = { talk: unheard(app, seen.talk), aside: due(app) + whispered(app, seen.aside) };
    for (const button of bar.children) {
      button.setAttribute("aria-pressed", String(button.dataset.to === body.dataset.view));
      const count = button.dataset.to === body.dataset.view ? 0 : (waits[button.dataset.to] ?? 0);
      if (count) button.dataset.count = count;
      else delete button.dataset.count;
    }
  }

  bar.addEventListener("click", (event) => {
    const to = event.target.closest("[data-to]")?.dataset.to;
    if (to) choose(to);
  });
  bar.hidden = false;
  choose(body.dataset.view);
  return { choose, draw };
}

const later = (app, n) => app.store.items.filter((item) => item.n > n && item.by !== app.seat);
const unheard = (app, n) =>
  later(app, n).filter((item) => item.by && item.type !== "whispered" && item.text).length;
const whispered = (app, n) => later(app, n).filter((item) => item.type === "whispered").length;

// What this seat is asked to do: cues and data requests, or for the facilitator injects that are due.
function due({ head }) {
  const cued = planned(head).filter(({ state }) => state === "cued").length;
  const asked = head.board.requests.filter(
    ({ role, state }) => state === "open" && role === head.you.role,
  ).length;
  return cued + asked + (head.yours?.cues.length ?? 0);
}
