// The field under an exercise: Enter judges what was typed.
import { judge } from "./judge.js";
import { mathml } from "./mathml.js";
import { remember, remembered } from "./memory.js";

const ASKS = {
  value: "A number, such as 14/3, 2e-3 or log(2)",
  word: "A word",
  expression: "An expression in",
};

/** form: <form class="exercise" data-name data-solution> with the exercise's data as JSON. */
export function install(form, changed) {
  const { name, solution } = form.dataset;
  const exercise = JSON.parse(form.querySelector("script").textContent);
  const kept = remembered().exercises[name] ?? { tries: 0 };
  const keep = (more) => {
    Object.assign(kept, more);
    remember("exercises", name, kept);
    changed();
  };
  if (exercise.kind === "function") mark(form, exercise, kept, keep);
  else ask(form, exercise, solution, kept, keep);
}

/** A function is judged in the notebook; here are its tests, and the reader ticks it off. */
function mark(form, { tests }, kept, keep) {
  const row = (tag, cells) =>
    element("tr", {}, ...cells.map((textContent) => element(tag, { textContent })));
  const box = element("input", { type: "checkbox", checked: kept.right === true });
  box.addEventListener("change", () => keep({ right: box.checked }));
  form.append(
    element("p", { textContent: "Write it in the notebook, in JupyterLab: check runs these tests." }),
    element("details", {}, element("summary", { textContent: "Tests" }), element("table", {},
      element("thead", {}, row("th", ["for", "it returns"])),
      element("tbody", {}, ...tests.map((cells) => row("td", cells))))),
    element("label", {}, box, " It passes in my notebook"),
  );
}

function ask(form, exercise, solution, kept, keep) {
  const several = [exercise.wanted[0]].flat().length;
  let wants = ASKS[exercise.kind];
  if (exercise.kind === "expression") wants += ` ${exercise.names.join(", ")}`;
  if (several > 1) wants = `${several} numbers, such as 0.5, 2/3`;
  const hint = `answer-${form.dataset.name}`;
  const input = element("input", {
    type: "text", value: kept.answer ?? "", autocomplete: "off", autocapitalize: "off",
    spellcheck: false, placeholder: wants,
  });
  input.setAttribute("aria-label", `${form.dataset.title}: your answer. ${wants}`);
  input.setAttribute("aria-describedby", hint);
  const understood = element("span", { className: "exercise-understood" });
  const verdict = element("p", { className: "exercise-verdict", id: hint });
  verdict.setAttribute("role", "status");
  const line = element("div", { className: "exercise-line" }, input,
    element("button", { type: "submit", textContent: "Check" }));
  form.append(line, understood, verdict);

  const answer = (again) => {
    const { right, message, tree } = judge(input.value, exercise);
    const known = right === null ? "unknown" : right ? "right" : "wrong";
    form.dataset.verdict = known;
    understood.innerHTML = tree && exercise.kind === "expression" ? `Read as ${mathml(tree)}` : "";
    verdict.textContent = message[0].toUpperCase() + message.slice(1) + (message.endsWith(".") ? "" : ".");
    if (right === null || again) return;
    const tries = kept.tries + 1;
    keep({ right: right || kept.right === true, answer: input.value, tries });
    if (right === false && tries >= 2) openHint(form);
    if (solution && (right || tries >= 2)) {
      verdict.append(" ", element("a", { href: solution, textContent: "See the solution." }));
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
  if (kept.answer) answer(true);
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
