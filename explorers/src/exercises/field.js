// The field under an exercise: Enter judges what was typed.
import { judge } from "./judge.js";
import { mathml } from "./mathml.js";
import { remember, remembered } from "./memory.js";
import { say } from "../words.js";

/** What kind of answer an exercise wants, in words. */
function asks({ kind, wanted, names }) {
  const n = [wanted[0]].flat().length;
  if (n > 1) return say("{n} numbers, such as 0.5, 2/3", { n });
  if (kind === "value") return say("A number, such as 14/3, 2e-3 or log(2)");
  return kind === "word" ? say("A word") : say("An expression in {names}", { names: names.join(", ") });
}

/** form: <form class="exercise" data-name data-solution> with the exercise's data as JSON.
 *
 * Returns what shows the answer that is remembered. */
export function install(form, changed) {
  const { name, solution } = form.dataset;
  const exercise = JSON.parse(form.querySelector("script").textContent);
  const kept = { tries: 0 };
  const keep = (more) => {
    Object.assign(kept, more);
    remember("exercises", name, kept);
    changed();
  };
  const show = exercise.kind === "function"
    ? mark(form, exercise, kept, keep)
    : ask(form, exercise, solution, kept, keep);
  return () => {
    const { answer } = kept;
    Object.assign(kept, remembered().exercises[name]);
    show(answer);
  };
}

/** A function is judged in the notebook; here are its tests, and the reader ticks it off. */
function mark(form, { tests }, kept, keep) {
  const row = (tag, cells) =>
    element("tr", {}, ...cells.map((textContent) => element(tag, { textContent })));
  const box = element("input", { type: "checkbox" });
  box.addEventListener("change", () => keep({ right: box.checked }));
  form.append(
    element("p", { textContent: say("Write it in the notebook, in JupyterLab: check runs these tests.") }),
    element("details", {}, element("summary", { textContent: say("Tests") }), element("table", {},
      element("thead", {}, row("th", [say("for"), say("it returns")])),
      element("tbody", {}, ...tests.map((cells) => row("td", cells))))),
    element("label", {}, box, " ", say("It passes in my notebook")),
  );
  return () => { box.checked = kept.right === true; };
}

function ask(form, exercise, solution, kept, keep) {
  const wants = asks(exercise);
  const hint = `answer-${form.dataset.name}`;
  const input = element("input", {
    type: "text", autocomplete: "off", autocapitalize: "off",
    spellcheck: false, placeholder: wants,
  });
  input.setAttribute("aria-label", say("{title}: your answer. {wants}", { title: form.dataset.title, wants }));
  input.setAttribute("aria-describedby", hint);
  const understood = element("span", { className: "exercise-understood" });
  const verdict = element("p", { className: "exercise-verdict", id: hint });
  verdict.setAttribute("role", "status");
  const line = element("div", { className: "exercise-line" }, input,
    element("button", { type: "submit", textContent: say("Check") }));
  form.append(line, understood, verdict);

  const answer = (again) => {
    const { right, message, tree } = judge(input.value, exercise);
    const known = right === null ? "unknown" : right ? "right" : "wrong";
    form.dataset.verdict = known;
    const shown = tree && exercise.kind === "expression";
    understood.innerHTML = shown ? say("Read as {formula}", { formula: mathml(tree) }) : "";
    const sentence = message[0].toUpperCase() + message.slice(1);
    verdict.textContent = /[.。]$/.test(sentence) ? sentence : say("{sentence}.", { sentence });
    if (right === null || again) return;
    const tries = kept.tries + 1;
    const last = right || !kept.right ? input.value : kept.answer; // what was right stays
    keep({ right: right || kept.right === true, answer: last, tries });
    if (right === false && tries >= 2) openHint(form);
    if (solution && (right || tries >= 2)) {
      verdict.append(" ", element("a", { href: solution, textContent: say("See the solution.") }));
    }
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    answer(false);
  });
  // An answer that was edited is not judged any more.
  input.addEventListener("input", () => {
    form.dataset.verdict = "unknown";
    understood.innerHTML = "";
    verdict.textContent = "";
  });
  return (before) => {
    if (!kept.answer || kept.answer === before) return; // what is being typed stays
    input.value = kept.answer;
    answer(true);
  };
}

/** Opens the hint between the exercise's text and its field. */
function openHint(form) {
  for (let above = form.previousElementSibling; above; above = above.previousElementSibling) {
    if (above.matches("form.exercise")) return;
    const hint = above.matches("details") ? above : above.querySelector("details");
    if (hint) {
      hint.open = true;
      return;
    }
  }
}

export function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}
