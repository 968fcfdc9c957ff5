// A stranger searches with a slip of the fingers, opens what was found, votes, and asks a person with the words that were typed;
// suggestions come while typing, by keys too; the desk finds tickets. With script and without.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { open, shows } from "../world.mjs";

let world;
before(async () => {
  world = await open();
  const ines = await world.page("ines");
  await ines.goto("/desk/knowledge");
  for (const [title, content] of [["Restore a forgotten passphrase", "Open **Settings** and choose the link. The passphrase is sent by mail."], ["Passphrases for teams", "Each team has its own."]]) {
    const made = await ines.evaluate(async (body) => (await fetch("/api/knowledge/articles", { method: "POST", headers: { "Content-Type": "application/json" }, body })).status, JSON.stringify({ title, content, status: "PUBLISHED" }));
    assert.equal(made, 201);
  }
  await found(ines, "passphrase");
  await ines.context().close();
});
after(() => world.close());

/** What was written is found within a second. */
async function found(page, words) {
  for (let turn = 0; turn < 50; turn++) {
    const total = await page.evaluate(async (q) => (await (await fetch(`/api/search?q=${q}`)).json()).items.length, words);
    if (total > 0) return;
    await page.waitForTimeout(100);
  }
  assert.fail(`${words} is not found`);
}

for (const script of [true, false]) {
  test(`search with a typo, open, vote, ask a person ${script ? "with" : "without"} script`, async () => {
    const reader = await world.page(null, { script });
    await reader.goto("/");
    await reader.getByRole("searchbox").or(reader.getByRole("combobox")).first().fill("forgoten pasphrase");
    await reader.getByRole("button", { name: "Search", exact: true }).click();
    await shows(reader.getByText("Showing results for"));
    await shows(reader.locator("mark", { hasText: "forgotten" }).first());
    await reader.getByRole("link", { name: "Restore a forgotten passphrase" }).click();
    await shows(reader.getByRole("heading", { name: "Restore a forgotten passphrase", level: 1 }));
    await reader.getByRole("button", { name: "Yes", exact: true }).click();
    await shows(reader.getByText("people found this helpful").or(reader.getByText("Good to know that it helped")).first());

    await reader.goto("/search?q=forgoten%20pasphrase");
    await reader.getByRole("link", { name: "Search instead for" }).click();
    await shows(reader.getByRole("heading", { name: "Nothing for “forgoten pasphrase”" }));
    await shows(reader.getByRole("link", { name: "forgotten" }));
    await reader.getByRole("link", { name: "Send a request" }).click();
    await shows(reader.getByLabel("Subject"));
    assert.equal(await reader.getByLabel("Subject").inputValue(), "forgoten pasphrase");
    await reader.context().close();
  });
}

test("suggestions while typing, chosen by keys", async () => {
  const reader = await world.page(null);
  await reader.goto("/");
  const box = reader.getByRole("combobox");
  await box.pressSequentially("restore a forg");
  await shows(reader.getByRole("option", { name: /Restore a forgotten passphrase/ }));
  await box.press("ArrowDown");
  await box.press("Enter");
  await reader.waitForURL(/\/a\/restore-a-forgotten-passphrase$/);
  await reader.goto("/");
  await box.pressSequentially("passph");
  await shows(reader.getByRole("option").first());
  await box.press("Escape");
  await reader.getByRole("option").first().waitFor({ state: "hidden" });
  await box.press("Enter");
  await reader.waitForURL(/\/search\?q=passph/);
  await shows(reader.getByRole("heading", { name: "Nothing for “passph”" }).or(reader.getByRole("link", { name: "Passphrases for teams" })).first());
  await reader.context().close();
});

test("the request form offers articles while it is written, and the palette of the desk finds them", async () => {
  const [reader, dev] = [await world.page(null), await world.page("dev")];
  await reader.goto("/requests/new");
  await reader.getByLabel("Subject").pressSequentially("I have forgotten my passphrase");
  await shows(reader.locator("#panel-articles").getByRole("link", { name: "Restore a forgotten passphrase" }));
  await dev.goto("/desk");
  await dev.keyboard.press("Control+k");
  await dev.locator("#palette-input").fill("forgotten passph");
  await shows(dev.locator("#palette [role=option]", { hasText: "Restore a forgotten passphrase" }));
  await reader.context().close();
  await dev.context().close();
});
