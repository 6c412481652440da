// Time: steps, one by one or one after the other, and where they have led.
import { button } from "./controls.js";
import { say } from "./words.js";

const LONGEST = 200; // steps that are remembered, and that are played without a rest

/**
 * The buttons Step and Play. step() makes one step and returns whether there is more to come;
 * pace: from one to the next, in milliseconds. It plays until there is no more, the figure is out
 * of sight, or stop() is called, which this returns. Who asked for less motion has only Step.
 */
export function play(parent, step, pace) {
  let [frame, last] = [undefined, 0];
  const stop = () => {
    cancelAnimationFrame(frame);
    frame = undefined;
    toggle.text(say("Play"));
  };
  // The next frame is asked for after the step is drawn, so that a slow machine plays slowly.
  const tick = (now) => {
    if (now - last >= pace) {
      last = now;
      if (!step()) return stop();
    }
    frame = requestAnimationFrame(tick);
  };
  button(parent, say("Step"), () => {
    stop();
    step();
  });
  const toggle = button(parent, say("Play"), () => {
    if (frame !== undefined) return stop();
    toggle.text(say("Pause"));
    last = 0;
    frame = requestAnimationFrame(tick);
  });
  const seen = new IntersectionObserver((all) => all.at(-1).isIntersecting || stop());
  seen.observe(parent.node().closest("[role=group]"));
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const obey = () => {
    stop();
    toggle.style("display", calm.matches ? "none" : null);
  };
  calm.addEventListener("change", obey);
  obey();
  return stop;
}

/**
 * Where something has been, step by step: upTo(now) gives these places, the last of which is now;
 * what was moved otherwise than by add(from, to) begins anew.
 */
export function trace() {
  let places = [];
  const upTo = (now) => (now === places.at(-1) ? places : (places = [now]));
  const add = (from, to) => (places = [...upTo(from), to].slice(-LONGEST - 1));
  return { upTo, add, full: () => places.length > LONGEST };
}

/** Whether a step from one place to another can be seen, in a range [low, high] of the picture. */
export const isSeen = (from, to, [low, high]) => Math.abs(to - from) > (high - low) / 4000;
