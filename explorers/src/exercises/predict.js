// Boxes "Predict first": the reader chooses, and sees the answer only then.
import { element } from "./field.js";
import { remember, remembered } from "./memory.js";
import { say } from "../words.js";

/** Returns what shows the choices that are remembered. */
export function predictions(article) {
  const page = location.pathname.split("/").slice(-2).join("/");
  const parts = [...article.querySelectorAll(".predict-first, details.sd-dropdown")];
  const shows = [...article.querySelectorAll(".predict-first")].map((box, n) => {
    const list = box.querySelector("ol, ul");
    if (!list) return () => {};
    const next = parts[parts.indexOf(box) + 1]; // its answer, if it has one in the text
    return install(box, list, next?.matches("details") ? next : null, `${page}#${n}`);
  });
  return () => shows.forEach((show) => show());
}

/** What is to be read aloud: of formulas their MathML alone. */
function spoken(item) {
  const copy = item.cloneNode(true);
  copy.querySelectorAll(".katex-html, annotation").forEach((part) => part.remove());
  return copy.textContent.trim();
}

function install(box, list, answer, place) {
  if (answer) answer.hidden = true;
  const choose = (choice) => {
    if (answer) answer.hidden = false;
    box.dataset.chosen = choice;
  };
  const choices = [...list.children].map((item, i) => {
    const radio = element("input", { type: "radio", name: place, value: i });
    radio.addEventListener("change", () => {
      remember("predictions", place, i);
      choose(i);
      if (answer) answer.open = true;
    });
    radio.setAttribute("aria-label", spoken(item));
    const text = element("span", {}, ...item.childNodes);
    item.append(element("label", {}, radio, text));
    return radio;
  });
  list.classList.add("predict-choices");
  box.setAttribute("role", "radiogroup");
  box.setAttribute("aria-label", say("Your prediction"));
  return () => {
    const kept = remembered().predictions[place];
    if (choices[kept]) {
      choices[kept].checked = true;
      choose(kept);
    }
  };
}
