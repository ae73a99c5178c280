// The panel's own channel. It looks like nothing else on the page, so that nobody speaks into the wrong one.

import { html, nothing } from "./vendor/lit-html.js";
import { area, form } from "./fields.js";
import { nameOf } from "./people.js";

export function view(app) {
  const may = app.head.may.includes("whisper");
  const said = app.store.items.filter(({ type }) => type === "whispered");
  if (!may && !said.length) return nothing;
  return html`<section class="whispers" aria-labelledby="whispers-title" data-test="whispers">
    <header class="row">
      <h2 id="whispers-title">Panel only</h2>
      <p class="tiny">The candidate and the raters never see this.</p>
    </header>
    <ol class="plain-list whisper-list" tabindex="0" aria-label="Whispers">
      ${said.map((item) => html`<li><strong>${nameOf(app, item.by)}</strong> <span class="keep-lines">${item.text}</span></li>`)}
      ${waiting(app)}
    </ol>
    ${may ? write(app) : nothing}
  </section>`;
}

const waiting = (app) =>
  app.pending
    .filter(({ command }) => command.type === "whisper")
    .map(({ command }) => html`<li class="pending">${command.text} <em class="tiny">on its way…</em></li>`);

function write(app) {
  const send = () => {
    const text = app.drafts.get("whisper").trim();
    if (text) app.send({ type: "whisper", text }, ["whisper"]);
  };
  return form(
    send,
    area(app, "whisper", {
      label: "Whisper to the panel",
      hidden: true,
      hint: "Whisper to the panel",
      rows: 1,
      test: "whisper-text",
    }),
    html`<button type="submit" class="btn btn-small" data-test="whisper-send">Whisper</button>`,
  );
}

// Keep the newest in sight.
export function settle(element) {
  const list = element.querySelector(".whisper-list");
  if (list && list.dataset.count !== String(list.children.length)) {
    list.scrollTop = list.scrollHeight;
    list.dataset.count = list.children.length;
  }
}
