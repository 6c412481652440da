// From a spec on the page to a figure that answers.

const kinds = new Map();

/**
 * Make a kind of explorer known by name; draw(element, spec, given) fills the element.
 * given: the elements that the page had put into it.
 */
export function register(name, draw) {
  kinds.set(name, draw);
}

/** Draw an explorer into an element, in the place of the picture that stands before it. */
export function mount(element, spec) {
  const draw = kinds.get(spec.kind);
  if (!draw) throw new Error(`no explorer of kind "${spec.kind}"; kinds: ${[...kinds.keys()]}`);
  const given = [...element.children];
  element.replaceChildren();
  try {
    draw(element, spec, given);
  } catch (error) {
    element.replaceChildren(); // the picture stays
    throw error;
  }
  element.dataset.mounted = "true";
  replacePicture(element);
}

/** Hide the picture on the screen; the style sheet shows it again in print. */
function replacePicture(element) {
  const output = element.closest(".jp-OutputArea-child, .output") ?? element;
  const before = output.previousElementSibling;
  if (!before) return;
  const picture = before.matches("img, svg") ? before : before.querySelector("img, svg");
  if (!picture) return;
  const whole = before.matches(".jp-OutputArea-child") ? before : picture;
  whole.classList.add("lossbook-picture");
}

/** Pages push [id, spec], whether this runtime is already there or comes later. */
export function install() {
  const waiting = window.lossbookExplorers ?? [];
  const push = ([id, spec]) => {
    const fresh = document.querySelectorAll(`figure[id="${id}"]:not([data-mounted])`);
    for (const element of fresh) mount(element, spec);
  };
  window.lossbookExplorers = { mount, register, push };
  for (const item of waiting) push(item);
}
