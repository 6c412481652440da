// What the reader answered, kept in this browser only.
const KEY = "lossbook";

/** {exercises: {"huber-1": {right, answer, tries}}, predictions: {place: choice}} */
export function remembered() {
  let kept = null;
  try {
    kept = exported(localStorage.getItem(KEY));
  } catch { /* no storage here: nothing is remembered */ }
  return kept ?? { exercises: {}, predictions: {} };
}

/** Whether this browser keeps anything; site/static/book.js stands in for a storage that does not. */
export function keeps() {
  try {
    return !localStorage.forgets;
  } catch {
    return false;
  }
}

/** Whether the browser keeps it. */
function store(kept) {
  try {
    localStorage.setItem(KEY, JSON.stringify(kept));
    return keeps();
  } catch {
    return false;
  }
}

export function remember(kind, name, value) {
  const kept = remembered();
  kept[kind][name] = value;
  store(kept); // a browser that keeps nothing still answers
}

export function forget() {
  try {
    localStorage.removeItem(KEY);
  } catch { /* nothing was kept */ }
}

const isCount = (n) => Number.isInteger(n) && n >= 0;

const isExercise = ({ tries, right = false, answer = "" }) =>
  isCount(tries) && typeof right === "boolean" && typeof answer === "string";

/** What an exported file holds, or null if it is none. */
export function exported(text) {
  try {
    const { exercises, predictions } = JSON.parse(text);
    const all = (kept, sound) => kept.constructor === Object && Object.values(kept).every(sound);
    return all(exercises, isExercise) && all(predictions, isCount) ? { exercises, predictions } : null;
  } catch { // no JSON, or null where an object should be
    return null;
  }
}

/** Adds what was kept elsewhere; whether this browser keeps it. Twice adds no more than once. */
export function add(other) {
  const { exercises, predictions } = remembered();
  const all = { ...other.exercises, ...exercises };
  for (const [name, there] of Object.entries(other.exercises)) {
    const here = Object.hasOwn(exercises, name) ? exercises[name] : there; // __proto__ is none
    const first = there.right && !here.right ? there : here; // right stays right
    all[name] = { ...first, tries: Math.max(here.tries, there.tries) };
  }
  return store({ exercises: all, predictions: { ...other.predictions, ...predictions } });
}
