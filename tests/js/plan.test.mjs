import assert from "node:assert/strict";
import test from "node:test";

import { planned } from "../../rooms/static/rooms/plan.js";

const plan = [
  { key: "late", title: "Labels come late" },
  { key: "auc", title: "A great score" },
];

test("what was planned stands with what became of it, or is still to come", () => {
  const injects = { auc: { state: "spoken", why: "scheduled at 4:00" } };
  assert.deepEqual(planned({ console: { plan, injects } }), [
    { key: "late", title: "Labels come late", state: "waiting", why: "" },
    { key: "auc", title: "A great score", state: "spoken", why: "scheduled at 4:00" },
  ]);
});

test("who has no console has no plan", () => assert.deepEqual(planned({}), []));
