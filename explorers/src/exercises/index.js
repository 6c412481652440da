// Exercises that answer on the page, and boxes "Predict first" that keep a choice.
import { install } from "./field.js";
import { judge } from "./judge.js";
import { mathml } from "./mathml.js";
import { predictions } from "./predict.js";
import { progress } from "./progress.js";

if (globalThis.document) {
  const start = () => {
    const show = progress(document.querySelector(".exercise-progress"));
    document.querySelectorAll("form.exercise").forEach((form) => install(form, show));
    predictions(document.querySelector("article") ?? document.body);
    show();
  };
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
  else start();
} else {
  globalThis.lossbookExercises = { judge, mathml };
}
