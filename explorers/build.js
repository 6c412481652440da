// Bundles src/ into the files that the book ships, explorers for notebooks and pages and exercises
// for pages, and copies from KaTeX what typesets formulas when the site is built. With --check, only
// says whether the committed files are those.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const d3 = readdirSync(here("node_modules")).filter((name) => /^(d3-|internmap$)/.test(name));

// The licences of a family of packages are one text, after a line that names the holder.
function banner(contains, folders) {
  const licences = folders.map((name) =>
    readFileSync(here(`node_modules/${name}/LICENSE`), "utf8").trim().split("\n"));
  const holders = new Set(licences.map((lines) => lines.find((line) => /copyright/i.test(line))));
  const text = licences[0].filter((line) => !holders.has(line));
  return `/*! Built from explorers/ by "npm run build"; do not edit.
Contains ${contains}

${[...holders].sort().join("\n")}
${text.join("\n").replace(/\n{3,}/g, "\n\n").trim()}
*/`;
}

const BUNDLES = {
  "lossbook/static/explorers": {
    entries: ["src/index.js", "src/style.css"],
    banner: banner("modules of d3 (https://d3js.org), under the ISC licence:", d3),
  },
  "site/static/exercises": {
    entries: ["src/exercises/index.js", "src/exercises/style.css"],
    banner: banner("jsep (https://ericsmekens.github.io/jsep), under the MIT licence:", ["jsep"]),
  },
};

const files = [];
for (const [target, { entries, banner }] of Object.entries(BUNDLES)) {
  const { outputFiles } = await build({
    entryPoints: entries.map((path) => ({ in: here(path), out: path.endsWith(".css") ? "style" : "code" })),
    outdir: here("out"),
    banner: { js: banner },
    format: "iife",
    target: ["chrome100", "firefox100", "safari15.4"],
    bundle: true,
    minify: true,
    charset: "utf8",
    legalComments: "none",
    write: false,
  });
  for (const { path, text } of outputFiles) {
    files.push([`${target}${path.endsWith(".css") ? ".css" : ".js"}`, Buffer.from(text)]);
  }
}

// Every browser of today reads woff2, so the other formats of the fonts are left out.
const katex = (path) => readFileSync(here(`node_modules/katex/${path}`));
const style = katex("dist/katex.min.css").toString();
files.push(
  ["site/katex.min.js", katex("dist/katex.min.js")],
  ["site/static/katex/LICENSE", katex("LICENSE")],
  ["site/static/katex/katex.css", Buffer.from(style.replace(/,url\([^)]*\.(woff|ttf)\)[^,;}]*/g, ""))],
);
for (const name of readdirSync(here("node_modules/katex/dist/fonts"))) {
  if (name.endsWith(".woff2")) {
    files.push([`site/static/katex/fonts/${name}`, katex(`dist/fonts/${name}`)]);
  }
}

const check = process.argv.includes("--check");
if (!check) mkdirSync(here("../site/static/katex/fonts"), { recursive: true });
for (const [path, bytes] of files) {
  const file = here(`../${path}`);
  if (!check) writeFileSync(file, bytes);
  else if (!readFileSync(file).equals(bytes)) {
    console.error(`${file} is not what the source gives: run "npm run build" in explorers/`);
    process.exitCode = 1;
  }
}
