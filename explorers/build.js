// Bundles src/ into the two files that the book ships, and copies from KaTeX what typesets formulas
// when the site is built. With --check, only says whether the committed files are those.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const used = readdirSync(here("node_modules")).filter((name) => /^(d3-|internmap$)/.test(name));
const licences = used.map((name) => readFileSync(here(`node_modules/${name}/LICENSE`), "utf8"));
const holders = new Set(licences.map((text) => text.split("\n")[0]));
const banner = `/*! Built from explorers/ by "npm run build"; do not edit.
Contains modules of d3 (https://d3js.org), under the ISC licence:

${[...holders].sort().join("\n")}
${licences[0].trim().split("\n").slice(1).join("\n")}
*/`;

const { outputFiles } = await build({
  entryPoints: { "explorers": here("src/index.js"), "explorers-style": here("src/style.css") },
  outdir: here("out"),
  banner: { js: banner },
  format: "iife",
  target: ["chrome100", "firefox100", "safari15"],
  bundle: true,
  minify: true,
  charset: "utf8",
  legalComments: "none",
  write: false,
});

const files = outputFiles.map(({ path, text }) => [
  `lossbook/static/explorers${path.endsWith(".css") ? ".css" : ".js"}`,
  Buffer.from(text),
]);

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
