// Keeps a draft on the server a moment after the last change. No DOM: what it needs is handed in.

const AFTER = 800; // ms after the last change
const AGAIN = 5000; // ms after a failure

// post() -> Promise of { status, body }; tell(state, body): "saving", "saved", "failed" or "stale".
export function autosave({ post, tell, setTimeout: later = setTimeout, clearTimeout: cancel = clearTimeout }) {
  let timer = null;
  let busy = false;
  let again = false; // something changed while a save was on its way
  let stopped = false;

  function plan(wait) {
    cancel(timer);
    if (!stopped) timer = later(save, wait);
  }

  async function save() {
    if (busy) return void (again = true);
    busy = true;
    again = false;
    tell("saving");
    const { status, body } = await post().catch(() => ({ status: 0, body: {} }));
    busy = false;
    if (stopped) return;
    heard(status, body);
    if (again && !stopped) plan(0);
  }

  function heard(status, body) {
    if (status === 200) return tell("saved", body);
    if (status === 409) return stop(), tell("stale", body);
    if (status === 422) return tell("failed", body); // saying the same again would not help
    tell("failed", body);
    plan(AGAIN);
  }

  function stop() {
    stopped = true;
    cancel(timer);
  }

  return { changed: () => plan(AFTER), now: () => plan(0), stop };
}
