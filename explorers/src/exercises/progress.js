// How many exercises are solved, in this chapter and in the book.
import { element } from "./field.js";
import { forget, remembered } from "./memory.js";
import { say } from "../words.js";

/** bar: <div class="exercise-progress" data-book="117">; returns what shows the counts anew. */
export function progress(bar) {
  if (!bar) return () => {};
  const names = [...document.querySelectorAll("form.exercise")].map((form) => form.dataset.name);
  const meter = element("progress", { max: names.length });
  meter.setAttribute("aria-hidden", "true");
  const text = element("span", {});
  const save = element("button", { type: "button", textContent: say("Export") });
  const clear = element("button", { type: "button", textContent: say("Delete") });
  bar.append(meter, text, save, clear);
  save.addEventListener("click", () => {
    const file = new Blob([JSON.stringify(remembered(), null, 1)], { type: "application/json" });
    const link = element("a", { href: URL.createObjectURL(file), download: "loss-functions.json" });
    link.click();
    URL.revokeObjectURL(link.href);
  });
  clear.addEventListener("click", () => {
    if (!confirm(say("Delete all your answers and predictions from this browser?"))) return;
    forget();
    location.reload();
  });
  return () => {
    const { exercises } = remembered();
    const solved = (name) => exercises[name]?.right === true;
    const here = names.filter(solved).length;
    const all = Object.keys(exercises).filter(solved).length;
    meter.value = here;
    text.textContent = say("Solved: {here} of {page} here, {all} of {book} in the book. Kept in " +
      "this browser only.", { here, page: names.length, all, book: bar.dataset.book });
  };
}
