// Every key of the keyboard map does what the dialog says, none while typing; the palette; Escape; the focus returns.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { focusOn, gone, holds, open, shows } from "../world.mjs";

let world;
let tickets;
before(async () => {
  world = await open();
  tickets = [];
  for (const title of ["Oldest of three", "Middle of three", "Newest of three"]) tickets.push(await world.ticket("maya", title));
});
after(() => world.close());

const focused = (page, title) => holds(page, (title) => document.activeElement?.textContent?.includes(title) ?? false, title);
const pathIs = (page, path) => page.waitForURL((url) => url.pathname === path);

/** The desk with the newest ticket open and the focus on its heading. */
async function desk(size) {
  const page = await world.page("dev", size);
  await page.goto("/desk");
  await page.keyboard.press("j");
  await focused(page, "Newest of three");
  await page.keyboard.press("Enter");
  await focusOn(page, "#ticket-title");
  return page;
}

test("j k move, Enter and o open, u goes back", async () => {
  const page = await desk();
  await shows(page.getByRole("heading", { name: "Newest of three" }));
  await page.keyboard.press("u");
  await focused(page, "Newest of three");
  await page.keyboard.press("j");
  await focused(page, "Middle of three");
  await page.keyboard.press("j");
  await focused(page, "Oldest of three");
  await page.keyboard.press("j");
  await focused(page, "Oldest of three");
  await page.keyboard.press("k");
  await focused(page, "Middle of three");
  await page.keyboard.press("o");
  await focusOn(page, "#ticket-title");
  await shows(page.getByRole("heading", { name: "Middle of three" }));
  await pathIs(page, `/desk/tickets/${tickets[1].id}`);
  await page.goBack();
  await shows(page.getByRole("heading", { name: "Newest of three" }));
});

test("u on a narrow screen shows the list, and the focus is on the row", async () => {
  const page = await desk({ width: 600 });
  await page.keyboard.press("u");
  await shows(page.locator("[data-row]"));
  await gone(page.locator("#ticket-title"));
});

test("r n i a p s l e c z", async () => {
  const page = await desk();
  const leave = async () => { await page.keyboard.press("Escape"); await holds(page, () => !document.activeElement?.matches("textarea, select, input")); };
  await page.keyboard.press("r");
  await holds(page, () => document.activeElement?.id === "content" && document.querySelector("[name=kind]:checked").value === "reply");
  await leave();
  await page.keyboard.press("n");
  await holds(page, () => document.activeElement?.id === "content" && document.querySelector("[name=kind]:checked").value === "note");
  await leave();
  for (const [key, field] of [["a", "#p-assignee"], ["p", "#p-priority"], ["s", "#p-status"], ["l", "#tag"]]) {
    await page.keyboard.press(key);
    await focusOn(page, field);
    await page.keyboard.press("Escape");
    await leave();
  }
  await page.keyboard.press("i");
  await shows(page.locator(".event", { hasText: "Dev Anand" }));
  await page.keyboard.press("e");
  await holds(page, () => document.querySelector("#p-status").value === "RESOLVED");
  await shows(page.locator(".toast", { hasText: "Solved" }));
  await page.keyboard.press("z");
  await holds(page, () => document.querySelector("#p-status").value !== "RESOLVED");
  // the page that the undo answers with is there, too
  await page.waitForLoadState("networkidle");
  await page.keyboard.press("c");
  await pathIs(page, "/desk/tickets/new");
});

test("a choice by the arrow keys is saved, and the focus stays", async () => {
  const page = await desk();
  await page.locator("#p-priority").focus();
  await page.keyboard.press("h");
  await page.keyboard.press("Enter");
  await shows(page.locator(".toast", { hasText: "High" }));
  await focusOn(page, "#p-priority");
});

test("g i, slash, brackets, question mark", async () => {
  const page = await desk();
  await page.keyboard.press("/");
  await focusOn(page, "#f-q");
  await page.keyboard.press("Escape");
  await gone(page.locator("#filter"));
  await page.keyboard.press("]");
  await gone(page.locator("#details"));
  await page.keyboard.press("]");
  await shows(page.locator("#details"));
  await page.keyboard.press("[");
  await gone(page.locator("#side"));
  await page.keyboard.press("[");
  await shows(page.locator("#side"));
  await page.keyboard.press("?");
  await shows(page.getByRole("dialog", { name: "Keyboard" }));
  await page.keyboard.press("c");
  await page.keyboard.press("Escape");
  await gone(page.getByRole("dialog", { name: "Keyboard" }));
  assert.match(page.url(), /\/desk\/tickets\/[0-9a-f-]{36}/, "keys are off while a dialog is open");
  await page.keyboard.press("g");
  await page.keyboard.press("i");
  await pathIs(page, "/desk");
});

test("narrow: brackets open drawers, Escape closes them", async () => {
  const page = await desk({ width: 900 });
  await page.keyboard.press("[");
  await shows(page.locator("#side:popover-open"));
  await page.keyboard.press("Escape");
  await gone(page.locator("#side"));
  await page.keyboard.press("]");
  await shows(page.locator("#details:popover-open"));
  await page.keyboard.press("Escape");
  await gone(page.locator("#details"));
});

test("single keys are letters while typing, and off when switched off", async () => {
  const page = await desk();
  await page.keyboard.press("r");
  await focusOn(page, "#content");
  await page.keyboard.type("jk rnea?/[ gi");
  assert.equal(await page.locator("#content").inputValue(), "jk rnea?/[ gi");
  await page.keyboard.press("Control+k");
  await shows(page.getByRole("dialog", { name: "Command palette" }));
  await page.keyboard.press("Escape");
  await focusOn(page, "#content");
  await page.keyboard.press("Escape");
  await holds(page, () => document.activeElement === document.body);
  await page.goto("/profile");
  await page.getByRole("switch", { name: /Single-key/ }).uncheck();
  await page.getByRole("button", { name: "Save profile" }).click();
  await shows(page.locator(".toast"));
  await page.goto("/desk");
  await page.keyboard.press("?");
  await page.keyboard.press("j");
  await page.keyboard.press("Control+k");
  await shows(page.getByRole("dialog", { name: "Command palette" }));
  await gone(page.getByRole("dialog", { name: "Keyboard" }));
  await page.goto("/profile");
  await page.getByRole("switch", { name: /Single-key/ }).check();
  await page.getByRole("button", { name: "Save profile" }).click();
  await shows(page.locator(".toast"));
});

test("the palette: filter, arrows, Enter, server's rows, the focus returns", async () => {
  const page = await desk();
  const active = () => page.locator("#palette [aria-selected=true]");
  await page.keyboard.press("u");
  await focusOn(page, "[data-row]");
  await page.keyboard.press("Control+k");
  await focusOn(page, "#palette-input");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  await holds(page, () => document.querySelector("#palette [role=option]:last-child")?.id !== "" && document.querySelector("#palette-input").getAttribute("aria-activedescendant") === [...document.querySelectorAll("#palette [role=option]")].at(-1).id);
  await page.keyboard.press("Escape");
  await focusOn(page, "[data-row]");

  await page.keyboard.press("Control+k");
  await page.keyboard.type("prior");
  await shows(active().filter({ hasText: "Priority" }));
  await page.keyboard.press("Enter");
  await focusOn(page, "#p-priority");

  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("oldest");
  await shows(page.locator("#palette [role=option]", { hasText: "Oldest of three" }));
  await page.keyboard.press("Enter");
  await pathIs(page, `/desk/tickets/${tickets[0].id}`);

  await page.keyboard.press("Control+k");
  await page.keyboard.type("waiting");
  await shows(active().filter({ hasText: "Waiting on customer" }));
  await page.keyboard.press("Enter");
  await page.waitForURL(/view=pending/);

  await page.keyboard.press("Control+k");
  await page.keyboard.type("zzzz");
  await shows(page.locator("#palette [role=status]", { hasText: "Nothing found" }));
});

test("a palette opened while the next page is on its way stays open, with what was typed", async () => {
  const page = await desk();
  let go;
  const asked = new Promise((resolve) => { go = resolve; });
  await page.route(/view=pending/, async (route) => { await asked; await route.continue(); });
  await page.locator("#side a[href*='view=pending']").click();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("zzzz");
  go();
  await page.waitForURL(/view=pending/);
  await shows(page.locator("#side a[href*='view=pending'][aria-current=page]"));
  await focusOn(page, "#palette-input");
  assert.equal(await page.locator("#palette-input").inputValue(), "zzzz");
  await shows(page.locator("#palette [role=status]", { hasText: "Nothing found" }));
  await page.keyboard.press("Escape");
  await gone(page.locator("#palette"));
  await page.keyboard.press("Control+k");
  await holds(page, () => document.querySelector("#palette").open && document.querySelector("#palette-input").value === "");
});

test("customers' pages: slash searches", async () => {
  const page = await world.page("maya");
  await page.goto("/requests");
  await page.keyboard.press("/");
  await focusOn(page, "#q");
});
