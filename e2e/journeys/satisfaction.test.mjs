// How it went: rated by the letter's link, changed, and the agent sees it without touching the page. And what an agent
// keeps beside a ticket: steps and time, with and without script.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { gone, open, shows } from "../world.mjs";

let world;
before(async () => { world = await open(); });
after(() => world.close());

async function solve({ id }) {
  const { version } = await world.api("dev", "GET", `/tickets/${id}`);
  await world.api("dev", "PUT", `/tickets/${id}`, { version, status: "RESOLVED" });
}

/** Letters go out at once. */
async function atOnce() {
  const page = await world.page("ines", { script: false });
  await page.goto("/admin/satisfaction");
  await page.getByLabel("Send the survey this many hours after solving").fill("0");
  await page.getByRole("button", { name: "Save survey" }).click();
  await shows(page.getByText("Saved."));
  await page.context().close();
}

async function letter(ticket) {
  for (let look = 0; look < 40; look += 1) {
    const mail = (await world.outbox(world.people.maya.email)).find(({ subject }) => subject === `[#${ticket.number}] How did we do?`);
    if (mail) return new URL(mail.text.match(/https?:\S+\/rate\/\S+/)[0]).pathname;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  assert.fail("no letter came");
}

test("rated by the letter's link, changed, and seen by the agent live", async () => {
  await atOnce();
  const ticket = await world.ticket("maya", "Rate me by letter");
  const agent = await world.page("dev");
  await agent.goto(`/desk/tickets/${ticket.id}`);
  await shows(agent.locator("#ticket-title", { hasText: "Rate me by letter" }));
  await solve(ticket);
  const path = await letter(ticket);
  const maya = await world.page(null, { width: 390, height: 844 });
  await maya.goto(path);
  await shows(maya.getByText("Your request: “Rate me by letter”"));

  maya.expected = /422/;
  await maya.getByRole("button", { name: "Send rating" }).click();
  await shows(maya.locator("#score-error"));
  await maya.getByRole("radio", { name: /^2/ }).check();
  await maya.getByLabel("What should we know?").fill("Slow & <loud>");
  await maya.getByRole("button", { name: "Send rating" }).click();
  await shows(maya.getByText("You rated this 2 of 5, poor."));
  await shows(agent.locator("#panel-rating", { hasText: "2 of 5" }));
  await shows(agent.locator("#panel-rating blockquote", { hasText: "Slow & <loud>" }));

  await maya.getByText("Change your rating").click();
  await maya.getByRole("radio", { name: /^5/ }).check();
  await maya.getByRole("button", { name: "Save rating" }).click();
  await shows(maya.getByText("You rated this 5 of 5, great."));
  await shows(agent.locator("#panel-rating", { hasText: "5 of 5" }));
  await agent.goto(`/desk/tickets/${ticket.id}/history?kind=ticket.rated`);
  await shows(agent.locator("#history tr", { hasText: "Rating" }).filter({ hasText: "5" }));
});

test("rated in the portal without leaving the page, and a solved request is opened again with a reason", async () => {
  const ticket = await world.ticket("maya", "Rate me in the portal");
  await solve(ticket);
  const page = await world.page("maya");
  await page.goto(`/requests/${ticket.id}`);
  const panel = page.locator("#panel-own-rating");
  await panel.getByRole("radio", { name: /^4/ }).check();
  await panel.getByLabel("What should we know?").fill("Half typed");
  await world.say("dev", ticket, "One more thing.");
  await shows(page.locator(".msg", { hasText: "One more thing." }));
  assert.equal(await panel.getByLabel("What should we know?").inputValue(), "Half typed", "a ring leaves what is typed alone");
  await panel.getByRole("button", { name: "Send rating" }).click();
  await shows(panel.getByText("You rated this 4 of 5, good."));
  assert.equal(new URL(page.url()).pathname, `/requests/${ticket.id}`);

  await page.getByText("Open it again").first().click();
  await page.getByLabel("What is still wrong?").fill("It is back.");
  await page.getByRole("button", { name: "Open it again" }).click();
  await shows(page.locator(".msg", { hasText: "It is back." }));
  await shows(page.locator("#request-head", { hasText: "Open" }));
});

test("steps and time beside a ticket, live for a colleague, by keyboard", async () => {
  const ticket = await world.ticket("maya", "Steps and time");
  const [dev, lena] = [await world.page("dev"), await world.page("lena")];
  for (const page of [dev, lena]) await page.goto(`/desk/tickets/${ticket.id}`);
  const [mine, hers] = [dev.locator("#panel-checklist"), lena.locator("#panel-checklist")];
  await shows(mine.getByLabel("Add a step"));
  for (const step of ["Ask for the run id", "Restart the worker"]) {
    await mine.getByLabel("Add a step").fill(step);
    await dev.keyboard.press("Enter");
    await shows(mine.getByRole("checkbox", { name: step }));
    await shows(hers.getByRole("checkbox", { name: step }));
  }
  assert.equal(new URL(dev.url()).pathname, `/desk/tickets/${ticket.id}`, "an act in a panel is no page");
  await hers.getByRole("checkbox", { name: "Ask for the run id" }).focus();
  await lena.keyboard.press("Enter");
  await shows(mine.locator("[aria-checked=true]"));
  await shows(mine.getByText("1 of 2"));
  await mine.getByRole("button", { name: "Move down: Ask for the run id" }).focus();
  await dev.keyboard.press("Enter");
  await shows(hers.locator("li:last-child", { hasText: "Ask for the run id" }));

  const time = dev.locator("#panel-time");
  await time.getByRole("button", { name: "Start timer" }).click();
  await shows(time.getByRole("button", { name: "Stop timer" }));
  await dev.locator("#content").fill("The worker is back.");
  await dev.keyboard.press("Control+Enter");
  await shows(dev.locator(".msg", { hasText: "The worker is back." }));
  await shows(time.getByText("with a message"));
  await shows(lena.locator("#panel-time", { hasText: "with a message" }));
  await time.getByLabel("Time, in minutes or like 1h 30m").fill("1h 30m");
  await dev.keyboard.press("Enter");
  await shows(time.locator("li", { hasText: "1h 30m" }));
  const { totalSeconds } = await world.api("dev", "GET", `/tickets/${ticket.id}/time`);
  assert.ok(totalSeconds > 5400 && totalSeconds < 5500, `${totalSeconds}`);
});

test("without script the same stands on pages of their own", async () => {
  const ticket = await world.ticket("maya", "No script");
  const page = await world.page("dev", { script: false });
  await page.goto(`/desk/tickets/${ticket.id}/checklist`);
  await page.getByLabel("Add a step").fill("By hand");
  await page.getByRole("button", { name: "Add step" }).click();
  assert.equal(new URL(page.url()).pathname, `/desk/tickets/${ticket.id}`);
  await page.goto(`/desk/tickets/${ticket.id}/time`);
  await page.getByLabel("Time, in minutes or like 1h 30m").fill("20");
  await page.getByRole("button", { name: "Add time" }).click();
  await page.goto(`/desk/tickets/${ticket.id}/time`);
  await shows(page.locator("li", { hasText: "20m" }));
});

test("while a request is written, open ones about the same are offered, and what was opened is counted", async (t) => {
  await world.ticket("maya", "Evaluation stuck in the second region");
  const page = await world.page("maya");
  await page.goto("/requests/new");
  const panel = page.locator("#panel-own-requests");
  await page.locator("#title").fill("evaluation stuck");
  await page.waitForTimeout(400);
  assert.equal(await panel.locator("a.plain").count(), 0, "two words are too few");
  const seen = page.evaluate(() => new Promise((resolve) => {
    const from = performance.now();
    const observer = new MutationObserver(() => { if (document.querySelector("#panel-own-requests a.plain")) { observer.disconnect(); resolve(performance.now() - from); } });
    observer.observe(document.body, { subtree: true, childList: true });
  }));
  await page.locator("#title").fill("evaluation stuck in region");
  t.diagnostic(`suggestion after ${Math.round(await seen)} ms`);
  await shows(panel.getByRole("link", { name: "Evaluation stuck in the second region" }));
  const counted = page.waitForResponse((answer) => answer.url().endsWith("/requests/suggestions/own-requests") && answer.request().method() === "POST");
  await panel.getByRole("link", { name: "Evaluation stuck in the second region" }).click();
  assert.equal((await counted).status(), 204);
  await shows(page.getByRole("heading", { name: "Evaluation stuck in the second region" }));
  await page.goBack();
  await shows(page.locator("input[name=opened][value*='-']").or(page.locator("#title")));
  assert.match(await page.locator("input[name=opened]").inputValue(), /^[0-9a-f-]{36}$/);
  await page.locator("#title").fill("on");
  await gone(panel.locator("a.plain"));
});
