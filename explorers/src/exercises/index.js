// Exercises that answer on the page, and boxes "Predict first" that keep a choice.
import { install } from "./field.js";
import { judge } from "./judge.js";
import { mathml } from "./mathml.js";
import { predictions } from "./predict.js";
import { progress } from "./progress.js";

if (globalThis.document) {
  const start = () => {
    const restore = () => shows.forEach((show) => show());
    const count = progress(document.querySelector(".exercise-progress"), restore);
    const forms = [...document.querySelectorAll("form.exercise")];
    const shows = forms.map((form) => install(form, count));
    shows.push(predictions(document.querySelector("article") ?? document.body), count);
    restore();
  };
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
  else start();
} else {
  globalThis.lossbookExercises = { judge, mathml };
}
