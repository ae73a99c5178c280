// What the page knows of the data room: descriptions, pages of rows and answers, fetched once each.

const address = (app, rest) => `/rooms/${app.room}/${app.seat}/${rest}`;

// -> {got(key), fetch(key, path), ask(sql)}; what is kept is {state: "waiting" | "here" | "failed", ...}.
export function tableStore(app, changed, call = fetch) {
  const kept = new Map();

  async function get(key, path) {
    if (kept.has(key)) return;
    kept.set(key, { state: "waiting" });
    keep(key, await answer(call(address(app, path), { headers: { Accept: "application/json" } })));
  }

  async function ask(sql) {
    keep("answer", { state: "waiting", sql });
    const sent = call(address(app, "query/"), {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": app.csrf },
      body: JSON.stringify({ sql }),
    });
    keep("answer", { sql, ...(await answer(sent)) });
  }

  function keep(key, value) {
    kept.set(key, value);
    changed();
  }

  return { got: (key) => kept.get(key), get, ask, again: (key) => (kept.delete(key), changed()) };
}

// The first look at a table, or at a column of it, is told to the room: once.
export function look(app, key, column = null) {
  const told = ({ type, data_set, column: named = null }) =>
    type === "looked" && data_set === key && named === column;
  if (!app.head.may.includes("look") || app.store.items.some(told)) return;
  app.send({ type: "look", data_set: key, ...(column ? { column } : {}) });
}

// An answer of the server's, or a sentence on why there is none.
async function answer(sent) {
  try {
    const response = await sent;
    const body = await response.json().catch(() => ({}));
    if (response.ok) return { state: "here", ...body };
    return { state: "failed", problem: body.problem ?? "The data room did not answer. Try again." };
  } catch {
    return { state: "failed", problem: "The data room could not be reached. Try again." };
  }
}
