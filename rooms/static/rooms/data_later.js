// Putting a request off: with a reason, until a later phase begins or for some minutes.

import { area, choice, form } from "./fields.js";
import { html } from "./vendor/lit-html.js";

const MINUTES = [2, 5, 10].map((n) => [`minutes:${n}`, `In ${n} minutes`]);

export function delay(app, { mark }) {
  const key = (part) => `data.${mark}.${part}`;
  const later = app.head.phases.slice((app.head.phase?.index ?? 0) + 1);
  const times = [...later.map(({ key: phase, name }) => [`until:${phase}`, `When “${name}” begins`]), ...MINUTES];
  const send = () => {
    const why = app.drafts.get(key("why")).trim();
    if (!why) return app.note("Say why it takes until then.");
    const [kind, value] = (app.drafts.get(key("when")) || times[0][0]).split(":");
    const when = kind === "until" ? { until: value } : { minutes: Number(value) };
    app.send({ type: "delay_data", request: mark, why, ...when }, [key("why"), key("when")]);
    app.show("delaying", null);
  };
  return form(
    send,
    choice(app, key("when"), { label: "Promise it for", choices: times, test: `delay-${mark}-when` }),
    area(app, key("why"), { label: "Why not now; the candidate hears it", limit: 600, test: `delay-${mark}-why` }),
    html`<div class="row">
      <button type="submit" class="btn btn-small btn-primary" data-test="delay-${mark}-send">Promise it</button>
      <button type="button" class="btn btn-small btn-quiet" @click=${() => app.show("delaying", null)}>
        Back
      </button>
    </div>`,
  );
}
