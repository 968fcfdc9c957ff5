// House check of HTML and CSS: nothing inline, no !important beyond reset and reduced motion, every icon drawn.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { drawing, files, rooms, used } from "./icons.mjs";

const here = import.meta.dirname;
const root = join(here, "../..");
const found = [];
const report = (file, index, text, what) => found.push(`${file.slice(root.length + 1)}:${text.slice(0, index).split("\n").length} ${what}`);

/** Text → complaint, for every template. */
const rules = [
  [/<[^>]*\sstyle\s*=/gi, "inline style"],
  [/<style\b/gi, "style element"],
  [/<script\b(?![^>]*\ssrc=)(?!\stype="application\/ld\+json">)[^>]*>/gi, "inline script"],
  [/<[^>]*\son[a-z]+\s*=\s*["']/gi, "inline event handler"],
  [/href\s*=\s*["']\s*(?:javascript:|#["'])/gi, "link that leads nowhere"],
  [/(?<!html\s*)\|\s*safe\b/g, "|safe on what is not called html: only ui and richtext make HTML"],
  [/datetime="\{\{ *page\.(?!iso\()/g, "datetime takes page.iso(…); page.time(…) makes the whole element"],
  [/<img\b(?![^>]*\salt=)[^>]*>/gi, "picture without alt"],
];

const templates = [join(here, "templates"), ...rooms().map((room) => join(room, "templates"))].flatMap((folder) => files(folder, [".html"]));
for (const file of templates) {
  const text = readFileSync(file, "utf8");
  // a letter is no page of ours: it carries its own style
  const asked = rules.filter(([, what]) => what !== "style element" || !file.endsWith("/mail/letter.html"));
  for (const [pattern, what] of asked) for (const match of text.matchAll(pattern)) report(file, match.index, text, what);
}

/** Allowed: [hidden], and the two of prefers-reduced-motion. */
const allowed = new Map([[join(here, "css/base.css"), 3]]);
const sheets = [join(here, "css"), ...rooms().map((room) => join(room, "ui"))].flatMap((folder) => files(folder, [".css"]));
for (const file of sheets) {
  const text = readFileSync(file, "utf8").replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, " "));
  for (const match of [...text.matchAll(/!important/g)].slice(allowed.get(file) ?? 0)) report(file, match.index, text, "!important");
  if (!file.startsWith(here) && !/^\s*@layer rooms\s*\{/.test(text)) report(file, 0, text, "not in @layer rooms");
  if (file.endsWith("tokens.css")) continue;
  for (const match of text.matchAll(/#(?!fff\b|000\b)[0-9a-f]{3,8}\b(?=[^{}]*;)|\brgba?\(|\bhsla?\(/gi)) report(file, match.index, text, "colour that is no token");
}

for (const [name, where] of used()) if (drawing(name) === null) found.push(`${[...where].join(", ")}: no icon "${name}"`);

for (const line of found) console.error(line);
console.log(`${templates.length} templates, ${sheets.length} style sheets, ${used().size} icons: ${found.length} complaints`);
process.exitCode = found.length ? 1 : 0;
