// A slow and a broken line: the shape of what is awaited, and a way to ask again.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { focusOn, open, shows } from "../world.mjs";

let world;
let ticket;
before(async () => {
  world = await open();
  ticket = await world.ticket("maya", "Slow as treacle");
});
after(() => world.close());

const row = (page) => page.getByRole("link", { name: "Slow as treacle" });

test("a ticket that takes long shows its shape and says so once", async () => {
  const page = await world.page("dev");
  await page.goto("/desk");
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  await page.route(`**/desk/tickets/${ticket.id}*`, async (route) => { await held; await route.continue(); });
  await row(page).click();
  await page.locator("#ticket .waiting[aria-busy=true] .skeleton").first().waitFor();
  assert.equal(await page.locator("[data-live-target=status]").first().textContent(), "Loading");
  release();
  await shows(page.getByRole("heading", { name: "Slow as treacle" }));
  await focusOn(page, "#ticket-title");
  assert.equal(await page.locator("#ticket .waiting").count(), 0);
});

test("a ticket that does not come says so in its place, the list stays, and Retry asks again", async () => {
  const page = await world.page("dev");
  page.expected = /ERR_FAILED|Failed to fetch/;
  await page.goto("/desk");
  await page.route(`**/desk/tickets/${ticket.id}*`, (route) => route.abort());
  await row(page).click();
  await page.getByRole("alert").filter({ hasText: "could not be loaded" }).waitFor();
  assert.ok(await row(page).isVisible());
  await page.unroute(`**/desk/tickets/${ticket.id}*`);
  await page.getByRole("button", { name: "Retry" }).click();
  await shows(page.getByRole("heading", { name: "Slow as treacle" }));
  assert.equal(await page.locator("#ticket .waiting").count(), 0);
});

test("a list that takes long shows the shape of its rows in their place, says so once, and then the rows", async () => {
  const page = await world.page("dev");
  await page.goto("/desk");
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  await page.route("**/desk?view=all*", async (route) => { await held; await route.continue(); });
  await page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: "All tickets" }).click();
  const shape = page.locator(".list-pane .waiting-rows");
  await shape.waitFor();
  assert.equal(await row(page).isVisible(), false, "the rows of the list before give way");
  assert.equal(await page.locator("[data-list-path]").getAttribute("aria-busy"), "true");
  assert.equal(await page.locator("[data-live-target=status]").first().textContent(), "Loading");
  release();
  await row(page).waitFor();
  assert.equal(await shape.count(), 0);
  await page.goBack();
  await row(page).waitFor();
  assert.equal(await shape.count(), 0, "nor in the page that the browser kept");
});

test("on a phone it takes the place of the list, and there is a way back", async () => {
  const page = await world.page("dev", { width: 390, height: 844 });
  page.expected = /ERR_FAILED|Failed to fetch/;
  await page.goto("/desk");
  await page.route(`**/desk/tickets/${ticket.id}*`, (route) => route.abort());
  await row(page).click();
  const sorry = page.getByRole("alert").filter({ hasText: "could not be loaded" });
  await sorry.waitFor();
  assert.equal(await row(page).isVisible(), false, "one pane at a time");
  const { x, width } = await sorry.boundingBox();
  assert.ok(x >= 0 && x + width <= 390, "it stands on the screen, not beside it");
  await page.getByRole("button", { name: "Back to list" }).click();
  await row(page).waitFor();
  assert.equal(await sorry.count(), 0);
  await page.unroute(`**/desk/tickets/${ticket.id}*`);
  await row(page).click();
  await shows(page.getByRole("heading", { name: "Slow as treacle" }));
});
