// A browser is told with no page open. The push service of Chromium can't be reached from here: one of our own stands for it,
// opens what comes with the browser's key (RFC 8291), and Chromium's service worker is handed what was in it. The headless shell
// has no notifications: permission and what is shown are stood in for.
import assert from "node:assert/strict";
import { createDecipheriv, createECDH, hkdfSync, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { OUT, comes, open, overflow, shows } from "../world.mjs";

let world, service;
const heard = [];
const key = createECDH("prime256v1");
const auth = randomBytes(16);

before(async () => {
  key.generateKeys();
  service = createServer(async (request, answer) => { heard.push(Buffer.concat(await request.toArray())); answer.writeHead(201).end(); });
  await once(service.listen(0, "127.0.0.1"), "listening");
  [world] = await Promise.all([open(), mkdir(OUT, { recursive: true })]);
});
after(async () => { service.close(); await world.close(); });

/** Opens a message (RFC 8188 and 8291), written anew so that it is a witness of the server's. */
function opened(message) {
  const salt = message.subarray(0, 16);
  const end = 21 + message[20];
  const theirs = message.subarray(21, end);
  const info = Buffer.concat([Buffer.from("WebPush: info\0"), key.getPublicKey(), theirs]);
  const secret = Buffer.from(hkdfSync("sha256", key.computeSecret(theirs), auth, info, 32));
  const derived = (what, size) => Buffer.from(hkdfSync("sha256", secret, salt, `Content-Encoding: ${what}\0`, size));
  const cipher = createDecipheriv("aes-128-gcm", derived("aes128gcm", 16), derived("nonce", 12));
  cipher.setAuthTag(message.subarray(-16));
  const text = Buffer.concat([cipher.update(message.subarray(end, -16)), cipher.final()]);
  return text.subarray(0, text.lastIndexOf(2)).toString();
}

/** What the headless shell lacks: a yes to the question, and a push service that can be reached. */
function lacking({ endpoint, p256dh, auth }) {
  Object.defineProperty(Notification, "permission", { get: () => "granted" });
  Notification.requestPermission = async () => "granted";
  PushManager.prototype.subscribe = async (options) => {
    if (!options.userVisibleOnly || options.applicationServerKey.length !== 65) throw new Error("a browser would refuse this");
    return { toJSON: () => ({ endpoint, expirationTime: null, keys: { p256dh, auth } }) };
  };
}

test("a mention is shown by the service worker with no page open, and its click leads to the ticket", async () => {
  const ticket = await world.ticket("maya", "The printer is on fire");
  const dev = await world.page("dev");
  const url = `http://127.0.0.1:${service.address().port}/push`;
  await dev.addInitScript(lacking, { endpoint: url, p256dh: key.getPublicKey("base64url"), auth: auth.toString("base64url") });
  await dev.goto("/profile/notifications");
  await shows(dev.getByText("None yet."));

  const starting = dev.context().waitForEvent("serviceworker");
  await dev.getByRole("button", { name: "Notify me in this browser" }).click();

  await shows(dev.getByText("This browser", { exact: true }));
  for (const [scheme, width] of [["light", 1440], ["dark", 1440], ["light", 390]]) {
    await dev.emulateMedia({ colorScheme: scheme });
    await dev.setViewportSize({ width, height: 900 });
    await dev.locator("#browsers-title").scrollIntoViewIfNeeded();
    await dev.screenshot({ path: `${OUT}push-${scheme}-${width}.png` });
    assert.equal(await overflow(dev), 0);
  }
  const worker = await starting;
  await worker.evaluate(() => {
    self.shown = [];
    self.registration.showNotification = async (title, options) => { self.shown.push({ title, ...options }); };
  });
  assert.equal(await dev.getByRole("button", { name: "Notify me in this browser" }).isVisible(), false);
  const devtools = await dev.context().newCDPSession(dev);
  const registration = new Promise((found) => { devtools.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => { if (registrations[0]) found(registrations[0].registrationId); }); });
  await devtools.send("ServiceWorker.enable");
  const registrationId = await registration;
  await dev.goto("/favicon.ico"); // no page of ours
  await world.say("ines", ticket, "@dev, do you smell it?", true);
  await comes(() => heard.length > 0);
  const said = opened(heard[0]);
  await devtools.send("ServiceWorker.deliverPushMessage", { origin: world.base, registrationId, data: said });

  await comes(async () => (await worker.evaluate(() => self.shown.length)) > 0);
  const [note] = await worker.evaluate(() => self.shown);
  assert.match(note.title, /^#\d+ The printer is on fire$/);
  assert.equal(note.body, "Ines Costa mentioned you");
  assert.equal(note.tag, ticket.id);
  assert.ok(!said.includes("smell"), "a note's text leaves the house by no push service");
  await dev.goto(note.data);
  assert.match(dev.url(), new RegExp(`/desk/tickets/${ticket.id}$`));
  await dev.goto("/profile/notifications");
  await dev.getByRole("button", { name: /^Remove/ }).click();
  await shows(dev.getByText("None yet."));
  await shows(dev.getByRole("button", { name: "Notify me in this browser" }));
  await dev.context().close();
});

test("who said no is told where to change that, and without script nothing is offered", async () => {
  const lena = await world.page("lena");
  // as the headless shell has it
  await lena.goto("/profile/notifications");
  await shows(lena.getByText("This browser does not let this site notify you."));
  assert.equal(await lena.getByRole("button", { name: "Notify me in this browser" }).isVisible(), false);
  await lena.context().close();
  const plain = await world.page("lena", { script: false });
  await plain.goto("/profile/notifications");
  assert.equal(await plain.getByRole("button", { name: "Notify me in this browser" }).isVisible(), false);
  await shows(plain.getByText("To add this browser, let scripts run here."));
  await plain.context().close();
});
