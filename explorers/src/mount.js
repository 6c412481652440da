// Mounts explorers: makes interactive figures of the specs on a page.

/** Draw an explorer into an element, in the place of the picture that stands before it. */
function mount(kinds, element, spec) {
  const draw = kinds[spec.kind];
  if (!draw) throw new Error(`no explorer of kind "${spec.kind}"; kinds: ${Object.keys(kinds)}`);
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

/**
 * Pages push [id, spec], whether this runtime is already there or comes later.
 *
 * kinds: { name: draw(element, spec, given) }, each fills the element; given: the elements that
 * the page had put into it.
 */
export function install(kinds) {
  const waiting = window.lossbookExplorers ?? [];
  const push = ([id, spec]) => {
    const fresh = document.querySelectorAll(`figure[id="${id}"]:not([data-mounted])`);
    for (const element of fresh) mount(kinds, element, spec);
  };
  window.lossbookExplorers = { mount: (...place) => mount(kinds, ...place), push };
  for (const item of waiting) push(item);
}
