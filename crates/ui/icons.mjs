// Which icons the product uses, and the sprite made of them: Lucide (ISC) plus the house's own glyphs.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const here = import.meta.dirname;
const root = join(here, "../..");
const lucide = join(here, "node_modules/lucide-static/icons");

/** Status (st-*) and priority (p-*) glyphs of DESIGN_LANGUAGE.md section 11. */
const own = {
  "st-new": '<circle cx="12" cy="12" r="8.5" stroke-dasharray="3.4 3.3"/>',
  "st-open": '<circle cx="12" cy="12" r="8.5"/><path d="M12 7a5 5 0 0 1 0 10z" fill="currentColor" stroke="none"/>',
  "st-pending": '<circle cx="12" cy="12" r="8.5"/><path d="M12 7.5V12l3 2"/>',
  "st-hold": '<circle cx="12" cy="12" r="8.5"/><path d="M10 9.5v5M14 9.5v5"/>',
  "st-solved": '<path fill="currentColor" stroke="none" fill-rule="evenodd" d="M12 2.6a9.4 9.4 0 1 0 0 18.8 9.4 9.4 0 0 0 0-18.8zm5 7-6.2 6.6-3.9-3.9 1.5-1.5 2.3 2.3 4.8-5z"/>',
  "st-closed": '<circle cx="12" cy="12" r="8.5"/><path d="M8.5 12h7"/>',
  "p-low": '<rect x="3" y="14" width="4" height="7" rx="1"/><rect x="10" y="9" width="4" height="12" rx="1" opacity=".3"/><rect x="17" y="3" width="4" height="18" rx="1" opacity=".3"/>',
  "p-normal": '<rect x="3" y="14" width="4" height="7" rx="1"/><rect x="10" y="9" width="4" height="12" rx="1"/><rect x="17" y="3" width="4" height="18" rx="1" opacity=".3"/>',
  "p-high": '<rect x="3" y="14" width="4" height="7" rx="1"/><rect x="10" y="9" width="4" height="12" rx="1"/><rect x="17" y="3" width="4" height="18" rx="1"/>',
  "p-urgent": '<path d="M5 3h14a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2zm6 4v6.5h2V7zm0 8.2v2h2v-2z" fill-rule="evenodd"/>',
};

/** Folders in which a page, a view or a controller may name an icon. */
export const sources = () => [
  ...["templates", "src", "controllers"].map((folder) => join(here, folder)),
  ...rooms().flatMap((room) => ["templates", "src", "ui"].map((folder) => join(room, folder))),
];

/** The folders of domains/. */
export function rooms() {
  const domains = join(root, "domains");
  if (!existsSync(domains)) return [];
  return readdirSync(domains, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => join(domains, entry.name)).sort();
}

/** Every file below the folder with one of the endings. */
export function files(folder, endings) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)))
    .map((entry) => join(entry.parentPath, entry.name)).sort();
}

/** icon("name"), icon: "name", data-icon="name", i-name outside of comments: the name → the files that use it. */
export function used() {
  const names = new Map(Object.keys(own).map((name) => [name, new Set(["the design"])]));
  const patterns = [/\bicon\(\s*"(?:i-)?([a-z][a-z0-9-]*)"/g, /\bicon:\s*"(?:i-)?([a-z][a-z0-9-]*)"/g, /data-icon="(?:i-)?([a-z][a-z0-9-]*)"/g, /(?<![\w-])i-([a-z][a-z0-9-]*)(?![\w-])/g];
  for (const file of sources().flatMap((folder) => files(folder, [".html", ".rs", ".ts"]))) {
    const text = readFileSync(file, "utf8").replace(/^\s*(?:\/\/|\/?\*).*$/gm, "");
    const found = patterns.flatMap((pattern) => [...text.matchAll(pattern)].map(([, name]) => name));
    // A menu entry built by a function: any word beside its Place that is an icon.
    const entries = text.split("\n").filter((line) => line.includes("Place::")).flatMap((line) => [...line.matchAll(/"([a-z][a-z0-9-]*)"/g)].map(([, name]) => name));
    for (const name of [...found, ...entries.filter((name) => drawing(name) !== null)]) {
      if (!names.has(name)) names.set(name, new Set());
      names.get(name).add(file.slice(root.length + 1));
    }
  }
  return names;
}

/** The drawing of one icon, or null when neither the house nor Lucide has it. */
export function drawing(name) {
  if (name in own) return own[name];
  const file = join(lucide, `${name}.svg`);
  if (!existsSync(file)) return null;
  return /<svg[^>]*>([\s\S]*)<\/svg>/.exec(readFileSync(file, "utf8"))[1].trim().replace(/\s*\n\s*/g, "").replaceAll(" />", "/>");
}

/** One <symbol> an icon. Stroke, fill and colour are inherited from the <svg class="icon"> that uses it. */
export function sprite() {
  const symbols = [...used().keys()].sort().map((name) => [name, drawing(name)]).filter(([, shape]) => shape)
    .map(([name, shape]) => `<symbol id="i-${name}" viewBox="0 0 24 24">${shape}</symbol>`);
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
}
