// A tree of questions, asked one after the other, and the advice at its ends.
// The picture is lossbook/explorers/guide.py.
import { select } from "d3-selection";

import { button, question } from "../controls.js";
import { announcer } from "../readout.js";
import { say } from "../words.js";

/**
 * spec: { label, question: { ask, answers: [{ label, hint, leads: a question or a loss's name }] } }
 * given: what holds the advice, one element with data-loss for each loss. These come with the
 *   page and stay in it: the site's build and JupyterLab typeset their formulas there.
 */
export function guide(root, spec, [given]) {
  root.setAttribute("role", "group");
  root.setAttribute("aria-label", spec.label);
  const boxes = ["lb-questions", "lb-advice", "lb-controls", "lb-store"];
  const [questions, advice, controls, store] = boxes.map((name) =>
    select(root).append("div").attr("class", name).node(),
  );
  store.append(...given.querySelectorAll("[data-loss]"));
  if (!root.closest(".jp-OutputArea-child")) {
    for (const link of store.querySelectorAll("a")) link.href = link.href.replace(/ipynb$/, "html");
  }
  button(select(controls), say("Reset"), () => go(spec.question, []));
  const tell = announcer(select(root));
  go(spec.question, []);

  /** To a question or a loss's name; answers: the index of each answer on the way there. */
  function go(to, answers) {
    root.dataset.state = JSON.stringify({ answers });
    while (questions.children.length > answers.length) questions.lastChild.remove();
    store.append(...advice.children);
    if (typeof to === "string") {
      advice.append(store.querySelector(`[data-loss="${to}"]`));
      tell([...advice.querySelectorAll("p")].map((part) => part.textContent).join(". "));
    } else {
      const choose = (index) => go(to.answers[index].leads, [...answers, index]);
      question(select(questions), { text: to.ask, options: to.answers }, choose);
      tell(to.ask);
    }
  }
}
