// How many exercises are solved, in this chapter and in the book, and what is done with them all.
import { element } from "./field.js";
import { add, exported, forget, keeps, remembered } from "./memory.js";
import { say } from "../words.js";

const LARGEST = 1e6; // bytes; the whole book answered is a tenth of it

const solved = () => Object.values(remembered().exercises).filter((one) => one.right === true).length;

/** bar: <div class="exercise-progress" data-book="117">; returns what shows the counts anew. */
export function progress(bar, restore) {
  if (!bar) return () => {};
  const names = [...document.querySelectorAll("form.exercise")].map((form) => form.dataset.name);
  const meter = element("progress", { max: names.length });
  meter.setAttribute("aria-hidden", "true");
  const text = element("span", {});
  const [save, load, clear] = [say("Export"), say("Import"), say("Delete")].map((textContent) =>
    element("button", { type: "button", textContent }));
  const chosen = element("input", { type: "file", accept: ".json,application/json", hidden: true });
  const said = element("span", {});
  said.setAttribute("role", "status");
  bar.append(meter, text, save, load, clear, chosen, said);
  save.addEventListener("click", () => {
    const file = new Blob([JSON.stringify(remembered(), null, 1)], { type: "application/json" });
    const link = element("a", { href: URL.createObjectURL(file), download: "loss-functions.json" });
    link.click();
    URL.revokeObjectURL(link.href);
  });
  load.addEventListener("click", () => chosen.click());
  chosen.addEventListener("change", async () => {
    const [file] = chosen.files;
    if (file) said.textContent = await imported(file);
    chosen.value = ""; // so that the same file can be chosen again
    restore();
  });
  clear.addEventListener("click", () => {
    if (!confirm(say("Delete all your answers and predictions from this browser?"))) return;
    forget();
    location.reload();
  });
  return () => {
    const { exercises } = remembered();
    const here = names.filter((name) => exercises[name]?.right === true).length;
    meter.value = here;
    if (!keeps()) text.textContent = say("This browser keeps no answers.");
    else text.textContent = say("Solved: {here} of {page} here, {all} of {book} in the book. Kept in " +
      "this browser only.", { here, page: names.length, all: solved(), book: bar.dataset.book });
  };
}

/** Adds what a file holds to what is kept here; what came of it, in words. */
async function imported(file) {
  const text = file.size > LARGEST ? "" : await file.text().catch(() => "");
  const other = exported(text);
  if (!other) return say("Nothing imported: {name} was not made by Export.", { name: file.name });
  const before = solved();
  if (!add(other)) return say("Nothing imported: this browser does not store answers.");
  return say("Imported. Newly solved: {n}.", { n: solved() - before });
}
