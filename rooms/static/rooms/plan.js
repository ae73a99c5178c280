// The facilitator's injects: what was planned, sent once, with what became of it, sent when it changes.

const TO_COME = { state: "waiting", why: "" };

export const planned = ({ console }) =>
  console?.plan.map((inject) => ({ ...inject, ...(console.injects[inject.key] ?? TO_COME) })) ?? [];
