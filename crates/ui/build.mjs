// Builds dist/: css and script per shell, fonts, icon sprite, favicon, brotli siblings and manifest.json.
// `node build.mjs` hashes every name; `node build.mjs --watch` keeps plain names and rebuilds on change (bin/dev).
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, watch, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import * as esbuild from "esbuild";
import { drawing, files, rooms, sources, sprite, used } from "./icons.mjs";

const here = import.meta.dirname;
const dist = join(here, "dist");
const watching = process.argv.includes("--watch");
const shells = ["site", "desk"];
/** Scripts of their own: of each shell, and of the page on which articles are written. */
const entries = [...shells, "writer"];

/** Logical name → file name: with a hash of the content, so it may be cached for ever. */
function named(logical, content) {
  if (watching) return logical;
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 10);
  const dot = logical.lastIndexOf(".");
  return `${logical.slice(0, dot)}.${hash}${logical.slice(dot)}`;
}

/** Files that are taken as they are. Fonts: the latin subset with the weight axis, OFL. */
const plain = () => ({
  "geist.woff2": readFileSync(join(here, "node_modules/@fontsource-variable/geist/files/geist-latin-wght-normal.woff2")),
  "geist-mono.woff2": readFileSync(join(here, "node_modules/@fontsource-variable/geist-mono/files/geist-mono-latin-wght-normal.woff2")),
  "favicon.svg": readFileSync(join(here, "favicon.svg")),
  "sprite.svg": Buffer.from(sprite()),
});

/** Room css for a shell: ui/desk*.css goes to desk, ui/site*.css to site, any other file to both. */
const roomCss = (shell) => rooms().flatMap((room) => files(join(room, "ui"), [".css"]))
  .filter((file) => shells.every((other) => other === shell || !basename(file).startsWith(other)));

async function css(shell, names) {
  const imports = [`./css/${shell}.css`, ...roomCss(shell)].map((file) => `@import ${JSON.stringify(file)};`).join("\n");
  const built = await esbuild.build({
    stdin: { contents: imports, loader: "css", resolveDir: here, sourcefile: `${shell}.css` },
    bundle: true, minify: true, write: false, logLevel: "warning", legalComments: "none",
    plugins: [{ name: "fonts", setup: (build) => build.onResolve({ filter: /^font:/ }, ({ path }) => ({ path: names[path.slice(5)], external: true })) }],
  });
  return built.outputFiles[0].contents;
}

/** Turbo puts a <style> for its progress bar into the page, which the Content-Security-Policy forbids: shell.css has it instead. */
const turboWithoutStyle = { name: "turbo-without-style", setup: (build) => build.onLoad({ filter: /turbo\.es2017-esm\.js$/ }, ({ path }) => {
  const source = readFileSync(path, "utf8");
  const call = "    this.installStylesheetElement();\n";
  if (!source.includes(call)) throw new Error("Turbo changed: look where its progress bar installs its style");
  return { contents: source.replace(call, "").replace("this.stylesheetElement = this.createStylesheetElement();", ""), loader: "js" };
}) };

async function scripts() {
  const files = entries.map((entry) => join(here, "controllers", `${entry}.ts`)).filter((file) => existsSync(file));
  const built = await esbuild.build({
    entryPoints: files, bundle: true, splitting: true, format: "esm", target: "es2022", minify: !watching, write: false, metafile: true,
    sourcemap: watching ? "inline" : false, outdir: dist, entryNames: watching ? "[name]" : "[name].[hash]", chunkNames: "part.[hash]",
    nodePaths: [join(here, "node_modules")], absWorkingDir: here, logLevel: "warning", legalComments: "none",
    plugins: [turboWithoutStyle],
  });
  return built;
}

/** The service worker is one plain script. */
async function serviceWorker() {
  const built = await esbuild.build({
    entryPoints: [join(here, "controllers", "sw.ts")], bundle: true, format: "iife", target: "es2022", minify: !watching, write: false, logLevel: "warning", legalComments: "none",
  });
  return built.outputFiles[0].contents;
}

async function build() {
  const started = performance.now();
  const missing = [...used()].filter(([name]) => drawing(name) === null);
  for (const [name, where] of missing) console.warn(`no icon "${name}", named in ${[...where].join(", ")}`);
  const out = new Map();
  const manifest = { files: {}, imports: {} };
  const add = (logical, content) => { manifest.files[logical] = named(logical, content); out.set(manifest.files[logical], content); };
  for (const [logical, content] of Object.entries(plain())) add(logical, content);
  for (const shell of shells) add(`${shell}.css`, await css(shell, manifest.files));
  add("sw.js", await serviceWorker());
  const script = await scripts();
  for (const file of script.outputFiles) out.set(basename(file.path), file.contents);
  for (const [path, output] of Object.entries(script.metafile.outputs)) {
    if (!output.entryPoint || !entries.includes(basename(output.entryPoint, ".ts"))) continue;
    const logical = basename(output.entryPoint).replace(".ts", ".js");
    manifest.files[logical] = basename(path);
    manifest.imports[logical] = output.imports.filter(({ kind }) => kind === "import-statement").map((part) => basename(part.path));
  }
  out.set("manifest.json", Buffer.from(`${JSON.stringify(manifest, null, 1)}\n`));
  write(out);
  report(out, manifest, performance.now() - started);
}

/** Writes what changed and removes what is no longer made, so that a running server never sees an empty folder. */
function write(out) {
  mkdirSync(dist, { recursive: true });
  const keep = new Set();
  for (const [name, content] of out) {
    keep.add(name);
    put(name, content);
    if (watching || name === "manifest.json" || name.endsWith(".woff2")) continue;
    keep.add(`${name}.br`);
    const fresh = !existsSync(join(dist, `${name}.br`)) || !/\.[0-9A-Za-z]{8,}\./.test(name);
    if (fresh) put(`${name}.br`, brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length } }));
  }
  for (const name of readdirSync(dist)) if (!keep.has(name)) rmSync(join(dist, name));
}

function put(name, content) {
  const file = join(dist, name);
  if (!existsSync(file) || !readFileSync(file).equals(content)) writeFileSync(file, content);
}

function report(out, manifest, ms) {
  const size = (name) => (existsSync(join(dist, `${name}.br`)) ? readFileSync(join(dist, `${name}.br`)).length : out.get(name).length);
  const kb = (bytes) => `${(bytes / 1000).toFixed(1)} KB`;
  const first = ["site.css", "site.js", "geist.woff2", "geist-mono.woff2", "sprite.svg"].map((name) => manifest.files[name]).filter(Boolean).concat(manifest.imports["site.js"] ?? []);
  const sum = (names) => names.reduce((total, name) => total + size(name), 0);
  console.log(`dist: ${out.size} files in ${ms.toFixed(0)} ms; first load of a customer page ${kb(sum(first))}, script ${kb(sum(first.filter((name) => name.endsWith(".js"))))}`);
}

await build();
if (watching) {
  let timer;
  const again = () => { clearTimeout(timer); timer = setTimeout(() => build().catch((error) => console.error(error.message)), 60); };
  for (const folder of [join(here, "css"), ...sources()]) if (existsSync(folder)) watch(folder, { recursive: true }, again);
}
