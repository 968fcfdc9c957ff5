// A folder of fifty pages becomes a help center that one reads, votes in and asks from; a changed snippet shows at once; with and without
// script.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { readFile, readdir } from "node:fs/promises";
import { deflateRawSync, crc32 } from "node:zlib";
import { join } from "node:path";
import { open, shows } from "../world.mjs";

let world;
before(async () => { world = await open(); });
after(() => world.close());

/** A ZIP archive of files by their paths. */
function zip(files) {
  const parts = [];
  const index = [];
  let at = 0;
  for (const [path, bytes] of files) {
    const [name, packed] = [Buffer.from(path), deflateRawSync(bytes)];
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(0x0800, 2);
    fields.writeUInt16LE(8, 4);
    fields.writeUInt16LE(0x21, 8);
    fields.writeUInt32LE(crc32(bytes), 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(bytes.length, 18);
    fields.writeUInt16LE(name.length, 22);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(at, 10);
    index.push(Buffer.concat([Buffer.from("PK\x01\x02\x14\x00"), fields, rest, name]));
    parts.push(Buffer.from("PK\x03\x04"), fields, name, packed);
    at += 4 + 26 + name.length + packed.length;
  }
  const directory = Buffer.concat(index);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...parts, directory, Buffer.from("PK\x05\x06"), end]);
}

/** The files of a folder of pages as they come from a site of documentation. */
async function pages() {
  const folder = new URL("../../tests/import/promptcraft-docs/", import.meta.url).pathname;
  const names = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  return Promise.all(names.map(async (entry) => { const path = join(entry.parentPath, entry.name); return [path.slice(folder.length), await readFile(path)]; }));
}

test("fifty pages are brought in, read and voted on", async () => {
  const files = await pages();
  const ines = await world.page("ines");
  await ines.goto("/desk/knowledge/exchange");
  await ines.locator("#file").setInputFiles({ name: "docs.zip", mimeType: "application/zip", buffer: zip(files) });
  await ines.getByLabel("Only say what would be done").uncheck();
  await ines.getByRole("button", { name: "Import", exact: true }).click();
  await shows(ines.getByText("It is done."));
  const { items } = await world.api("ines", "GET", "/api/knowledge/articles?limit=100");
  assert.ok(items.length >= 50, `${items.length} articles`);
  assert.deepEqual(items.filter(({ status }) => status !== "PUBLISHED").map(({ externalId }) => externalId), ["file:guides/ab-test.md"], "only the draft is one");
  await ines.goto("/desk/knowledge/categories");
  await ines.getByRole("link", { name: /^Change/ }).first().click();
  ines.expected = /409/;
  await ines.getByRole("button", { name: "Delete category" }).click();
  await shows(ines.locator(".error-summary", { hasText: "Move them first." }));
  const { slug } = items.find(({ externalId }) => externalId === "file:getting-started/first-prompt.md");

  for (const script of [true, false]) {
    const reader = await world.page(null, { script });
    await reader.goto("/help");
    await reader.locator(".cell").first().click();
    await shows(reader.locator(".list a").first());
    await reader.goto(`/a/${slug}`);
    await shows(reader.locator(".prose"));
    await reader.locator("a[rel=next]").first().click();
    await shows(reader.locator("a[rel=prev]"));
    const picture = reader.locator(".prose img").first();
    if (await picture.count()) assert.ok(await picture.evaluate((image) => image.complete ? image.naturalWidth : new Promise((done) => { image.onload = () => done(image.naturalWidth); })));
    if (script) await shows(reader.locator(".code button", { hasText: "Copy" }));
    await reader.getByRole("button", { name: "Yes", exact: true }).click();
    await shows(reader.getByText(/of \d+ people found this helpful/));
    await reader.getByRole("link", { name: "Send a request" }).click();
    await shows(reader.locator("input[name=article]").locator(".."));
    await reader.context().close();
  }
});

test("an article with frames works with and without script, and a changed snippet shows at once", async () => {
  const { id, version } = await world.api("ines", "POST", "/api/knowledge/snippets", { name: "host", content: "`one.example.com`" });
  const content = "{{snippet host}}\n\n::::tabs\n:::tab Python\n```python\nx = 1\n```\n:::\n:::tab cURL\n```bash\ncurl x\n```\n::::\n\n:::video https://youtu.be/dQw4w9WgXcQ A tour";
  await world.api("ines", "POST", "/api/knowledge/articles", { title: "Frames", content, slug: "frames", status: "PUBLISHED" });
  const [page, plain] = [await world.page(null), await world.page(null, { script: false })];

  await page.goto("/a/frames");
  await page.getByRole("tab", { name: "Python" }).press("ArrowRight");
  await shows(page.getByRole("tabpanel").getByText("curl x"));
  assert.equal(await page.getByText("x = 1").isVisible(), false);
  assert.equal(await page.locator("iframe").count(), 0, "nothing is loaded before it is asked for");
  await plain.goto("/a/frames");
  for (const words of ["x = 1", "curl x", "A tour", "one.example.com"]) await shows(plain.getByText(words).first());
  await world.api("ines", "PUT", `/api/knowledge/snippets/${id}`, { version, name: "host", content: "`two.example.com`" });
  await plain.reload();
  await shows(plain.getByText("two.example.com"));
  for (const one of [page, plain]) await one.context().close();
});
