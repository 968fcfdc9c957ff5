// Send later: from the box into the thread for staff alone, back into the box, and what the customer says first stops it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { open, shows } from "../world.mjs";

let world;
before(async () => { world = await open(); });
after(() => world.close());

test("a reply waits for the morning, comes back into the box, and stops when the customer is first", async (t) => {
  const ticket = await world.ticket("maya", "Export of results is empty");
  const [dev, maya] = [await world.page("dev"), await world.page("maya")];
  const schedule = async (text, button) => {
    if (text) await dev.locator("#content").fill(text);
    await dev.getByRole("button", { name: "Send later, or set a status" }).click();
    await dev.getByRole("button", { name: button }).click();
  };
  await dev.goto(`/desk/tickets/${ticket.id}`);
  await t.test("the menu schedules it, and only staff sees it", async () => {
    await schedule("Is it better now?", /^Tomorrow/);
    await shows(dev.locator("#later > .later", { hasText: "Is it better now?" }).filter({ hasText: "unless Maya Okafor writes before" }));
    assert.equal(await dev.locator("#content").inputValue(), "", "the box is empty again");
    await maya.goto(`/requests/${ticket.id}`);
    assert.equal(await maya.getByText("Is it better now?").count(), 0);
  });
  await t.test("edit puts its words back into the box", async () => {
    await dev.locator("#later > .later").getByRole("button", { name: "Edit" }).click();
    await dev.waitForFunction(() => document.querySelector("#content")?.value === "Is it better now?");
    assert.equal(await dev.locator("#later > .later").count(), 0);
  });
  await t.test("with an empty box a status alone is scheduled", async () => {
    await dev.locator("#content").fill("");
    await dev.getByRole("button", { name: "Send later, or set a status" }).click();
    await dev.getByLabel("Then", { exact: true }).selectOption("RESOLVED");
    await dev.getByRole("button", { name: /^In a week/ }).click();
    await shows(dev.locator("#later > .later", { hasText: "Status Solved" }));
  });
  await t.test("the customer writes first: it waits, live, and is dropped by hand", async () => {
    await schedule("Closing soon", /^Monday/);
    await shows(dev.locator("#later > .later", { hasText: "Closing soon" }));
    await maya.getByLabel("Your reply").fill("It came back");
    await maya.getByRole("button", { name: "Send reply" }).click();
    await shows(dev.locator("#later > .later", { hasText: "Closing soon" }).filter({ hasText: "Maya Okafor wrote before that" }));
    await dev.locator("#later > .later", { hasText: "Closing soon" }).getByRole("button", { name: "Send now" }).click();
    await shows(maya.locator(".msg", { hasText: "Closing soon" }));
    await dev.locator("#later > .later").getByRole("button", { name: "Cancel" }).click();
    await dev.waitForFunction(() => document.querySelectorAll("#later > .later").length === 0);
  });
});
