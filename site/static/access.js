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
