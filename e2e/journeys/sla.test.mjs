// Service levels: an admin edits a policy, an agent sees the time run down, and a breach while looking at the ticket.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { OUT, open, shows } from "../world.mjs";

/** The shortest target is a minute; the watcher has five seconds. */
const MINUTE_MS = 66_000;

let world;
before(async () => { world = await open(); });
after(() => world.close());

test("an admin edits a policy, and an agent sees the breach of it", async (t) => {
  const ines = await world.page("ines");
  await t.test("the target becomes one minute, around the clock", async () => {
    await ines.goto("/admin/sla");
    await ines.getByRole("link", { name: "Standard", exact: true }).click();
    await ines.getByLabel("First reply, Urgent", { exact: true }).fill("1");
    await ines.getByLabel("Unit of First reply, Urgent").selectOption("min");
    assert.equal(await ines.locator('[name=always][value="URGENT"]').isChecked(), true);
    await ines.getByRole("button", { name: "Save policy" }).click();
    await shows(ines.getByRole("status").filter({ hasText: "Policy saved" }));
    assert.equal(await ines.getByLabel("First reply, Urgent", { exact: true }).inputValue(), "1");
  });
  await t.test("what stands in the form is tried without saving", async () => {
    await ines.getByRole("button", { name: "Try on 90 days" }).click();
    await shows(ines.locator("#trial-result").filter({ hasText: "Nothing was saved" }));
  });
  await t.test("an empty policy is refused where it is wrong", async () => {
    ines.expected = /422/;
    await ines.goto("/admin/sla/new");
    await ines.getByLabel("Name", { exact: true }).fill("Promises nothing");
    await ines.getByRole("button", { name: "Save policy" }).click();
    await shows(ines.locator(".error-summary").filter({ hasText: "A policy promises something" }));
    assert.equal(await ines.getByLabel("Name", { exact: true }).inputValue(), "Promises nothing");
  });
  const dev = await world.page("dev");
  await t.test("the time runs down beside the ticket and in the list", async () => {
    const ticket = await world.ticket("maya", "Production is down", { priority: "URGENT" });
    await dev.goto(`/desk/tickets/${ticket.id}?view=open&sort=sla`);
    await shows(dev.locator("#panel-sla .sla[data-sla]").first());
    await shows(dev.locator(`#row-${ticket.id} .sla time`));
    await dev.locator(".sla-line summary").first().click();
    await shows(dev.locator(".sla-line[open]").filter({ hasText: "Counted" }));
    await dev.screenshot({ path: `${OUT}sla-running.png` });
  });
  await t.test("at the deadline the open ticket says so, aloud", async () => {
    const alert = dev.locator("#panel-sla [role=alert]").filter({ hasText: "First reply is late" });
    await alert.waitFor({ timeout: MINUTE_MS });
    await shows(dev.locator('.ticket-row .sla[data-sla="late"]').filter({ hasText: "−0:0" }));
    await shows(dev.locator("#thread .event").filter({ hasText: "deadline was missed: First reply" }));
    assert.equal(await dev.locator(".sla-line[open]").count(), 1, "what was opened stays open");
    await dev.screenshot({ path: `${OUT}sla-late.png` });
    await dev.goto("/desk?view=breached");
    await shows(dev.getByRole("link", { name: "Production is down" }));
  });
});
