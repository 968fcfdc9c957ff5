// Many tickets at once: by keys, with an undo, all that match with a bar, without script; and a snippet by its slash.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { focusOn, gone, holds, open, shows } from "../world.mjs";

let world;
let tickets;
before(async () => {
  world = await open();
  tickets = [];
  for (let n = 1; n <= 6; n += 1) tickets.push(await world.ticket("maya", `Request number ${n}`));
  await world.api("dev", "POST", "/macros", { name: "Thanks", reply: "Thank you, {{requester.first_name}}. It is {{ticket.number}}." });
  await world.api("dev", "POST", "/macros", { name: "Wait for the customer", reply: "Could you say more?", status: "PENDING", addTags: ["asked"] });
});
after(() => world.close());

const statusOf = async (ticket) => (await world.api("ines", "GET", `/tickets/${ticket.id}`)).status;

test("x and Shift+j tick rows, the bar solves them, z takes it back", async () => {
  const page = await world.page("dev");
  await page.goto("/desk?view=open&sort=newest");
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await page.keyboard.press("Shift+J");
  await page.keyboard.press("Shift+J");
  await shows(page.getByText("3 selected"));
  await page.screenshot({ path: new URL("../out/bulk-bar.png", import.meta.url).pathname });
  await page.getByRole("button", { name: "Solve" }).click();
  await shows(page.locator(".toast", { hasText: "3 tickets changed." }));
  assert.deepEqual(await Promise.all(tickets.slice(3).map(statusOf)), ["RESOLVED", "RESOLVED", "RESOLVED"]);
  await page.keyboard.press("z");
  await shows(page.locator(".toast", { hasText: "3 tickets are as before." }));
  assert.deepEqual(await Promise.all(tickets.slice(3).map(statusOf)), ["OPEN", "OPEN", "OPEN"]);
});

test("ticks stay when the list is drawn anew, Escape takes them away", async () => {
  const page = await world.page("dev");
  await page.goto("/desk?view=open&sort=newest");
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await shows(page.getByText("1 selected"));
  await world.api("ines", "PUT", `/tickets/${tickets[0].id}`, { version: (await world.api("ines", "GET", `/tickets/${tickets[0].id}`)).version, priority: "URGENT" });
  await shows(page.locator(`#row-${tickets[0].id} [data-p=urgent]`));
  await holds(page, () => document.querySelectorAll("input.pick:checked").length === 1);
  await page.keyboard.press("Escape");
  await gone(page.locator("#bulk"));
});

test("all that match, by the form, with a page of its own", async () => {
  const page = await world.page("dev");
  await page.goto("/desk?view=open&q=request");
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await page.getByLabel("All that match").check();
  await page.getByRole("button", { name: "More" }).click();
  await shows(page.getByRole("heading", { name: "Change 6 tickets" }));
  await page.getByLabel("Priority").selectOption("LOW");
  await page.getByLabel("Add tags").fill("together");
  await page.getByRole("button", { name: "Change 6 tickets" }).click();
  await shows(page.locator(".toast", { hasText: "6 tickets changed." }));
  assert.equal((await world.api("ines", "GET", "/tickets?tag=together")).items.length, 6);
});

test("without script, boxes and buttons do the same", async () => {
  const page = await world.page("dev", { script: false });
  await page.goto("/desk?view=open&sort=newest");
  await page.getByLabel("Select Request number 6").check();
  await page.getByLabel("Select Request number 5").check();
  await page.getByRole("button", { name: "Take" }).click();
  await shows(page.locator(".toast", { hasText: "2 tickets changed." }));
  await page.locator(".toast").getByRole("button", { name: "Undo" }).click();
  await shows(page.locator(".toast", { hasText: "2 tickets are as before." }));
});

test("a slash finds a snippet; a slash that was meant stays", async () => {
  const page = await world.page("dev");
  await page.goto(`/desk/tickets/${tickets[0].id}`);
  await page.getByRole("button", { name: "Snippets and macros" }).waitFor();
  await page.locator("#content").focus();
  await page.keyboard.press("/");
  await focusOn(page, "#snippets-input");
  await shows(page.getByRole("option", { name: /Thanks/ }));
  await page.keyboard.type("thank");
  await gone(page.getByRole("option", { name: /Wait/ }));
  await page.keyboard.press("Enter");
  await holds(page, () => document.querySelector("#content").value.startsWith("Thank you, Maya. It is #"));
  await page.locator("#content").fill("see ");
  await page.keyboard.press("/");
  await focusOn(page, "#snippets-input");
  await page.keyboard.type("v2");
  await page.keyboard.press("Escape");
  await holds(page, () => document.querySelector("#content").value === "see /v2" && document.activeElement.id === "content");
});

test("the finder gives the focus back to its button, waits for what is looked for, and says when no answer came", async () => {
  const page = await world.page("dev");
  page.expected = /503/;
  let answer = (route) => route.continue();
  await page.route("**/api/support/macros?*", (route) => answer(route));
  await page.goto(`/desk/tickets/${tickets[0].id}`);
  await page.getByRole("button", { name: "Snippets and macros" }).press("Enter");
  await focusOn(page, "#snippets-input");
  await shows(page.getByRole("option", { name: /Thanks/ }));
  await page.keyboard.press("Escape");
  await focusOn(page, "button[aria-label='Snippets and macros']");
  answer = (route) => route.fulfill({ status: 503 });
  await page.keyboard.press("Enter");
  await shows(page.getByText("No answer came."));
  answer = async (route) => { await new Promise((done) => setTimeout(done, 400)); await route.continue(); };
  await page.keyboard.type("thank");
  await page.keyboard.press("Enter");
  await holds(page, () => document.querySelector("#content").value.startsWith("Thank you, Maya. It is #"));
});

test("a macro shows what it does, changes the ticket, fills the box, and is taken back", async () => {
  const page = await world.page("dev");
  await page.goto(`/desk/tickets/${tickets[1].id}`);
  await page.getByRole("button", { name: "Snippets and macros" }).click();
  await page.getByRole("option", { name: /Wait for/ }).click();
  await shows(page.getByText("Waiting on customer", { exact: true }).first());
  await page.screenshot({ path: new URL("../out/macro-preview.png", import.meta.url).pathname });
  assert.equal(await statusOf(tickets[1]), "OPEN");
  await page.getByRole("button", { name: "Apply macro" }).click();
  await shows(page.locator(".toast", { hasText: "applied" }));
  assert.equal(await page.locator("#content").inputValue(), "Could you say more?");
  assert.equal(await statusOf(tickets[1]), "PENDING");
  await page.locator("#content").blur();
  await page.keyboard.press("z");
  await holds(page, () => document.querySelector("#p-status").value === "OPEN");
  assert.equal((await world.api("ines", "GET", `/tickets/${tickets[1].id}/messages`)).items.length, 1);
});

test("without script a macro is chosen from its page", async () => {
  const page = await world.page("dev", { script: false });
  await page.goto(`/desk/tickets/${tickets[2].id}`);
  await page.getByRole("link", { name: "Use a snippet or macro" }).click();
  await page.getByRole("link", { name: "Wait for the customer" }).click();
  await page.getByRole("button", { name: "Apply macro" }).click();
  await shows(page.locator(".toast", { hasText: "applied" }));
  assert.equal(await page.locator("#content").inputValue(), "Could you say more?");
  assert.equal(await statusOf(tickets[2]), "PENDING");
});
