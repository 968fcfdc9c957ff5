// What a first visit costs, measured in the browser: bytes over the wire with brotli, fonts and all; and that a slow line is bearable.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { support } from "../server.mjs";
import { comes, open, shows } from "../world.mjs";

const DOCS = new URL("../../tests/import/promptcraft-docs", import.meta.url).pathname;
let world;
before(async () => {
  world = await open();
  await support(["knowledge", "import", DOCS, "--data", world.data]);
  await comes(async () => (await world.api("ines", "GET", "/api/search?q=prompt")).items.length > 5);
});
after(() => world.close());

const KB = 1000;
const SLOW = { offline: false, latency: 150, downloadThroughput: (1_600 * KB) / 8, uploadThroughput: (750 * KB) / 8 };

/** First load of a page by a new visitor on a slow line: bytes by kind of resource, and how long until it is there. */
async function weigh(path, act) {
  const page = await world.page(null);
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Network.enable");
  await cdp.send("Network.emulateNetworkConditions", SLOW);
  const kinds = new Map();
  const encodings = new Map();
  const bytes = { all: 0, Script: 0 };
  const requested = [];
  cdp.on("Network.requestWillBeSent", ({ request }) => requested.push(request.url));
  cdp.on("Network.responseReceived", ({ requestId, type, response }) => {
    kinds.set(requestId, type);
    encodings.set(response.url, response.headers["Content-Encoding"] ?? response.headers["content-encoding"]);
  });
  cdp.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    bytes.all += encodedDataLength;
    const kind = kinds.get(requestId);
    bytes[kind] = (bytes[kind] ?? 0) + encodedDataLength;
  });
  await page.goto(path, { waitUntil: "networkidle" });
  const timing = await page.evaluate(() => ({ shown: performance.getEntriesByName("first-contentful-paint")[0]?.startTime, done: performance.getEntriesByType("navigation")[0].loadEventEnd }));
  await act?.(page);
  await page.context().close();
  return { bytes, encodings, requested, timing };
}

for (const [name, path] of [["home", "/"], ["request form", "/requests/new"], ["article", "/a/build-a-support-assistant"], ["search", "/search?q=prompt"]]) {
  test(`first load of the ${name}`, async (t) => {
    const { bytes, encodings, requested, timing } = await weigh(path);
    t.diagnostic(`${name}: ${(bytes.all / KB).toFixed(1)} KB in all, ${(bytes.Script / KB).toFixed(1)} KB script (${Object.entries(bytes).map(([kind, size]) => `${kind} ${(size / KB).toFixed(1)}`).join(", ")}); on 1.6 Mbit/s and 150 ms: first paint ${Math.round(timing.shown)} ms, loaded ${Math.round(timing.done)} ms`);
    assert.ok(bytes.all < 130 * KB, `${bytes.all} bytes in all`);
    assert.ok(bytes.Script < 45 * KB, `${bytes.Script} bytes of script`);
    for (const [url, encoding] of encodings) if (/\.(js|css|svg)$/.test(new URL(url).pathname)) assert.equal(encoding, "br", url);
    for (const url of requested) assert.equal(new URL(url).origin.replace("null", world.base), world.base, "nothing comes from elsewhere");
  });
}

test("a second page costs its own text alone", async (t) => {
  const page = await world.page(null);
  await page.goto("/", { waitUntil: "networkidle" });
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Network.enable");
  let bytes = 0;
  cdp.on("Network.loadingFinished", ({ encodedDataLength }) => { bytes += encodedDataLength; });
  await page.getByRole("link", { name: "Sign in", exact: true }).first().click();
  await shows(page.getByRole("heading", { name: "Sign in" }));
  t.diagnostic(`sign-in after home: ${(bytes / KB).toFixed(1)} KB`);
  assert.ok(bytes < 12 * KB, `${bytes} bytes`);
});

test("assets never change under their name", async () => {
  const page = await world.page(null);
  const answers = [];
  page.on("response", (answer) => answers.push(answer));
  await page.goto("/", { waitUntil: "networkidle" });
  for (const answer of answers.filter((one) => new URL(one.url()).pathname.startsWith("/assets/"))) assert.match(answer.headers()["cache-control"], /max-age=31536000, immutable/, answer.url());
});
