// Loaded in the head of every page, before anything is drawn.
{
  // The theme of the reader's system is the default.
  const { dataset } = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  dataset.mode ||= "auto";
  dataset.theme ||= dark.matches ? "dark" : "light";

  // Formulas are seen with the first words, since their fonts are asked for before them.
  for (const font of ["1em KaTeX_Main", "italic 1em KaTeX_Math"]) document.fonts.load(font);

  // Boxes that scroll sideways take the keyboard's focus, so that arrow keys scroll them.
  const boxes =
    "pre, div.math .katex-display, .pst-scrollable-table-container, .cell_output > .output";
  const fit = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
      else target.removeAttribute("tabindex");
    }
  });
  addEventListener("load", () => document.querySelectorAll(boxes).forEach((box) => fit.observe(box)));

  // The other edition opens at the same place, since its sections have the same ids.
  addEventListener("click", ({ target }) => {
    const link = target.closest?.(".edition-switch");
    if (!link) return;
    const sections = [...document.querySelectorAll("article section[id]")];
    const above = sections.filter((section) => section.getBoundingClientRect().top < innerHeight / 3);
    link.hash = scrollY ? (above.at(-1)?.id ?? "") : "";
  });
}
