// What other scripts add to a page, mended for who reads it by keyboard or ear.
addEventListener("load", () => {
  // Tab passes from text to text, and not by way of a button at every piece of code.
  for (const button of document.querySelectorAll("button.copybtn")) button.tabIndex = -1;
  // A button that unfolds a box is called by the title of the box.
  for (const button of document.querySelectorAll("button.toggle-button")) {
    const title = button.closest(".admonition-title")?.textContent.trim();
    if (title) button.setAttribute("aria-label", title);
  }
});

// A bar that lies over the page makes way for the place that was chosen in it.
addEventListener("click", ({ target }) => {
  if (target.closest?.("dialog a[href*='#']")) target.closest("dialog").close();
});

// Where the field of the search stands on the page itself, its keys lead there.
addEventListener(
  "keydown",
  (event) => {
    const field = document.querySelector("main input[type=search]");
    if (!field || !(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "k") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    field.focus();
  },
  { capture: true },
);
