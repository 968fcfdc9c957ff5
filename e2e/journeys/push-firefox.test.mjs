// A real browser subscribes by the button of the page, is told by its push service with no page of ours open, opens what only it can
// open, and shows it. What the browser refuses (a key, an encryption, a service worker that fails) ends this.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Firefox, PushService } from "../firefox.mjs";
import { comes, open } from "../world.mjs";

let world, service, firefox;
before(async () => {
  [world, service] = await Promise.all([open(), PushService.start()]);
  firefox = await Firefox.start(service);
});
after(async () => { await firefox.stop(); service.stop(); await world.close(); });

/** Waits until the page says these words. */
const says = (words) => comes(() => firefox.run((words) => document.querySelector("main").innerText.includes(words), words));

test("Firefox receives a mention with the page closed", async () => {
  const ticket = await world.ticket("maya", "The printer is on fire");
  await firefox.is(world.people.dev.cookies, "127.0.0.1");
  await firefox.goto(`${world.base}/profile/notifications`);
  await says("None yet.");
  // the button is there as soon as the page's script is
  await comes(() => firefox.run(() => { const button = [...document.querySelectorAll("button")].find((button) => button.checkVisibility() && button.innerText.includes("Notify me in this browser")); button?.click(); return Boolean(button); }));
  await says("Firefox on Linux");
  await firefox.goto("about:blank");

  await world.say("ines", ticket, "@dev, do you smell it?", true);

  await comes(() => service.codes.length > 0);
  assert.deepEqual(service.codes, [100], "the service worker did its work");
  const [{ headers, body }] = service.posted;
  assert.equal(headers["content-encoding"], "aes128gcm");
  assert.match(headers.authorization, /^vapid t=/);
  assert.ok(!body.includes("printer"), "the push service reads nothing");
  // only a page of the same origin may look at what is shown
  await firefox.goto(`${world.base}/favicon.ico`);
  const shown = await firefox.run(async () => {
    const registration = await navigator.serviceWorker.getRegistration("/");
    return (await registration.getNotifications()).map(({ title, body, tag, data }) => ({ title, body, tag, data }));
  });
  assert.equal(shown.length, 1);
  assert.match(shown[0].title, /^#\d+ The printer is on fire$/);
  assert.deepEqual([shown[0].body, shown[0].tag], ["Ines Costa mentioned you", ticket.id]);
  await firefox.goto(world.base + shown[0].data);
  assert.match(await firefox.run(() => location.pathname), new RegExp(`^/desk/tickets/${ticket.id}$`));
});
