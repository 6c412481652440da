// What a page says, in its language: the edition's dictionary has it by its English template.

/** The words of a template in the language of the page, with its places, {name}, filled in. */
export function say(template, values) {
  const words = globalThis.lossbookWords?.[template] ?? template;
  return values ? words.replace(/\{(\w+)\}/g, (_, name) => values[name]) : words;
}
