// After the end: what happens next, for each kind of seat.

import { html, nothing } from "./vendor/lit-html.js";

const NEXT = {
  candidate: {
    title: "That was it. Thank you.",
    text: [
      "The raters now finish their sheets, each alone. Every mark has to rest on something that was said here, and a named person signs the decision.",
      "Everything you said stays readable on this page. You can close it whenever you like.",
    ],
  },
  panel: {
    title: "The room has ended.",
    text: ["You can put your part down. The debrief opens when the raters' sheets are in."],
    to: ["debrief", "Go to the debrief"],
  },
  facilitator: {
    title: "The room has ended.",
    text: [
      "The raters finish their sheets. The debrief shows who is still owed, and you can close rating there.",
    ],
    to: ["debrief", "Go to the debrief"],
  },
  rater: {
    title: "Now finish your sheet.",
    text: ["The transcript stays open beside it. Nobody sees your marks before all sheets are in."],
    to: ["sheet", "Finish the scoresheet"],
  },
  observer: { title: "The room has ended.", text: ["Thank you for watching."] },
};

const SUBMITTED = {
  title: "Your sheet is in. Thank you.",
  text: ["The debrief opens when all sheets are in. Until then nobody sees your marks."],
};

export function view(app) {
  if (app.head.status !== "ended") return nothing;
  const { title, text, to } = document.body.dataset.sheet ? SUBMITTED : NEXT[app.head.you.kind];
  return html`<section class="ended stack-small" data-test="ended">
    <h2>${title}</h2>
    ${text.map((line) => html`<p>${line}</p>`)}
    ${
      to
        ? html`<p>
            <a class="btn btn-primary" data-test="next" href="/rooms/${app.room}/${app.seat}/${to[0]}/"
              >${to[1]}</a
            >
          </p>`
        : nothing
    }
    ${
      document.body.dataset.person
        ? html`<p><a href="/" data-test="to-do">See what is next for you</a>, while it is fresh.</p>`
        : nothing
    }
    <p class="small">
      <a href="/rooms/${app.room}/${app.seat}/transcript.jsonl">Keep what you saw</a> as a file, one line for
      each item.
    </p>
  </section>`;
}
