// Loaded in the head of every page, before anything is drawn.
{
  // Follow the reader's system until told otherwise.
  const { dataset } = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  dataset.mode ||= "auto";
  dataset.theme ||= dark.matches ? "dark" : "light";

  // A page on disk may not read its neighbours to quote them in search results.
  if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;

  // Whatever scrolls sideways in its own box can be reached, and then scrolled, by keyboard.
  const boxes =
    "pre, div.math mjx-container, .pst-scrollable-table-container, .cell_output > .output";
  const fit = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
      else target.removeAttribute("tabindex");
    }
  });
  const watch = () => document.querySelectorAll(boxes).forEach((box) => fit.observe(box));
  addEventListener("load", async () => {
    watch();
    await window.MathJax?.startup?.promise;
    watch();
  });
}
