// A piece of evidence as it stands in the form: the quote, which leads to its moment, and a button.

import { shorten } from "./form.js";

export function chip(n, quote, take) {
  const item = document.createElement("li");
  item.className = "quote";
  item.dataset.n = n;
  const link = Object.assign(document.createElement("a"), { href: `#n${n}`, textContent: `“${shorten(quote)}”` });
  item.append(link, remover(take));
  return item;
}

// take(item) is called with the chip that is to go.
export function remover(take) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "remove" });
  button.textContent = "×";
  button.setAttribute("aria-label", "Take this evidence away");
  button.addEventListener("click", () => take(button.parentElement));
  return button;
}
