// What Lighthouse says of the pages that strangers meet first: at least 95 of 100 for accessibility, best practices and search engines,
// on a phone and on a desk. Speed is left to weight.test.mjs: on a machine with other work its marks are a lottery.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import lighthouse, { desktopConfig } from "lighthouse";
import { freePort, support } from "../server.mjs";
import { comes, open } from "../world.mjs";

const DOCS = new URL("../../tests/import/promptcraft-docs", import.meta.url).pathname;
const LEAST = 0.95;
const SETTINGS = { onlyCategories: ["accessibility", "best-practices", "seo"], disableFullPageScreenshot: true, logLevel: "error" };
/**
 * Name, path, and what is not asked: `is-crawlable` wants results listed by search engines, which we forbid on purpose (robots.txt). HTTPS
 * is asked everywhere: 127.0.0.1 counts as safe.
 */
const PAGES = [["home", "/"], ["article", "/a/build-a-support-assistant"], ["search", "/search"], ["results", "/search?q=prompt", ["is-crawlable"]]];

let world;
let port;
before(async () => {
  port = await freePort();
  world = await open({ port });
  await support(["knowledge", "import", DOCS, "--data", world.data]);
  await comes(async () => (await world.api("ines", "GET", "/api/search?q=prompt")).items.length > 5);
});
after(() => world.close());

/** Audits that cost marks, with the places they complain of. */
function complaints({ auditRefs }, audits) {
  const places = ({ details }) => (details?.items ?? []).map((item) => `\n  ${item.node?.snippet ?? JSON.stringify(item)}`).join("");
  const lost = auditRefs.filter(({ id, weight }) => weight > 0 && audits[id].score !== null && audits[id].score < 1);
  return lost.map(({ id }) => `${id}: ${audits[id].title}${places(audits[id])}`);
}

for (const [name, path, skipAudits] of PAGES) {
  for (const [form, config] of [["mobile", undefined], ["desktop", desktopConfig]]) {
    test(`${name}, ${form}`, async (t) => {
      const { lhr } = await lighthouse(`${world.base}${path}`, { ...SETTINGS, port, skipAudits }, config);

      assert.equal(lhr.runtimeError, undefined);
      const categories = Object.values(lhr.categories);
      t.diagnostic(`${name}, ${form}: ${categories.map(({ title, score }) => `${title} ${Math.round(score * 100)}`).join(", ")}`);
      for (const category of categories) assert.ok(category.score >= LEAST, [`${category.title}: ${category.score}`, ...complaints(category, lhr.audits)].join("\n"));
    });
  }
}
