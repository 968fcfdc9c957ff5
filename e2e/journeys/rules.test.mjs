// An admin builds a rule, tries it, and switches it on; a ticket is changed by it, and says why. Without script and on a phone too.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { after, before, test } from "node:test";
import { OUT, comes, open, overflow, shows } from "../world.mjs";

let world;
before(async () => { [world] = await Promise.all([open(), mkdir(OUT, { recursive: true })]); });
after(() => world.close());

/** Presses a button that brings the whole page again. */
async function press(page, name) {
  await Promise.all([page.waitForEvent("load"), page.getByRole("button", { name, exact: true }).click()]);
}

/** Adds a condition; answers its row. */
async function condition(page, menu, field, button) {
  await page.getByLabel(menu, { exact: true }).selectOption({ label: field });
  await press(page, button);
  return page.getByRole("group", { name: new RegExp(`^Condition \\d+: ${field}$`) }).last();
}

async function build(page, name) {
  await page.goto("/admin/automations/new");
  await page.getByLabel("Name", { exact: true }).fill(name);
  assert.equal(await page.getByLabel("a ticket comes in").isChecked(), true);
  const category = await condition(page, "Field of a new condition", "Category", "Add condition");
  await category.getByLabel("Something is broken").check();
  const subject = await condition(page, "Field of a new group of alternatives", "Subject", "Add group");
  await subject.getByLabel(/^Value of condition/).fill("blocked");
  const priority = await condition(page, "Field of a new alternative", "Priority", "Add alternative");
  await priority.getByLabel("Urgent").check();
  await page.getByLabel("A new step").selectOption({ label: "Set priority to" });
  await press(page, "Add step");
  await page.getByRole("combobox", { name: "Set priority to, step 1" }).selectOption({ label: "High" });
  await page.getByLabel("A new step").selectOption({ label: "Add tag" });
  await press(page, "Add step");
  await page.getByRole("textbox", { name: "Add tag, step 2" }).fill("release");
  assert.equal(await page.getByRole("group", { name: "Condition 1: Category" }).getByLabel("Something is broken").isChecked(), true, "what was ticked stays");
}

test("a rule is built, tried, switched on, and changes a ticket that says why", async (t) => {
  const before = await world.ticket("maya", "Our release is blocked");
  await world.ticket("jonas", "A question about prices", { category: "BILLING" });
  const ines = await world.page("ines");
  await t.test("the editor tries the rule before it is saved", async () => {
    await ines.goto("/admin/automations");
    await shows(ines.getByRole("heading", { name: "No rules yet" }));
    await ines.screenshot({ path: `${OUT}rules-first-use.png` });
    await build(ines, "Blocked releases first");
    await press(ines, "Try on the last 30 days");
    await shows(ines.getByText("It would have changed 1 of 2 tickets. Nothing was changed."));
    await shows(ines.getByRole("link", { name: "Our release is blocked" }));
    await ines.screenshot({ path: `${OUT}rules-tried.png` });
    await ines.locator("#if").scrollIntoViewIfNeeded();
    await ines.screenshot({ path: `${OUT}rules-conditions.png` });
    assert.equal((await world.api("ines", "GET", "/rules")).items.length, 0);
  });
  await t.test("what is missing is said where it is missing, and nothing typed is lost", async () => {
    ines.expected = /422/;
    await ines.getByRole("textbox", { name: "Add tag, step 2" }).fill("");
    await press(ines, "Save rule");
    await shows(ines.locator(".error-summary").filter({ hasText: "Step 2: write something." }));
    assert.equal(await ines.getByLabel("Name", { exact: true }).inputValue(), "Blocked releases first");
    await ines.getByRole("textbox", { name: "Add tag, step 2" }).fill("release");
  });
  await t.test("it is saved, and switched on in the list", async () => {
    await press(ines, "Save rule");
    await shows(ines.getByRole("status").filter({ hasText: "It is off" }));
    const { items: [rule] } = await world.api("ines", "GET", "/rules");
    assert.deepEqual(rule.if, { all: [{ field: "category", op: "any_of", value: "BUG" }, { any: [{ field: "subject", op: "contains", value: "blocked" }, { field: "priority", op: "any_of", value: "URGENT" }] }] });
    await ines.goto("/admin/automations");
    await ines.getByRole("button", { name: /^Switch on.*Blocked releases first/ }).click();
    await shows(ines.getByRole("button", { name: /^Switch off.*Blocked releases first/ }));
  });
  await t.test("a ticket is changed, and history and trace say why", async () => {
    const ticket = await world.ticket("maya", "The next release is blocked too");
    const dev = await world.page("dev");
    await dev.goto(`/desk/tickets/${ticket.id}`);
    await shows(dev.locator("#thread .event", { hasText: "set the priority to High" }));
    assert.equal((await world.api("dev", "GET", `/tickets/${before.id}`)).priority, "MEDIUM", "what came before is left alone");
    await dev.goto(`/desk/tickets/${ticket.id}/history`);
    await dev.screenshot({ path: `${OUT}rules-history.png` });
    await dev.getByRole("link", { name: "Rule “Blocked releases first”" }).first().click();
    await shows(dev.getByText("All conditions were true."));
    await dev.screenshot({ path: `${OUT}rules-ticket.png` });
    const other = await world.ticket("jonas", "Prices again", { category: "BILLING" });
    // what did not fire is written down within a quarter of a second
    await comes(async () => (await world.api("dev", "GET", `/tickets/${other.id}/rules`)).items.length > 0);
    await ines.goto("/admin/automations");
    await ines.getByRole("link", { name: "Trace of Blocked releases first" }).click();
    await shows(ines.getByText("Not true: Category is any of Something is broken; it was Billing"));
    await ines.screenshot({ path: `${OUT}rules-trace.png` });
  });
});

test("the same without script on a phone, with an order", async () => {
  const phone = await world.page("ines", { script: false, width: 390, height: 844, touch: true });
  await build(phone, "On a phone");
  await phone.screenshot({ path: `${OUT}rules-phone.png` });
  assert.equal(await overflow(phone), 0);
  await press(phone, "Move step 2 up");
  assert.equal(await phone.getByRole("textbox", { name: "Add tag, step 1" }).inputValue(), "release");
  await press(phone, "Save rule");
  await phone.goto("/admin/automations");
  await press(phone, "Move On a phone up");
  await shows(phone.getByRole("status").filter({ hasText: "Order changed." }));
  await phone.screenshot({ path: `${OUT}rules-phone-list.png`, fullPage: true });
  assert.equal(await overflow(phone), 0);
  assert.equal((await world.api("ines", "GET", "/rules")).items[0].name, "On a phone");
});

test("a team gives its tickets out, and an agent says that they are away", async () => {
  const sam = await world.page("sam");
  await sam.goto("/admin/assignment");
  await sam.getByLabel("Assignment in Platform").selectOption({ label: "Assign in turn" });
  await sam.getByRole("button", { name: "Save Platform" }).click();
  await shows(sam.getByRole("status").filter({ hasText: "Assignment of Platform saved." }));
  await sam.screenshot({ path: `${OUT}rules-assignment.png` });
  const { items: teams } = await world.api("ines", "GET", "/teams");
  const teamId = teams.find(({ name }) => name === "Platform").id;
  const dev = await world.page("dev");
  const ticket = await world.api("sam", "POST", "/tickets", { title: "For the team", description: "d", teamId });
  await dev.goto(`/desk/tickets/${ticket.id}`);
  await shows(dev.locator("#thread .event", { hasText: "assigned this to Dev Anand" }));
  await dev.goto("/profile/availability");
  await dev.getByLabel("Give me new tickets").uncheck();
  await dev.getByRole("button", { name: "Save availability" }).click();
  await shows(dev.getByRole("status").filter({ hasText: "You take no new tickets." }));
  await dev.screenshot({ path: `${OUT}rules-availability.png` });
  await world.api("sam", "POST", "/tickets", { title: "Nobody is there", description: "d", teamId });
  await sam.goto("/admin/assignment");
  for (let n = 0; n < 40 && await sam.getByText("1 waiting for room").count() === 0; n += 1) await sam.reload();
  await shows(sam.getByText("1 waiting for room"));
});
