// What the reader answered, kept in this browser only.
const KEY = "lossbook";

/** {exercises: {"huber-1": {right, answer, tries}}, predictions: {place: choice}} */
export function remembered() {
  let kept = {};
  try {
    kept = JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch { /* no storage here, or not ours: nothing is remembered */ }
  return { exercises: {}, predictions: {}, ...kept };
}

export function remember(kind, name, value) {
  const kept = remembered();
  kept[kind][name] = value;
  try {
    localStorage.setItem(KEY, JSON.stringify(kept));
  } catch { /* a browser that keeps nothing still answers */ }
}

export function forget() {
  try {
    localStorage.removeItem(KEY);
  } catch { /* nothing was kept */ }
}
