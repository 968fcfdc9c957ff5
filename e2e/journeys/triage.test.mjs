// Triage of twenty tickets by the keyboard alone: walk, open, take, set priority and status, snooze, resolve.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { focusOn, holds, open, shows } from "../world.mjs";

let world;
before(async () => {
  world = await open();
  for (let n = 1; n <= 20; n += 1) await world.ticket("maya", `Triage ${String(n).padStart(2, "0")}`);
});
after(() => world.close());

const toast = (page, words) => shows(page.locator(".toast", { hasText: words }));

/** What each ticket in turn gets, and what the list of its kind holds afterwards. */
const PLAN = ["take", "urgent", "pending", "snooze", "resolve"];

async function treat(page, what) {
  if (what === "take") {
    await page.keyboard.press("i");
    return shows(page.locator(".event", { hasText: "took this on" }));
  }
  if (what === "urgent" || what === "pending") {
    await page.keyboard.press(what === "urgent" ? "p" : "s");
    await focusOn(page, what === "urgent" ? "#p-priority" : "#p-status");
    await page.keyboard.type(what === "urgent" ? "Urg" : "Wait");
    await page.keyboard.press("Enter");
    await toast(page, what === "urgent" ? "Urgent" : "Waiting on customer");
    return page.keyboard.press("Escape");
  }
  if (what === "snooze") {
    await page.keyboard.press("h");
    await holds(page, () => document.activeElement?.closest("#snooze-menu") !== null);
    await page.keyboard.press("Enter");
    return shows(page.locator("#snoozed"));
  }
  await page.keyboard.press("e");
  return toast(page, "Solved");
}

test("twenty tickets, no mouse", async () => {
  const page = await world.page("dev");
  for (let n = 0; n < 20; n += 1) {
    // what was snoozed or resolved is gone from the list: the next one that waits is found by its name
    await page.goto("/desk?view=open&sort=oldest");
    const title = `Triage ${String(n + 1).padStart(2, "0")}`;
    await shows(page.locator("[data-row]", { hasText: title }));
    for (let steps = 0; steps < 20; steps += 1) {
      await page.keyboard.press("j");
      if (await page.evaluate((title) => document.activeElement?.textContent?.includes(title) ?? false, title)) break;
    }
    await page.keyboard.press(n % 2 === 0 ? "Enter" : "o");
    await focusOn(page, "#ticket-title");
    await treat(page, PLAN[n % PLAN.length]);
  }

  const count = async (query) => (await world.api("dev", "GET", `/tickets?limit=100&${query}`)).items.length;
  assert.deepEqual(
    [await count("view=mine"), await count("priority=URGENT"), await count("view=pending"), await count("view=snoozed"), await count("view=resolved"), await count("view=open")],
    [4, 4, 4, 4, 4, 12],
  );
});
