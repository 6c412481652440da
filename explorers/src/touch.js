// What a finger means: only when it has moved a little is it clear whether it drags or scrolls.
const SLOP = 6; // CSS pixels

/** Whether a way from one place to another goes sideways, and far enough to be meant. */
export function goesSideways([fromX, fromY], [toX, toY]) {
  const across = Math.abs(toX - fromX);
  return across > SLOP && across > Math.abs(toY - fromY);
}
