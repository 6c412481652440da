// What of a page's text is too pale on its ground by WCAG 2.1 (1.4.3), each colour and place once.
// axe-core says the same, but takes seconds a page: it looks through what lies over each line.
// Text in pictures is not looked at, nor what is switched off.
() => {
  const parse = (text) => {
    const [r, g, b, a = 1] = text.match(/[\d.]+/g).map(Number);
    return { r, g, b, a };
  };
  const over = (top, under) => {
    const mix = (x) => top[x] * top.a + under[x] * (1 - top.a);
    return { r: mix("r"), g: mix("g"), b: mix("b"), a: 1 };
  };
  const linear = (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  const luminance = ({ r, g, b }) =>
    0.2126 * linear(r / 255) + 0.7152 * linear(g / 255) + 0.0722 * linear(b / 255);

  const opacity = (e) => (e ? Number(getComputedStyle(e).opacity) * opacity(e.parentElement) : 1);
  const grounds = new Map([[null, { r: 255, g: 255, b: 255, a: 1 }]]);
  const ground = (e) => {
    if (!grounds.has(e)) {
      const own = parse(getComputedStyle(e).backgroundColor);
      grounds.set(e, own.a === 1 ? own : over(own, ground(e.parentElement)));
    }
    return grounds.get(e);
  };

  const found = new Map();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.data.trim();
    const e = walker.currentNode.parentElement;
    if (!text || e.closest("svg, script, style, [disabled], [aria-disabled=true]")) continue;
    if (!e.checkVisibility({ visibilityProperty: true })) continue;
    const { color, fontSize, fontWeight } = getComputedStyle(e);
    const behind = ground(e);
    const own = parse(color);
    const front = over({ ...own, a: own.a * opacity(e) }, behind);
    const both = [luminance(front), luminance(behind)];
    const ratio = (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
    const size = parseFloat(fontSize);
    const large = size >= 24 || (size >= 18.66 && fontWeight >= 700);
    if (ratio < (large ? 3 : 4.5)) {
      const place = `${e.localName}.${e.className} in ${color}`;
      found.set(place, `${place}: contrast ${ratio.toFixed(2)}, as of "${text.slice(0, 30)}"`);
    }
  }
  return [...found.values()];
}
