// Finds pages of the book, on the page of the search only: every section's text is in the index.
const bookSearch = (() => {
  const STOP = new Set(
    ("a an and are as at be by can do does for from how i in is it my of on or should than that " +
      "the this to use what when where why with you your").split(" "),
  );
  const HAN = /\p{Script=Han}/u;
  // Letters and digits; Chinese and other letters that touch are two words.
  const WORDS = /\p{Script=Han}+|(?:(?!\p{Script=Han})[\p{L}\p{N}])+/gu;

  let pages = [];
  let text = ""; // of the whole book
  let names = ""; // of all pages

  const split = (name) => name.normalize("NFKC").toLowerCase().match(WORDS) ?? [];

  // The same word in the singular, which begins the plural.
  const stem = (word) =>
    word.length < 4 ? word : word.replace(/(ss|sh|ch|x|z)es$/, "$1").replace(/([^s])s$/, "$1");

  // The same for "cross entropy", "Cross-Entropy" and "crossentropy".
  const compact = (name) => split(name).map(stem).join("");

  // Both ways to spell minimise, labelled and colour.
  const bothWays = (word) =>
    word
      .replace(/i[sz](?=[aei]|$)/g, "i[sz]")
      .replace(/ll?(?=ed$|ing$)/, "ll?")
      .replace(/(?<=...)ou?r(?=$|s$|ed$|ing$|able$)/, "ou?r");

  // What finds a word where a word begins; a short one only where it also ends.
  const pattern = (typed) => {
    if (HAN.test(typed)) return new RegExp(`(${typed})`, "gi");
    const word = bothWays(typed);
    const end = "(?![\\p{L}\\p{N}])";
    const rest = word.length < 3 ? end : `(?:(${end})|)`;
    return new RegExp(`(?<![\\p{L}\\p{N}])${word}${word.length < 3 ? "()" : ""}${rest}`, "giu");
  };

  // The word in a page's names that is typed with one letter too many, too few, or
  // wrong, or with two that have changed places.
  const meant = (word) => {
    const slips = [...word].flatMap((_, i) => [
      `${word.slice(0, i)}.?${word.slice(i + 1)}`,
      `${word.slice(0, i)}.${word.slice(i)}`,
      `${word.slice(0, i)}${word.slice(i, i + 2).split("").reverse().join("")}${word.slice(i + 2)}`,
    ]);
    return names.match(new RegExp(`(?<!\\S)(?:${slips.join("|")})(?!\\S)`, "u"))?.[0];
  };

  // A word that is nowhere in the book is cut until it is: "calibrated" to "calibrat",
  // 均方误差损失 to 均方误差 and 损失.
  const known = (word) => {
    if (word.length > 4 && !HAN.test(word) && !pattern(word).test(text) && meant(word))
      return [meant(word)];
    const least = HAN.test(word) ? 2 : Math.max(4, Math.ceil(0.6 * word.length));
    for (let length = word.length; length >= Math.min(least, word.length); length--) {
      const start = word.slice(0, length);
      if (pattern(start).test(text)) {
        const rest = word.slice(length);
        return [start, ...(HAN.test(word) && rest ? known(rest) : [])];
      }
    }
    return HAN.test(word) && word.length > least ? known(word.slice(1)) : [];
  };

  const parse = (query) => {
    const words = split(query);
    const telling = words.filter((word) => !STOP.has(word));
    const terms = (telling.length ? telling : words).flatMap((word) => {
      const found = known(stem(word));
      return found.length ? found : [word];
    });
    return [...new Set(terms)].map((word) => ({ word, pattern: pattern(word) }));
  };

  // How often a text has a word; one that only begins with it counts half.
  const count = (where, { pattern }) => {
    let hits = 0;
    for (const match of where.matchAll(pattern)) hits += match[1] === undefined ? 0.5 : 1;
    return hits;
  };

  // How much of a section is about each term, from 0 to 2.5.
  const judge = ([, title, prose, code], term) => {
    const hits = count(prose, term) + count(code, term) / 3;
    const share = hits / (hits + 1 + (prose.length + code.length / 3) / 3000);
    return share + 1.5 * Math.min(1, count(title, term));
  };

  // A function without where it lives: CrossEntropyLoss of torch.nn.CrossEntropyLoss().
  const bare = (query) => query.trim().replace(/^(?:[a-z_]\w*\.)+(?=[a-z]\w*\W*$)/i, "");

  // The pages that have the words of a query, the best first, each with its best section.
  const find = (typed) => {
    const query = bare(typed);
    const terms = parse(query);
    const sought = compact(query);
    if (!terms.length) return [];
    const all = pages.flatMap((page) => page.sections);
    const judged = new Map(all.map((section) => [section, terms.map((t) => judge(section, t))]));
    // A word that few sections have tells more.
    const tells = terms.map((_, i) => {
      const having = all.filter((section) => judged.get(section)[i]).length;
      return Math.log(1 + all.length / (1 + having));
    });
    const sum = (values) => values.reduce((total, value, i) => total + value * tells[i], 0);

    const results = [];
    for (const page of pages) {
      const named = page.names.some((name) => compact(name) === sought) ? 12 : 0;
      const partly = page.names.some((name) => terms.every((t) => count(name, t))) ? 4 : 0;
      const inTitle = terms.map((t) => Math.min(1, count(page.title, t)));
      const inNames = terms.map((t) => Math.min(1, Math.max(...page.names.map((n) => count(n, t)))));
      let best = page.sections[0];
      let most = 0;
      for (const section of page.sections) {
        const parts = judged.get(section);
        const score = sum(parts) * (parts.filter(Boolean).length / terms.length);
        if (score > most) [best, most] = [section, score];
      }
      let found = most > 0;
      const has = (_, i) =>
        inNames[i] || inTitle[i] || page.sections.some((section) => judged.get(section)[i]);
      const share = named ? 1 : terms.filter(has).length / terms.length;
      // Who typed a page's name, and finds it in no heading, wants the page.
      if (named && !terms.some((t) => count(best[1], t))) [best, found] = [page.sections[0], false];
      const score =
        page.weight * share ** 2 * (Math.max(named, partly) + sum(inTitle) + sum(inNames) + most);
      if (score) results.push({ page, section: best, found, score, terms });
    }
    return results.sort((a, b) => b.score - a.score); // which keeps the book's order among equals
  };

  // The part of a text, as long as two lines, that has the most of the terms: [from, to].
  const excerpt = (prose, terms) => {
    const LENGTH = 220;
    const places = terms.flatMap((term, i) =>
      [...prose.matchAll(term.pattern)].map((match) => [match.index, i]),
    );
    let best = [0, 0];
    for (const [start] of places) {
      const near = places.filter(([at]) => at >= start && at < start + LENGTH - 60);
      const different = new Set(near.map(([, i]) => i)).size + near.length / 1000;
      if (different > best[1]) best = [start, different];
    }
    // Where a word begins, unless the text has no spaces.
    const space = prose.indexOf(" ", best[0] - 60) + 1;
    const from = best[0] < 60 ? 0 : space && space <= best[0] ? space : best[0] - 20;
    const to = prose.length < from + LENGTH ? prose.length : prose.lastIndexOf(" ", from + LENGTH);
    const [before, after] = [from ? "… " : "", to < prose.length ? " …" : ""];
    return before + prose.slice(from, to > from + LENGTH / 2 ? to : from + LENGTH) + after;
  };

  const mark = (paragraph, terms) => {
    const all = new RegExp(terms.map((term) => term.pattern.source).join("|"), "giu");
    let last = 0;
    const shown = paragraph.textContent;
    const parts = [];
    for (const match of shown.matchAll(all)) {
      const marked = document.createElement("mark");
      marked.textContent = match[0];
      parts.push(shown.slice(last, match.index), marked);
      last = match.index + match[0].length;
    }
    paragraph.replaceChildren(...parts, shown.slice(last));
  };

  const item = ({ page, section, found, terms }) => {
    const [anchor, title, prose, code] = section;
    const link = document.createElement("a");
    link.href = `${page.name}.html${anchor && `#${anchor}`}`;
    link.textContent = anchor ? `${page.title} › ${title}` : page.title;
    const context = document.createElement("p");
    context.className = "context";
    const inCode = found && !terms.some((term) => count(prose, term)) && count(code, terms[0]);
    const inProse = found && (anchor || terms.some((term) => count(prose, term)));
    const source = inProse || !page.description ? prose : page.description;
    const said = document.querySelector(".search-summary").dataset;
    context.textContent = excerpt(inCode ? said.code.replace("{code}", code) : source, terms);
    mark(context, terms);
    const entry = document.createElement("li");
    entry.append(link, context);
    return entry;
  };

  const show = (query) => {
    const results = find(query);
    const list = document.createElement("ul");
    list.className = "search";
    list.append(...results.slice(0, 30).map(item));
    document.getElementById("search-results").replaceChildren(list);
    const summary = document.querySelector(".search-summary");
    const { none, one, many } = summary.dataset;
    const number = { 0: none, 1: one }[results.length] ?? many.replace("{n}", results.length);
    summary.textContent = query.trim() ? number : "";
  };

  const load = (index) => {
    pages = index.map((page) => ({ ...page, names: [page.title, ...page.words] }));
    text = index
      .map((page) => [page.title, ...page.words, ...page.sections.flat()].join("\n"))
      .join("\n");
    names = pages.flatMap((page) => page.names.flatMap(split)).join(" ");
    const field = document.querySelector("main input[type=search]");
    field.value = new URLSearchParams(location.search).get("q") ?? "";
    field.addEventListener("input", () => {
      history.replaceState(null, "", `?q=${encodeURIComponent(field.value)}`); // for who comes back
      show(field.value);
    });
    field.focus();
    show(field.value);
  };

  return { load, find };
})();
