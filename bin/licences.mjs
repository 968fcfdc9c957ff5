// Are all licences allowed, and is nothing there that is banned? Reads the lists of deny.toml, the crates of
// `cargo metadata` and the packages of every package-lock.json. Prints what is wrong; ends with 1 then.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const root = join(import.meta.dirname, "..");
const policy = readFileSync(join(root, "deny.toml"), "utf8");
const list = (name) => new RegExp(`^${name} = \\[\\n([\\s\\S]*?)^\\]`, "m").exec(policy)?.[1].split("\n") ?? [];
const allowed = new Set(list("allow").map((line) => /^\s*"([^"]+)"/.exec(line)?.[1]).filter(Boolean));
const banned = new Map(list("deny").map((line) => /name = "([^"]+)", reason = "([^"]+)"/.exec(line)).filter(Boolean).map(([, name, reason]) => [name, reason]));
if (allowed.size === 0 || banned.size === 0) throw new Error("deny.toml: the lists 'allow' and 'deny' were not found");

// npm packages that name their licence in words only, with where it stands.
const told = new Map([
  ["combine-errors@3.0.3", "MIT"], // Readme.md, "License"
  ["parse-cache-control@1.0.1", "BSD-3-Clause"], // LICENSE
]);

/** True when an SPDX expression can be met by what is allowed. Old crates write `/` for OR. */
function isMet(expression) {
  const words = expression.replace(/\s*\/\s*/g, " OR ").match(/[()]|[^\s()]+/g) ?? [];
  let at = 0;
  const either = () => { let met = both(); while (words[at] === "OR") { at += 1; met = both() || met; } return met; };
  const both = () => { let met = one(); while (words[at] === "AND") { at += 1; met = one() && met; } return met; };
  const one = () => {
    if (words[at] === "(") { at += 1; const met = either(); if (words[at] !== ")") throw new Error(`not an SPDX expression: ${expression}`); at += 1; return met; }
    let name = words[at++];
    if (words[at] === "WITH") { name = `${name} WITH ${words[at + 1]}`; at += 2; }
    return allowed.has(name);
  };
  const met = either();
  if (at !== words.length) throw new Error(`not an SPDX expression: ${expression}`);
  return met;
}

const wrong = [];
const look = (what, licence) => {
  if (!licence) wrong.push(`${what} names no licence`);
  else if (!isMet(licence)) wrong.push(`${what} is under ${licence}, which deny.toml does not allow`);
};

const metadata = JSON.parse(execFileSync("cargo", ["metadata", "--format-version", "1", "--locked"], { cwd: root, maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "inherit"] }));
const crates = metadata.packages.filter(({ source }) => source !== null);
for (const { name, version, license, source } of crates) {
  look(`crate ${name} ${version}`, license);
  if (banned.has(name)) wrong.push(`crate ${name} ${version} is banned: ${banned.get(name)}`);
  if (!source.startsWith("registry+https://github.com/rust-lang/crates.io-index") && !source.startsWith("sparse+https://index.crates.io/")) wrong.push(`crate ${name} ${version} does not come from crates.io`);
}

let packages = 0;
for (const lock of ["crates/ui/package-lock.json", "e2e/package-lock.json"].map((path) => join(root, path)).filter(existsSync)) {
  for (const [path, found] of Object.entries(JSON.parse(readFileSync(lock, "utf8")).packages)) {
    if (path === "" || found.link) continue;
    packages += 1;
    const name = path.slice(path.lastIndexOf("node_modules/") + 13);
    const installed = join(dirname(lock), path, "package.json");
    look(`package ${name} ${found.version}`, told.get(`${name}@${found.version}`) ?? found.license ?? (existsSync(installed) ? JSON.parse(readFileSync(installed, "utf8")).license : undefined));
  }
}

for (const line of wrong) console.error(line);
console.log(`licences: ${crates.length} crates and ${packages} packages looked at, ${wrong.length} wrong`);
process.exitCode = wrong.length === 0 ? 0 : 1;
