// A link that is shown once is copied whole: with the button, or by being selected at a click.

for (const field of document.querySelectorAll("input[data-copy]")) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-small", textContent: "Copy" });
  button.setAttribute("aria-label", `Copy: ${field.getAttribute("aria-label")}`);
  button.addEventListener("click", async () => {
    field.select();
    await navigator.clipboard?.writeText(field.value);
    button.textContent = navigator.clipboard ? "Copied" : "Selected";
  });
  field.addEventListener("focus", () => field.select());
  field.after(button);
}
