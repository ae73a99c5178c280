// What the facilitator may do with an inject: send it now, hold it, take it out.

import { html, nothing } from "./vendor/lit-html.js";
import { area, form } from "./fields.js";

export const draft = (inject) => `fire.${inject.key}`;
export const closed = ({ state }) => state === "spoken" || state === "skipped";

function fire(app, inject) {
  const text = app.drafts.get(draft(inject), inject.text).trim();
  app.send({ type: "fire", inject: inject.key, text: text === inject.text.trim() ? "" : text }, [
    draft(inject),
  ]);
  app.show("inject", null);
}

export function buttons(app, inject, open) {
  if (closed(inject)) return nothing;
  const { may } = app.head;
  const held = inject.state === "held";
  const act = (name, label, click, tone = "") =>
    html`<button
      type="button"
      class="btn btn-small ${tone}"
      data-test="inject-${inject.key}-${name}"
      aria-label="${label}: ${inject.title}"
      @click=${click}
    >
      ${label}
    </button>`;
  if (app.ui.skipping === inject.key) return skip(app, inject);
  return html`<div class="row inject-buttons">
    ${may.includes("fire") ? act("fire", "Send now", () => fire(app, inject), open ? "btn-primary" : "") : nothing}
    ${
      may.includes("hold")
        ? act("hold", held ? "Let go" : "Hold", () =>
            app.send({ type: "hold", inject: inject.key, held: !held }),
          )
        : nothing
    }
    ${
      may.includes("skip")
        ? act("skip", "Skip…", () =>
            app.show("skipping", inject.key, `[data-test="inject-${inject.key}-skip-why"]`),
          )
        : nothing
    }
  </div>`;
}

function skip(app, { key }) {
  const why = `skip.${key}`;
  const send = () => {
    const text = app.drafts.get(why).trim();
    if (!text) return app.note("Say why it is taken out: the report shows it.");
    app.send({ type: "skip", inject: key, why: text }, [why]);
    app.show("skipping", null);
  };
  return form(
    send,
    area(app, why, { label: "Why take it out", limit: 600, rows: 1, test: `inject-${key}-skip-why` }),
    html`<div class="row">
      <button type="submit" class="btn btn-small btn-danger" data-test="inject-${key}-skip-yes">
        Take it out
      </button>
      <button type="button" class="btn btn-small btn-quiet" @click=${() => app.show("skipping", null)}>
        Keep it
      </button>
    </div>`,
  );
}
