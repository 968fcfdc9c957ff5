// What is live: catching up after a break, who is here, the warning before a double reply, edits that cross.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { focusOn, gone, holds, now, open, shows, watch } from "../world.mjs";

let world;
before(async () => { world = await open(); });
after(() => world.close());

/** A median. One sample alone is given more: other work of the machine may come between. */
const [AT_ONCE_MS, ONE_SAMPLE_MS] = [1000, 3000];

async function desk(who, ticket) {
  const page = await world.page(who);
  await page.goto(ticket ? `/desk/tickets/${ticket.id}` : "/desk");
  return page;
}

test("a cut line is told of, and everything missed is there when it is back", async () => {
  const ticket = await world.ticket("maya", "Before the cut");
  const page = await desk("dev", ticket);
  page.expected = /ERR_INTERNET_DISCONNECTED|WebSocket connection|Failed to fetch/;
  await shows(page.getByRole("link", { name: "Before the cut" }));
  await world.say("maya", ticket, "The line works.");
  await shows(page.locator(".msg", { hasText: "The line works." }));
  const banner = page.locator("[data-live-target=offline]");
  await page.context().setOffline(true);
  await shows(banner);
  await world.say("maya", ticket, "Said while nobody could hear it.");
  await world.ticket("maya", "Sent during the cut");
  await page.locator("#content").fill("Written while offline");
  await page.keyboard.press("Control+Enter");
  await shows(page.getByText("No connection. Your text is kept"));
  await page.context().setOffline(false);
  await gone(banner);
  await shows(page.locator(".msg", { hasText: "Said while nobody could hear it." }));
  await shows(page.getByRole("link", { name: "Sent during the cut" }));
  await shows(page.locator(".msg", { hasText: "Written while offline" }));
  assert.equal(await page.locator(".msg", { hasText: "Written while offline" }).count(), 1, "a queued reply is sent once");
});

test("two agents see each other within a second, and are warned before a double reply", async (t) => {
  const ticket = await world.ticket("jonas", "Two want to answer this");
  const [dev, lena] = [await desk("dev", ticket), await desk("lena", ticket)];
  await shows(dev.locator("#here", { hasText: "Lena Fischer is viewing" }));
  await shows(lena.locator("#here", { hasText: "Dev Anand is viewing" }));

  await lena.locator("#content").fill("Hello Jonas");
  let seen = await watch(lena, "Dev Anand is replying");
  let from = now();
  await dev.locator("#content").pressSequentially("Dear");
  const replying = await seen() - from;
  t.diagnostic(`"is replying" after ${Math.round(replying)} ms`);
  assert.ok(replying < ONE_SAMPLE_MS, `"is replying" took ${Math.round(replying)} ms`);
  await shows(lena.locator("[data-double]", { hasText: "Dev Anand is replying too." }));

  seen = await watch(lena, "Dear Jonas");
  await dev.locator("#content").pressSequentially(" Jonas");
  from = now();
  await dev.keyboard.press("Control+Enter");
  const shown = await seen() - from;
  t.diagnostic(`reply of one agent to shown at the other: ${Math.round(shown)} ms`);
  await shows(lena.locator("[data-double]", { hasText: "Dev Anand wrote while you were writing." }));
  assert.equal(await lena.locator("#content").inputValue(), "Hello Jonas", "what is being written is left alone");

  await dev.goto("/desk?view=mine");
  await gone(lena.locator("#here", { hasText: "Dev Anand" }));
});

test("an edit on an old version asks: keep mine or keep theirs", async () => {
  const ticket = await world.ticket("maya", "Both set the priority");
  const page = await desk("dev", ticket);
  const fresh = () => world.api("sam", "GET", `/tickets/${ticket.id}`);
  const faster = async (changes) => world.api("sam", "PUT", `/tickets/${ticket.id}`, { version: (await fresh()).version, ...changes });
  const choose = (priority) => page.locator("#p-priority").selectOption(priority);
  page.expected = /status of 409|ERR_FAILED/;
  await page.route("**", (route) => (route.request().headers()["x-live"] ? route.abort() : route.continue()));
  await faster({ priority: "LOW" });
  await choose("URGENT");
  const conflict = page.locator("#conflict");
  await shows(conflict.filter({ hasText: "Sam Rivera" }));
  await shows(conflict.filter({ hasText: "Priority: Urgent" }));
  await focusOn(page, "#conflict");
  assert.equal((await fresh()).priority, "LOW", "nothing was overwritten");
  await conflict.getByRole("button", { name: "Keep mine" }).click();
  await gone(conflict);
  await holds(page, () => document.querySelector("#p-priority").value === "URGENT");
  assert.equal((await fresh()).priority, "URGENT");

  await faster({ category: "BILLING" });
  await choose("HIGH");
  await shows(conflict);
  await conflict.getByRole("link", { name: "Keep theirs" }).click();
  await gone(conflict);
  await holds(page, () => document.querySelector("#p-priority").value === "URGENT");
});

test("rows never move under the pointer: a button says how many are new", async () => {
  await world.ticket("maya", "Under the pointer");
  const page = await desk("dev");
  await page.getByRole("link", { name: "Under the pointer" }).hover();
  const before = await page.locator("[data-row]").allTextContents();
  await world.ticket("maya", "New while reading");
  await shows(page.getByRole("button", { name: "1 new" }));
  assert.deepEqual(await page.locator("[data-row]").allTextContents(), before);
  await page.getByRole("button", { name: "1 new" }).click();
  await shows(page.getByRole("link", { name: "New while reading" }));
});

test("a change made by one is shown to the other, thirty times", async (t) => {
  const ticket = await world.ticket("maya", "Measured");
  const page = await desk("dev", ticket);
  const customer = await world.page("maya");
  await customer.goto(`/requests/${ticket.id}`);
  const times = [];
  for (let round = 0; round < 30; round += 1) {
    const who = round % 2 === 0 ? customer : page;
    const words = `Round ${round} of the measurement.`;
    const seen = await watch(who, words);
    const from = now();
    await world.say(who === page ? "maya" : "dev", ticket, words);
    times.push(await seen() - from);
  }
  times.sort((a, b) => a - b);
  t.diagnostic(`request sent to shown elsewhere: median ${Math.round(times[14])} ms, worst ${Math.round(times.at(-1))} ms`);
  assert.ok(times[14] < AT_ONCE_MS);
});

test("a customer hears of no other request and no note, and never a word of content", async () => {
  const [mine, theirs] = [await world.ticket("maya", "Mine"), await world.ticket("jonas", "Theirs")];
  const page = await world.page("maya");
  const heard = [];
  page.on("websocket", (socket) => { socket.on("framereceived", ({ payload }) => heard.push(String(payload))); });
  await page.goto(`/requests/${mine.id}`);
  await world.say("dev", mine, "Hello Maya");
  await shows(page.locator(".msg", { hasText: "Hello Maya" }));
  await world.say("dev", theirs, "Hello Jonas");
  await world.say("dev", mine, "A note", true);
  await world.say("dev", mine, "Second hello");
  await shows(page.locator(".msg", { hasText: "Second hello" }));
  assert.ok(heard.length >= 2 && heard.every((words) => words.includes(mine.id) && !words.includes("Hello")), `the socket carries topics of one's own and no content: ${heard.join(" ")}`);
});
