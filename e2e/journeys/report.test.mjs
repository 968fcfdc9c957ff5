// The report, read on a phone: figures, filters, the tickets behind a figure, the spreadsheet; with and without script,
// and while it is awaited. axe looks at it in light, dark and at 390 px.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { OUT, focusOn, gone, holds, open, overflow, settled, shows, tabTo } from "../world.mjs";

const AXE = await readFile(new URL("../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const RULES = { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], resultTypes: ["violations"] };
const PHONE = { width: 390, height: 844, touch: true };

let world;
let tickets;
before(async () => { world = await open(); tickets = await fill(); });
after(() => world.close());

/** Six tickets: three answered, two of them solved, one urgent with a tag. */
async function fill() {
  const made = [];
  for (const [title, priority, category] of [["Run is stuck", "HIGH", "BUG"], ["Wrong invoice", "MEDIUM", "BILLING"], ["How do I share", "LOW", "TECHNICAL_SUPPORT"], ["Production is down", "URGENT", "BUG"], ["Dark theme", "LOW", "FEATURE_REQUEST"], ["Export is empty", "MEDIUM", "BUG"]]) made.push(await world.ticket("maya", title, { priority, category }));
  for (const ticket of made.slice(0, 3)) await world.say("dev", ticket, "We are looking at it.");
  for (const ticket of made.slice(0, 2)) await change(ticket, { status: "RESOLVED" });
  const { items: people } = await world.api("ines", "GET", "/people");
  await change(made[3], { tags: ["outage"], assignedTo: people.find(({ email }) => email === world.people.dev.email).id });
  for (let look = 0; look < 60; look += 1) {
    if ((await report("sam", "?tag=outage")).total.created === 1) return made;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  assert.fail("the tickets were not counted");
}

async function change({ id }, changes) {
  const { version } = await world.api("ines", "GET", `/tickets/${id}`);
  await world.api("ines", "PUT", `/tickets/${id}`, { version, ...changes });
}

async function report(who, query = "") {
  const answer = await fetch(`${world.base}/api/analytics/report${query}`, { headers: { Authorization: `Bearer ${world.people[who].token}` } });
  assert.equal(answer.status, 200);
  return answer.json();
}

const figure = (page, name) => page.locator(".stat", { has: page.locator("dt", { hasText: new RegExp(`^${name}$`) }) });

const chip = (page, words) => page.locator("a.tag", { hasText: words });

async function clean(page, what) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate((rules) => globalThis.axe.run(document, rules), RULES);
  assert.deepEqual(violations.map(({ id, nodes }) => `${what}: ${id} ${nodes.map(({ target }) => target.join(" ")).join(", ")}`), []);
}

test("a supervisor reads the report on a phone and opens what is behind a figure", async (t) => {
  const page = await world.page("sam", PHONE);
  await t.test("from the tab bar to the figures", async () => {
    await page.goto("/desk");
    await page.getByRole("navigation", { name: "Workspace" }).getByRole("link", { name: "Analytics" }).tap();
    await shows(page.getByRole("heading", { level: 1, name: "Overview" }));
    await shows(figure(page, "Created").locator("dd", { hasText: /^6$/ }));
    await shows(figure(page, "Solved").locator("dd", { hasText: /^2$/ }));
    await shows(figure(page, "Open now").locator("dd", { hasText: /^4$/ }));
    assert.equal(await overflow(page), 0, "nothing scrolls sideways but the tables");
    await page.getByText("Show as table").tap();
    await shows(page.getByRole("table", { name: "Tickets created and solved, per day" }));
    await page.screenshot({ path: `${OUT}report-phone.png`, fullPage: true });
  });
  await t.test("another period and a team by the menus", async () => {
    await page.getByRole("button", { name: "Period: Last 28 days" }).tap();
    await page.getByRole("link", { name: "Last 7 days" }).tap();
    await shows(page.getByRole("button", { name: "Period: Last 7 days" }));
    assert.match(page.url(), /period=7d/);
    await page.getByRole("button", { name: "Team: All teams" }).tap();
    await page.locator("#report-teams").getByRole("link", { name: "Billing" }).tap();
    await shows(page.getByText("No ticket fits these filters"));
    await chip(page, "Team: Billing").tap();
    await shows(figure(page, "Created").locator("dd", { hasText: /^6$/ }));
    assert.match(page.url(), /period=7d/, "the period stays");
  });
  await t.test("a filter by the form, and what is behind a figure", async () => {
    await page.getByRole("button", { name: "Filter" }).tap();
    await page.locator("#report-priority").selectOption("URGENT");
    await page.getByRole("button", { name: "Show report" }).tap();
    await shows(figure(page, "Created").locator("dd", { hasText: /^1$/ }));
    await shows(chip(page, "Priority: Urgent"));
    await figure(page, "Open now").getByRole("link").tap();
    await shows(page.getByRole("heading", { level: 1, name: "Open now: 1 ticket" }));
    await clean(page, "the list on a phone");
    await page.getByRole("link", { name: /Production is down/ }).tap();
    await page.waitForURL(`**/desk/tickets/${tickets[3].id}`);
    await page.goBack();
    await page.getByRole("navigation", { name: "Breadcrumb" }).getByRole("link", { name: "Overview" }).tap();
    await shows(chip(page, "Priority: Urgent"));
  });
  await t.test("the spreadsheet has the same filter", async () => {
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "CSV" }).first().tap()]);
    const lines = (await readFile(await download.path(), "utf8")).split("\r\n");
    assert.match(download.suggestedFilename(), /^report-\d{4}-\d\d-\d\d-to-\d{4}-\d\d-\d\d\.csv$/);
    assert.match(lines[0], /^by,key,name,created,solved,open,/);
    assert.match(lines.find((line) => line.startsWith("total,")), /^total,,All,1,0,1,/);
    assert.ok(lines.some((line) => line.startsWith("tag,outage,outage,1,")));
  });
});

test("days are chosen by keyboard, and a wrong pair is told", async () => {
  const page = await world.page("sam");
  await page.goto("/desk/analytics");
  await tabTo(page, "[popovertarget=report-period]");
  await page.keyboard.press("Enter");
  await tabTo(page, "#report-from");
  await page.locator("#report-from").fill("2026-01-01");
  await page.locator("#report-to").fill("2026-01-31");
  await page.keyboard.press("Enter");
  await shows(page.getByRole("button", { name: "Period: 1 Jan 2026 to 31 Jan 2026" }));
  assert.match(page.url(), /from=2026-01-01&to=2026-01-31/);
  page.expected = /422/;
  await page.goto("/desk/analytics?from=2026-02-01&to=2026-01-01");
  await shows(page.getByRole("alert").filter({ hasText: "The last day lies before the first one." }));
  await shows(figure(page, "Created"));
});

test("a slow report shows its shape, and what was chosen comes", async () => {
  const page = await world.page("sam");
  await page.goto("/desk/analytics");
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  await page.route(/period=90d/, async (route) => { await held; await route.continue(); });
  await page.getByRole("button", { name: "Period: Last 28 days" }).click();
  await page.getByRole("link", { name: "Last 90 days" }).click();
  await page.locator("turbo-frame#report[aria-busy=true] .report-waiting").waitFor();
  await page.screenshot({ path: `${OUT}report-waiting.png` });
  assert.equal(await page.locator(".stat").first().isVisible(), false);
  release();
  await gone(page.locator(".report-waiting"));
  await shows(page.getByRole("button", { name: "Period: Last 90 days" }));
});

test("without script it is the same report", async () => {
  const page = await world.page("sam", { script: false });
  await page.goto("/desk/analytics");
  await page.getByRole("button", { name: "Period: Last 28 days" }).click();
  await page.getByRole("link", { name: "Today" }).click();
  await shows(page.getByRole("button", { name: "Period: Today" }));
  await page.getByRole("button", { name: "Filter" }).click();
  await page.locator("#report-category").selectOption("BUG");
  await page.getByRole("button", { name: "Show report" }).click();
  await shows(figure(page, "Created").locator("dd", { hasText: /^3$/ }));
  await figure(page, "Created").getByRole("link").click();
  await shows(page.getByRole("heading", { level: 1, name: "Created: 3 tickets" }));
});

test("an agent sees the own figures, a customer none; axe finds nothing in any clothes", async () => {
  const dev = await world.page("dev");
  await dev.goto("/desk/analytics");
  await shows(dev.getByText("Your teams’ tickets and yours."));
  await shows(figure(dev, "Created").locator("dd", { hasText: /^1$/ }));
  const maya = await world.page("maya");
  maya.expected = /403/;
  assert.equal((await maya.goto("/desk/analytics")).status(), 403);

  const sam = await world.page("sam");
  for (const [clothes, scheme, width] of [["light", "light", 1440], ["dark", "dark", 1440], ["390", "light", 390], ["390-dark", "dark", 390]]) {
    await sam.emulateMedia({ colorScheme: scheme });
    await sam.setViewportSize({ width, height: width === 390 ? 844 : 900 });
    await sam.goto("/desk/analytics?period=7d");
    await settled(sam);
    await clean(sam, clothes);
    await sam.screenshot({ path: `${OUT}report.${clothes}.png`, fullPage: true });
    await sam.getByRole("button", { name: "Filter" }).click();
    await shows(sam.locator("#report-filter"));
    await clean(sam, `${clothes}, filter open`);
    await sam.keyboard.press("Escape");
    await focusOn(sam, "[popovertarget=report-filter]");
  }
  for (const width of [390, 320]) {
    await sam.setViewportSize({ width, height: 844 });
    await holds(sam, () => true);
    assert.equal(await overflow(sam), 0, `${width} px`);
  }
});
