// The bell is live: a ticket that one agent gives to another rings there without reloading, and looking at it is reading it.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { after, before, test } from "node:test";
import { OUT, holds, open, overflow, shows } from "../world.mjs";

let world;
before(async () => { [world] = await Promise.all([open(), mkdir(OUT, { recursive: true })]); });
after(() => world.close());

async function give(ticket, to) {
  const { items } = await world.api("ines", "GET", "/people");
  const { version } = await world.api("ines", "GET", `/tickets/${ticket.id}`);
  await world.api("ines", "PUT", `/tickets/${ticket.id}`, { version, assignedTo: items.find(({ email }) => email === world.people[to].email).id });
}

const bell = (page) => page.locator("#bell");

test("a ticket given by another rings the bell without reloading; looking at it is reading it", async () => {
  const ticket = await world.ticket("maya", "The printer is on fire");
  const dev = await world.page("dev");
  await dev.goto("/desk");
  await shows(dev.getByRole("button", { name: "Notifications", exact: true }));
  await dev.evaluate(() => { globalThis.isSame = true; });

  await give(ticket, "dev");

  await shows(dev.getByRole("button", { name: "Notifications, 1 unread" }));
  assert.equal(await bell(dev).locator(".badge").textContent(), "1");
  assert.equal(await dev.evaluate(() => globalThis.isSame), true, "the page was not loaded again");
  await dev.getByRole("button", { name: "Notifications, 1 unread" }).click();
  await shows(dev.locator("#notices").getByText("assigned it to you"));
  for (const [scheme, width] of [["light", 1440], ["dark", 1440], ["light", 390]]) {
    await dev.emulateMedia({ colorScheme: scheme });
    await dev.setViewportSize({ width, height: 900 });
    await dev.screenshot({ path: `${OUT}bell-${scheme}-${width}.png` });
    assert.equal(await overflow(dev), 0);
  }
  await dev.setViewportSize({ width: 1440, height: 900 });
  await dev.locator("#notices").getByRole("link", { name: /The printer is on fire/ }).click();
  await dev.waitForURL(`**/desk/tickets/${ticket.id}`);
  await shows(dev.getByRole("button", { name: "Notifications", exact: true }));

  await dev.getByRole("button", { name: "Mute", exact: true }).click();
  await shows(dev.getByRole("button", { name: "Unmute" }));
  await world.say("maya", ticket, "It burns brightly.");
  await shows(dev.locator(".msg", { hasText: "It burns brightly." }));
  await dev.context().close();
});

test("a customer hears of an answer on any page, and marks it as read in the panel", async () => {
  const ticket = await world.ticket("maya", "Where is my export?");
  const maya = await world.page("maya");
  await maya.goto("/search");
  await world.say("dev", ticket, "In your mail.");

  await shows(maya.getByRole("button", { name: /Notifications, \d+ unread/ }));
  await maya.getByRole("button", { name: /Notifications, \d+ unread/ }).click();
  await maya.getByRole("button", { name: "Mark all read" }).click();
  await holds(maya, () => !document.querySelector("#bell .badge"));
  await maya.context().close();
});

test("without script the page shows, opens and marks what there is", async () => {
  const ticket = await world.ticket("jonas", "No script, please");
  await give(ticket, "lena");
  const lena = await world.page("lena", { script: false });
  for (let n = 0; n < 50; n += 1) {
    await lena.goto("/notifications");
    if (await lena.getByText("One unread.").count()) break;
    await new Promise((done) => { setTimeout(done, 100); });
  }
  await lena.getByRole("button", { name: /Mark as read ?: #\d+ No script, please/ }).click();
  await shows(lena.getByText("Nothing unread."));
  await lena.getByRole("link", { name: /No script, please/ }).click();
  await lena.waitForURL(`**/desk/tickets/${ticket.id}`);
  await lena.context().close();
});
