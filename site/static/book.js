// Loaded in the head of every page, before anything is drawn.
{
  // Where a browser refuses to keep anything, scripts go on as if nothing had been kept.
  try {
    localStorage.length;
  } catch {
    const value = { getItem: () => null, setItem() {}, removeItem() {}, forgets: true };
    Object.defineProperty(window, "localStorage", { value });
  }

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
  const fit = (place) => {
    const found = [...place.querySelectorAll(boxes)];
    const wide = found.map((box) => box.scrollWidth > box.clientWidth);
    found.forEach((box, i) => {
      if (wide[i]) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    });
  };

  // Once all has its place, sections out of sight rest: they are not drawn, and keep their heights.
  let width, timer;
  const rest = () => {
    width = innerWidth;
    const sections = [...document.querySelectorAll(".bd-article > section > section")];
    const heights = sections.map((section) => section.getBoundingClientRect().height);
    sections.forEach((section, i) => section.style.setProperty("--height", `${heights[i]}px`));
    fit(document);
    document.body.classList.add("at-rest");
  };
  addEventListener("load", () => document.fonts.ready.then(rest));
  addEventListener("toggle", ({ target }) => fit(target), { capture: true }); // what was folded
  addEventListener("resize", () => {
    if (innerWidth === width) return;
    document.body.classList.remove("at-rest");
    fit(document);
    clearTimeout(timer);
    timer = setTimeout(rest, 200);
  });

  // The other edition opens at the same place, since its sections have the same ids.
  addEventListener("click", ({ target }) => {
    const link = target.closest?.(".edition-switch");
    if (!link) return;
    const sections = [...document.querySelectorAll("article section[id]")];
    const above = sections.filter((section) => section.getBoundingClientRect().top < innerHeight / 3);
    link.hash = scrollY ? (above.at(-1)?.id ?? "") : "";
    link.search = location.search; // what was searched for
  });
}
