// Two tickets of one customer become one, by mouse and by keyboard, and stand by themselves again; the customer sees it live.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { focusOn, gone, holds, open, shows, tabTo } from "../world.mjs";

let world;
before(async () => { world = await open(); });
after(() => world.close());

async function two(name) {
  const first = await world.ticket("maya", `${name}: the run is stuck`, { description: "It hangs at 98 per cent." });
  const second = await world.ticket("maya", `${name}: the run hangs`, { description: "Still the same." });
  await world.say("dev", first, "Looks like the pool. Do not tell.", true);
  return { first, second };
}

test("merge and undo by mouse", async () => {
  const { first, second } = await two("Mouse");
  const [agent, customer] = [await world.page("dev"), await world.page("maya")];
  await customer.goto(`/requests/${second.id}`);
  await agent.goto(`/desk/tickets/${first.id}`);

  await agent.getByRole("button", { name: "More actions" }).click();
  await agent.getByRole("button", { name: /^Merge into…/ }).click();
  await focusOn(agent, "#merge-q");
  await shows(agent.locator("#merge-dialog").getByText("Others of the same person"));
  await agent.locator("#merge-q").fill(`#${second.number}`);
  await agent.getByRole("button", { name: "Find" }).click();
  await agent.locator("#merge-dialog").getByRole("link", { name: /the run hangs/ }).click();
  await shows(agent.getByText(/1 public message of/));
  await agent.getByRole("button", { name: `Merge #${first.number} into #${second.number}` }).click();

  await agent.waitForURL(`**/desk/tickets/${second.id}`);
  await shows(agent.locator(".msg", { hasText: "It hangs at 98 per cent." }));
  await shows(agent.locator(".msg.note", { hasText: "Looks like the pool." }));
  await shows(agent.locator(".event", { hasText: `merged #${first.number} into this` }));
  await shows(agent.locator("#panel-links", { hasText: `Merged from #${first.number}` }));
  await shows(customer.locator(".msg", { hasText: "It hangs at 98 per cent." }));
  assert.equal(await customer.getByText("Looks like the pool.").count(), 0, "a note never reaches the customer");

  await agent.locator(".toast").getByRole("button", { name: /Undo/ }).click();
  await agent.waitForURL(`**/desk/tickets/${first.id}`);
  await shows(agent.locator(".msg.note", { hasText: "Looks like the pool." }));
  await gone(agent.locator("#merged"));
  await gone(customer.locator(".msg", { hasText: "It hangs at 98 per cent." }));
});

test("merge and undo by keyboard", async () => {
  const { first, second } = await two("Keyboard");
  const agent = await world.page("dev");
  await agent.goto(`/desk/tickets/${first.id}`);
  await shows(agent.locator("#ticket-title"));

  await agent.keyboard.press("m");
  await focusOn(agent, "#merge-q");
  await agent.keyboard.type("keyboard: the run hangs");
  await agent.keyboard.press("Enter");
  await shows(agent.locator("#merge-dialog").getByText("Found"));
  await tabTo(agent, `#merge-dialog a[href*='into=${second.id}']`);
  await agent.keyboard.press("Enter");
  await focusOn(agent, "#merge-preview");
  await tabTo(agent, "#merge-dialog button[type=submit]");
  await agent.keyboard.press("Enter");
  await agent.waitForURL(`**/desk/tickets/${second.id}`);
  await shows(agent.locator(".toast", { hasText: `#${first.number} goes on here.` }));

  await agent.keyboard.press("z");
  await agent.waitForURL(`**/desk/tickets/${first.id}`);
  await shows(agent.locator(".toast", { hasText: "stands by itself again" }));
  await holds(agent, () => document.querySelector("#p-status")?.value === "OPEN");
});

test("split and link without script", async () => {
  const { first, second } = await two("Plain");
  await world.say("maya", first, "By the way, who is billed for it?");
  const agent = await world.page("dev", { script: false });

  await agent.goto(`/desk/tickets/${first.id}/split`);
  await agent.getByLabel("Subject of the new ticket").fill("Who is billed?");
  await agent.getByRole("button", { name: "Split it off" }).click();
  await shows(agent.locator(".msg", { hasText: "who is billed for it" }));
  await agent.goto(`/desk/tickets/${first.id}/links`);
  await shows(agent.getByText(/Split into/));
  await agent.getByLabel(`#${first.number} is`).selectOption({ label: "Duplicate of" });
  await agent.getByLabel("Number of the other ticket").fill(`#${second.number}`);
  await agent.getByRole("button", { name: "Link them" }).click();
  await shows(agent.locator(".event", { hasText: `duplicate of #${second.number}` }));
  await agent.goto(`/desk/tickets/${second.id}/links`);
  await agent.getByRole("button", { name: `Remove link to #${first.number}` }).click();
  await shows(agent.getByText("With no other ticket."));
  await agent.goto(`/desk/tickets/${second.id}`);
  await shows(agent.locator(".event", { hasText: "removed the link" }));
});
