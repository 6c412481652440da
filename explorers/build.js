// Bundles src/ into the two files that the book ships. With --check, only says whether the
// committed ones are what the source gives.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
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

for (const { path, text } of outputFiles) {
  const file = here(`../lossbook/static/explorers${path.endsWith(".css") ? ".css" : ".js"}`);
  if (!process.argv.includes("--check")) writeFileSync(file, text);
  else if (readFileSync(file, "utf8") !== text) {
    console.error(`${file} is not what the source gives: run "npm run build" in explorers/`);
    process.exitCode = 1;
  }
}
