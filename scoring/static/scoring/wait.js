// A page that waits for others looks again now and then, and loads itself anew when something has changed.

const EVERY = 5000; // ms

const state = (text) => /data-waits-for="([^"]*)"/.exec(text)?.[1];
const here = document.querySelector("[data-waits-for]")?.dataset.waitsFor;

async function look() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (answer?.ok && state(await answer.text()) !== here) location.reload();
}

if (here !== undefined) setInterval(() => document.hidden || look(), EVERY);
