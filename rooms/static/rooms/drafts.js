// What is typed and not yet sent. It survives a reconnect and a reload of this tab.

export function drafts(name, storage) {
  const key = `casesim:${name}`;
  let held = read();

  function read() {
    try {
      return JSON.parse(storage.getItem(key)) ?? {};
    } catch {
      return {}; // no storage, or not ours: start empty
    }
  }

  function write() {
    try {
      storage.setItem(key, JSON.stringify(held));
    } catch {
      // full or forbidden: the text is still on the page
    }
  }

  return {
    get: (field, otherwise = "") => held[field] ?? otherwise,
    set(field, value) {
      held = { ...held, [field]: value };
      write();
    },
    drop(field) {
      delete held[field];
      write();
    },
  };
}
