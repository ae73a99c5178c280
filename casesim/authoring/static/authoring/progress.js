// The page of a rehearsal under way: asks how far it is, says so, and shows the outcome when it is there.

const EVERY = 2000; // ms

const place = document.querySelector("[data-progress]");
const bar = place.querySelector("progress");
const said = place.querySelector("[data-said]");

async function look() {
  const answer = await fetch(place.dataset.progress, { headers: { Accept: "application/json" } }).catch(() => null);
  if (answer?.ok) show(await answer.json());
  else setTimeout(look, EVERY * 2);
}

function show({ ended, done, of }) {
  if (ended) return location.reload();
  bar.value = done;
  said.textContent = `${done} of ${of}. The page goes on by itself; you may leave it.`;
  return setTimeout(look, EVERY);
}

setTimeout(look, EVERY);
