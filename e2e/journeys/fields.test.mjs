// An admin asks for more; a customer answers on a phone, where conditions show what is asked; an agent changes it.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { after, before, test } from "node:test";
import { OUT, gone, open, overflow, shows } from "../world.mjs";

let world;
before(async () => { [world] = await Promise.all([open(), mkdir(OUT, { recursive: true })]); });
after(() => world.close());

async function add(admin, label, kind, fill) {
  await admin.goto("/admin/fields");
  await admin.getByRole("link", { name: "Add field" }).click();
  await admin.getByLabel("Name", { exact: true }).fill(label);
  await admin.getByLabel("Type").selectOption({ label: kind });
  await fill(admin);
  await admin.getByRole("button", { name: "Add field" }).click();
  await shows(admin.getByRole("status").filter({ hasText: `“${label}” is asked from now on.` }));
}

test("a field from the admin's form to the agent's change", async () => {
  const admin = await world.page("ines");
  await add(admin, "Plan", "One of a list", async (page) => {
    await page.getByLabel("Choices").fill("Free\nTeam\nBusiness");
    await page.getByLabel("Required on a new request").check();
    await page.getByLabel("Shown").selectOption({ label: "Only for some categories" });
    await page.getByLabel("For these values").fill("Billing");
  });
  await add(admin, "Seats", "Number", async (page) => {
    await page.getByLabel("Shown").selectOption({ label: "Only for some values of “Plan”" });
    await page.getByLabel("For these values").fill("Business");
  });
  await add(admin, "Risk", "One of a list", async (page) => {
    await page.getByLabel("Choices").fill("Low\nHigh");
    await page.getByLabel("Who sees it").selectOption({ label: "Agents only" });
    await page.getByLabel("Required before agents solve a ticket").check();
  });
  await admin.screenshot({ path: `${OUT}fields-admin.png` });

  const phone = await world.page("maya", { width: 390, height: 844, touch: true });
  await phone.goto("/requests/new");
  await phone.getByRole("radio", { name: /Something is broken/ }).check();
  await gone(phone.getByLabel("Plan", { exact: true }));
  await phone.getByRole("radio", { name: /Billing/ }).check();
  await shows(phone.getByLabel("Plan", { exact: true }));
  await gone(phone.getByLabel("Seats"));
  assert.equal(await phone.getByText("Risk").count(), 0, "what is for agents is not asked of customers");
  await phone.getByLabel("Subject").fill("More seats, please");
  await phone.getByLabel("What happened?").fill("We are ten now.");
  phone.expected = /status of 422/;
  await phone.getByRole("button", { name: "Send request" }).click();
  await shows(phone.locator(".error-summary").getByText("“Plan” is needed."));
  await gone(phone.getByLabel("Seats"));
  await phone.screenshot({ path: `${OUT}fields-phone.png`, fullPage: true });
  assert.equal(await overflow(phone), 0);
  await phone.getByLabel("Plan", { exact: true }).selectOption("Business");
  await phone.getByLabel("Seats").fill("10");
  await phone.getByRole("button", { name: "Send request" }).click();
  await phone.waitForURL(/\/requests\/[0-9a-f-]{36}$/);
  await shows(phone.getByText("Business"));

  const { items: [ticket] } = await world.api("dev", "GET", "/tickets");
  const agent = await world.page("dev");
  await agent.goto(`/desk/tickets/${ticket.id}`);
  const beside = (key) => agent.locator(`[id="customFields.${key}"]`);
  await beside("seats").fill("12");
  await beside("seats").press("Enter");
  await shows(agent.locator(".event", { hasText: "changed Seats: 10 → 12" }));
  await shows(phone.locator(".event", { hasText: "changed Seats: 10 → 12" }));
  await agent.getByRole("button", { name: /^Resolve/ }).click();
  await shows(agent.getByText("“Risk” is needed before this is solved."));
  await beside("risk").selectOption("High");
  await shows(agent.locator(".event", { hasText: "set Risk to High" }));
  await agent.screenshot({ path: `${OUT}fields-desk.png` });
  await agent.getByRole("button", { name: /^Resolve/ }).click();
  await shows(phone.locator("summary", { hasText: "Open it again" }));
  assert.equal(await phone.getByText("Risk").count(), 0);
  assert.deepEqual((await world.api("maya", "GET", `/tickets/${ticket.id}`)).customFields, { plan: "Business", seats: 12 });
  await agent.goto("/desk?view=all&field.plan=Business");
  await shows(agent.getByRole("list", { name: "Filters set" }).getByText("Plan: Business"));
  await shows(agent.locator("[data-row]", { hasText: "More seats, please" }));
});
