// An article from its first word to a vote: written by an agent, reviewed and published by a supervisor, read by a stranger, with
// and without script. Of two who write at once nobody loses a word.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { open, shows } from "../world.mjs";

let world;
before(async () => { world = await open(); });
after(() => world.close());

/** Writes Markdown; without script there is nothing else. */
async function markdown(page, script) {
  if (script) await page.getByRole("radio", { name: "Markdown" }).check();
}

for (const script of [true, false]) {
  test(`written, reviewed, published, read and voted on ${script ? "with" : "without"} script`, async () => {
    const title = script ? "Rotate a key" : "Stream answers";
    const [dev, ines, reader] = [await world.page("dev", { script }), await world.page("ines", { script }), await world.page(null, { script })];
    await dev.goto("/desk/knowledge/new");
    await markdown(dev, script);
    await dev.getByLabel("Title").fill(title);
    await dev.getByLabel("Text", { exact: true }).fill("## Make the second\n\nFirst words.");
    if (!script) await dev.getByRole("button", { name: "Preview" }).click();
    await shows(dev.locator(script ? ".looks" : "#preview").getByRole("heading", { name: "Make the second" }));
    await dev.getByRole("button", { name: "Save draft" }).click();
    await shows(dev.getByText("The draft is saved."));
    const place = new URL(dev.url()).pathname;
    await dev.getByRole("button", { name: "Ask for a review" }).click();
    await shows(dev.getByText("It waits for a review."));

    await ines.goto("/desk/knowledge?status=IN_REVIEW");
    await ines.getByRole("link", { name: title }).click();
    await markdown(ines, script);
    await shows(ines.getByLabel("Text", { exact: true }));
    await dev.getByLabel("Text", { exact: true }).fill("## Make the second\n\nBetter words.");
    await dev.getByRole("button", { name: "Save draft" }).click();
    await shows(dev.getByText("Saved."));
    ines.expected = /409/;
    await ines.getByLabel("Text", { exact: true }).fill("Words of Ines.");
    await ines.getByRole("button", { name: "Save draft" }).click();
    await shows(ines.getByText("Your words are kept here"));
    assert.equal(await ines.getByLabel("Text", { exact: true }).inputValue(), "Words of Ines.");
    await ines.goto(`${place}/versions`);
    await shows(ines.locator("del", { hasText: "First" }));
    await ines.goto(place);
    await ines.getByRole("button", { name: "Publish now" }).click();
    await shows(ines.getByText("Readers see it now."));

    await reader.goto("/help");
    await reader.getByRole("link", { name: title }).first().click();
    await shows(reader.getByText("Better words."));
    await reader.getByRole("link", { name: "Make the second" }).click();
    await reader.waitForURL(/#s-make-the-second$/);
    await reader.getByRole("button", { name: "Yes", exact: true }).click();
    await shows(reader.getByText("1 of 1 people found this helpful"));
    for (const page of [dev, ines, reader]) await page.context().close();
  });
}
