// Reads out what arrives, politely, to those who listen instead of look.

import { names } from "./people.js";
import { tell } from "./words.js";

const UNSAID = new Set(["heard", "room_opened", "inject_fired", "readied"]);

// `last` is the n up to which everything was on the page already.
export function announcer(app, region, last) {
  let told = last;
  return function announce() {
    const who = names(app);
    const fresh = app.store.items.filter((item) => item.n > told && item.by !== app.seat);
    told = app.store.upto;
    const lines = fresh.filter((item) => !UNSAID.has(item.type)).map((item) => tell(item, who));
    say(region, lines.filter(Boolean));
  };
}

// A few lines are kept, so that a reader who is slower than the room misses none of them.
export function say(region, lines) {
  for (const text of lines) {
    const line = document.createElement("p");
    line.textContent = text;
    region.append(line);
  }
  while (region.children.length > 12) region.firstChild.remove();
}
