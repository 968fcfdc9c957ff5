// Saved views in the sidebar: their numbers change while one looks, and nothing is loaded anew.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { focusOn, holds, open, overflow, settled, shows } from "../world.mjs";

let world;
before(async () => { world = await open(); });
after(() => world.close());

test("the number of a saved view follows what others do", async () => {
  const page = await world.page("dev");
  await page.goto("/desk?q=turbine");
  await page.getByRole("button", { name: "Save as view" }).click();
  await page.locator("#view-name").fill("Turbines");
  await page.locator("#save-view").getByRole("button", { name: "Save as view" }).click();
  await shows(page.getByRole("heading", { name: "Turbines" }));
  const counts = (number) => shows(page.locator("#counts .nav-row", { hasText: "Turbines" }).locator(".num").getByText(number, { exact: true }));
  await counts("0");
  await page.evaluate(() => { globalThis.isTheSamePage = true; });

  const first = await world.ticket("maya", "The turbine hums");
  await counts("1");
  await world.ticket("jonas", "The turbine stands still");
  await counts("2");
  await world.api("ines", "DELETE", `/tickets/${first.id}`);
  await counts("1");

  assert.equal(await page.evaluate(() => globalThis.isTheSamePage), true, "the page was never loaded anew");
});

test("columns are chosen by keyboard, make a table, and stand under the subject beside a ticket", async () => {
  await world.ticket("maya", "Compare me", { priority: "HIGH" });
  const page = await world.page("dev");
  await page.goto("/desk?view=all&q=compare");
  await page.getByRole("button", { name: "Columns" }).focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await focusOn(page, "#columns [value=status]");
  for (const name of ["Priority", "Requester", "Created"]) {
    await page.locator("#columns").getByLabel(name, { exact: true }).focus();
    await page.keyboard.press("Space");
  }
  await page.keyboard.press("Enter");
  await page.waitForURL(/columns=priority&columns=requester&columns=created/);
  const row = page.locator(".ticket-row", { hasText: "Compare me" });
  const isTable = () => { const [head, cell] = [".heads .row-cell", "li[id] .row-cell"].map((which) => document.querySelector(`.in-columns ${which}`).getBoundingClientRect()); return cell.width > 0 && Math.abs(head.left - cell.left) < 1; };
  await holds(page, isTable);

  await row.getByRole("link").click();
  await focusOn(page, "#ticket-title");
  await holds(page, () => document.querySelector(".heads").getBoundingClientRect().height === 0);
  await shows(row.locator(".row-cells", { hasText: "Requester Maya Okafor" }));
  await page.getByRole("link", { name: "Back to list" }).click();
  await holds(page, isTable);
  await page.getByRole("button", { name: /^Columns/ }).click();
  await page.getByRole("link", { name: "Usual list" }).click();
  await holds(page, () => document.querySelector(".in-columns") === null);
});

test("without script, on a phone and in the dark", async () => {
  await world.ticket("maya", "On the road");
  const page = await world.page("dev", { script: false, width: 390, height: 844, scheme: "dark" });
  await page.goto("/desk?view=all&q=road");
  await page.getByRole("button", { name: "Columns" }).click();
  for (const name of ["Team", "Requester"]) await page.locator("#columns").getByLabel(name, { exact: true }).check();
  await page.locator("#columns").getByRole("button", { name: "Show columns" }).click();
  await shows(page.locator(".row-cells", { hasText: "Requester Maya Okafor" }));
  await settled(page);
  assert.equal(await overflow(page), 0);
});
