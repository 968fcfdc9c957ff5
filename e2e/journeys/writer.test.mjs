// The writer's page: rich text that loses nothing, a picture that is pasted, the preview, review and publish, and a reader who sees
// it at once. Two who write at once see each other and what differs. `[[` puts an article into a reply.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PNG, open, shows } from "../world.mjs";

let world;
before(async () => { world = await open(); });
after(() => world.close());

const box = (page) => page.locator("#rich > [role=textbox]");
const source = (page) => page.locator("#content").inputValue();
const article = (title, content, more = {}) => world.api("ines", "POST", "/api/knowledge/articles", { title, content, status: "PUBLISHED", ...more });

/** Pastes into what has the focus, no quicker than a hand: the editor hears by an event of its own where the cursor went. */
const paste = (page, { text = "", html = "", picture = false }) => page.evaluate(async ({ text, html, picture, bytes }) => {
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const data = new DataTransfer();
  if (text) data.setData("text/plain", text);
  if (html) data.setData("text/html", html);
  if (picture) data.items.add(new File([Uint8Array.from(bytes)], "screen shot.png", { type: "image/png" }));
  document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}, { text, html, picture, bytes: [...PNG] });

test("written as rich text, kept through a crash, previewed, reviewed, published, and read at once", async () => {
  const [dev, ines, reader] = [await world.page("dev"), await world.page("ines"), await world.page(null)];
  await dev.goto("/desk/knowledge/new");
  await dev.getByLabel("Title").fill("Share a prompt");
  await shows(box(dev));
  await box(dev).click();
  await dev.keyboard.type("## Who may see it");
  await dev.keyboard.press("Enter");
  await dev.keyboard.type("Only **your team**, # not all. ");
  await dev.keyboard.press("Enter");
  await dev.getByRole("button", { name: "Bulleted list" }).click();
  await dev.keyboard.type("first");
  await dev.keyboard.press("Enter");
  await dev.keyboard.type("second");
  await dev.keyboard.press("Enter");
  await dev.keyboard.press("Enter");
  await dev.getByLabel("Kind of block").selectOption("tip");
  await dev.keyboard.type("Ask first.");
  await dev.keyboard.press("Enter");
  await dev.keyboard.press("Enter");
  await dev.keyboard.type("```bash ");
  await dev.keyboard.type("share --team");
  await shows(dev.getByLabel("Language of the code"));
  await shows(dev.locator(".looks").getByRole("heading", { name: "Who may see it" }));
  await shows(dev.locator(".looks").getByText("share --team"));
  await shows(dev.getByText(/Saved \d\d:\d\d, as a draft of yours alone/));
  const written = await source(dev);
  assert.match(written, /^## Who may see it\n\n/);
  for (const part of ["Only **your team**, # not all.", "- first\n- second", "> [!TIP]\n> Ask first.", "```bash\nshare --team\n```"]) assert.ok(written.includes(part), `${part}\n${written}`);

  await dev.reload();
  await shows(box(dev));
  assert.equal(await source(dev), written, "a crash of the browser costs nothing");
  await dev.getByRole("button", { name: "Save draft" }).click();
  await shows(dev.getByText("The draft is saved."));
  await dev.getByRole("button", { name: "Ask for a review" }).click();
  await shows(dev.getByText("It waits for a review."));

  await ines.goto(new URL(dev.url()).pathname);
  await ines.getByRole("button", { name: "Publish now" }).click();
  await shows(ines.getByText("Readers see it now."));
  await reader.goto("/a/share-a-prompt");
  await shows(reader.getByText("Ask first."));
  for (const page of [dev, ines, reader]) await page.context().close();
});

test("a picture is pasted into an article that nobody saved yet", async () => {
  const dev = await world.page("dev");
  await dev.goto("/desk/knowledge/new");
  await shows(box(dev));
  await dev.getByLabel("Title").fill("Born with a picture");
  await box(dev).click();
  await paste(dev, { picture: true });
  await shows(dev.locator("#rich img[alt='screen shot']"));
  await dev.getByRole("button", { name: "Save draft" }).click();
  await shows(dev.getByText("The draft is saved."));
  await shows(dev.locator("#rich img[alt='screen shot']"));
  await dev.context().close();
});

test("a picture that is pasted stands where the cursor is, also for readers", async () => {
  const made = await article("With a picture", "Look here.");
  const [dev, reader] = [await world.page("ines"), await world.page(null)];
  await dev.goto(`/desk/knowledge/${made.id}`);
  await shows(box(dev));
  await box(dev).click();
  await dev.keyboard.press("Control+End");
  await paste(dev, { picture: true });
  await shows(dev.locator("#rich img[alt='screen shot']"));
  await shows(dev.locator(".looks img"));
  assert.match(await source(dev), /^Look here\.\s*!\[screen shot\]\(\/help\/files\/[0-9a-f-]+\/screen%20shot\.png\)/);
  await dev.getByRole("button", { name: "Save draft" }).click();
  await shows(dev.getByText("Saved. Readers see it when it is published."));
  await dev.getByRole("button", { name: "Publish now" }).click();
  await shows(dev.getByText("Readers see it now."));
  await reader.goto("/a/with-a-picture");
  const picture = reader.locator(".prose img");
  await shows(picture);
  assert.ok(await picture.evaluate((image) => (image.complete && image.naturalWidth > 0) || new Promise((done) => { image.onload = () => done(true); image.onerror = () => done(false); })));
  for (const page of [dev, reader]) await page.context().close();
});

test("what nobody changes in rich text stays as it was written, and what it can't keep stays Markdown", async () => {
  const whole = "Intro with `code`, *it* and **bo*th***.\n\n1.  one\n2.  two\n\n    ```js\n    const a = 1;\n    ```\n\n> [!WARNING]\n> Mind *this*.\n\n| a | b |\n|---|:-:|\n| 1 \\| 2 | x |\n\n- [ ] open\n- [x] done\n\nSee <https://example.com/a_b> and [there](https://example.com \"Title\").";
  const kept = await article("Keeps all", whole);
  const lost = await article("Loses some", "Text.\n\n[a]: https://example.com/unused\n\n```yaml title=\"run.yaml\"\na: 1\n```");
  const dev = await world.page("dev");
  await dev.goto(`/desk/knowledge/${kept.id}`);
  await shows(box(dev));
  await dev.getByLabel("Summary").fill("All of it.");
  await shows(dev.getByText(/Saved \d\d:\d\d/));
  assert.equal(await source(dev), whole);
  await box(dev).click();
  await dev.keyboard.press("Control+End");
  await dev.keyboard.type(" More.");
  await dev.getByRole("radio", { name: "Markdown" }).check();
  const changed = await source(dev);
  for (const part of ["**bo*th***", "```js\n   ", "> [!WARNING]\n> Mind *this*.", "| a | b |\n| --- | :-: |\n| 1 \\| 2 | x |", "- [ ] open\n- [x] done", "<https://example.com/a_b>", '[there](https://example.com "Title")', "More."]) assert.ok(changed.includes(part), `${part}\n${changed}`);
  await dev.getByRole("radio", { name: "Rich text" }).check();
  await shows(box(dev));

  await dev.goto(`/desk/knowledge/${lost.id}`);
  await shows(dev.getByText("This text has parts that rich text can’t keep").or(dev.getByText("This text has parts that rich text can't keep")));
  await shows(dev.locator("#content"));
  await dev.context().close();
});

test("the toolbar is one stop of Tab, and its buttons are reached by arrows", async () => {
  const dev = await world.page("dev");
  await dev.goto("/desk/knowledge/new");
  await shows(box(dev));
  await dev.getByLabel("Kind of block").focus();
  await dev.keyboard.press("ArrowRight");
  assert.equal(await dev.evaluate(() => document.activeElement.getAttribute("aria-label")), "Bold");
  await dev.keyboard.press("End");
  assert.equal(await dev.evaluate(() => document.activeElement.getAttribute("aria-label")), "Redo");
  await dev.keyboard.press("Tab");
  assert.equal(await dev.evaluate(() => document.activeElement.getAttribute("role")), "textbox");
  await dev.keyboard.type("here");
  await dev.keyboard.press("Control+A");
  await dev.keyboard.press("Control+K");
  await dev.getByLabel("Address", { exact: true }).fill("example.com");
  await dev.keyboard.press("Enter");
  await dev.getByRole("radio", { name: "Markdown" }).check();
  assert.equal(await source(dev), "[here](https://example.com)");
  await dev.context().close();
});

test("two who write at once see each other, and nothing is written over", async () => {
  const made = await article("Two at once", "Same line.\n\nThe old words.");
  const [dev, ines] = [await world.page("dev"), await world.page("ines")];
  for (const page of [dev, ines]) {
    await page.goto(`/desk/knowledge/${made.id}`);
    await page.getByRole("radio", { name: "Markdown" }).check();
  }
  await ines.locator("#content").fill("Same line.\n\nThe new words.");
  await shows(dev.getByText(/Ines.* is editing/));
  await dev.locator("#content").fill("Same line.\n\nThe good words.");
  await ines.getByRole("button", { name: "Save draft" }).click();
  await shows(ines.getByText("Saved. Readers see it when it is published."));
  await shows(dev.getByText("This changed while you write"));
  dev.expected = /409/;
  await dev.getByRole("button", { name: "Save draft" }).click();
  await shows(dev.locator("del", { hasText: "new" }));
  await shows(dev.locator("ins", { hasText: "good" }));
  await dev.getByRole("button", { name: "Take mine" }).click();
  await shows(dev.getByText("Saved. Readers see it when it is published."));
  assert.match((await world.api("ines", "GET", `/api/knowledge/articles/${made.id}`)).content, /good words/);
  for (const page of [dev, ines]) await page.context().close();
});

test("[[ in a reply finds an article by its title and puts in a link, which is counted", async () => {
  await article("Rotate a key", "Words.");
  await article("Rotate a key, for us", "Words.", { visibility: "STAFF" });
  const ticket = await world.ticket("maya", "My key is old");
  const dev = await world.page("dev");
  await dev.goto(`/desk/tickets/${ticket.id}`);
  await shows(dev.getByRole("button", { name: "Put in an article" }));
  const reply = dev.getByLabel("Message", { exact: true });
  await reply.click();
  await dev.keyboard.type("Please read [[");
  await dev.getByRole("combobox", { name: "Find an article by its title" }).pressSequentially("rotate");
  await shows(dev.getByRole("option", { name: /Rotate a key, for us/ }));
  await dev.waitForFunction(() => document.querySelectorAll("#articles-list [role=option]").length === 2);
  const options = await dev.locator("#articles-list [role=option]").allTextContents();
  assert.deepEqual(options, ["Rotate a key", "Rotate a key, for usStaff only"]);
  await dev.keyboard.press("Enter");
  assert.match(await reply.inputValue(), /^Please read \[Rotate a key\]\(http.*\/a\/rotate-a-key\)$/);
  await dev.keyboard.type(" or [[");
  await shows(dev.getByRole("combobox", { name: "Find an article by its title" }));
  await dev.keyboard.press("Escape");
  assert.match(await reply.inputValue(), / or \[\[$/);
  await reply.fill((await reply.inputValue()).replace(/ or \[\[$/, "."));
  await dev.getByRole("button", { name: /^Send/ }).first().click();
  await shows(dev.locator("#panel-articles").getByRole("link", { name: "Rotate a key" }));
  await dev.context().close();
});

test("a ticket becomes an article's draft, and what looks personal is listed first", async () => {
  const ticket = await world.ticket("maya", "Export fails", { description: "My key sk-live_4f9a8b7c6d5e4f3a does not export." });
  await world.say("dev", ticket, "Make a new key, then export again.");
  const dev = await world.page("dev");
  await dev.goto(`/desk/tickets/${ticket.id}`);
  await dev.getByRole("link", { name: "Write an article from this" }).click();
  await shows(dev.getByRole("cell", { name: "Key or password" }));
  await dev.getByRole("button", { name: "Make the draft" }).click();
  await shows(dev.getByText("The draft is made."));
  await shows(box(dev));
  assert.match(await source(dev), /YOUR_KEY[\s\S]*Make a new key/);
  await dev.context().close();
});
