// Text messages: an admin names the server, an agent confirms a phone, and a mention goes there. A server of our own stands for Twilio.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { OUT, open, overflow, shows } from "../world.mjs";

let world, service;
const heard = [];
const NUMBER = "+441632960000";

before(async () => {
  service = createServer(async (request, answer) => {
    heard.push(Object.fromEntries(new URLSearchParams(Buffer.concat(await request.toArray()).toString())));
    answer.writeHead(201, { "Content-Type": "application/json" }).end(JSON.stringify({ sid: "SM1", status: "queued" }));
  });
  await once(service.listen(0, "127.0.0.1"), "listening");
  [world] = await Promise.all([open(), mkdir(OUT, { recursive: true })]);
});
after(async () => { service.close(); await world.close(); });

async function pictures(page, name) {
  for (const [scheme, width] of [["light", 1440], ["dark", 1440], ["light", 390]]) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize({ width, height: 900 });
    await page.screenshot({ path: `${OUT}${name}-${scheme}-${width}.png` });
    assert.equal(await overflow(page), 0);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
}

test("an admin names the server and tests it, an agent without script confirms a phone and chooses what goes there", async () => {
  const ines = await world.page("ines");
  await ines.goto("/admin/sms");
  await ines.getByLabel("Account SID").fill("AC1");
  await ines.getByLabel("Auth token").fill("secret-token");
  await ines.getByLabel("From").fill("+441632960111");
  await ines.getByLabel("Address").fill(`http://127.0.0.1:${service.address().port}`);
  await ines.getByRole("button", { name: "Save server" }).click();
  await shows(ines.getByText("Saved. Send a test to see whether it works."));
  await ines.getByLabel("Number").fill(NUMBER);
  await ines.getByRole("button", { name: "Send test" }).click();
  await shows(ines.getByText("The server took the test: 201 queued SM1"));
  assert.equal(heard[0].To, NUMBER);
  await pictures(ines, "sms-admin");
  await ines.context().close();

  const dev = await world.page("dev", { script: false });
  dev.expected = /422/;
  await dev.goto("/profile/notifications");
  await dev.getByRole("link", { name: "Add your phone" }).click();
  await dev.getByLabel("Number").fill("+44 1632 960 000");
  await dev.getByRole("button", { name: "Send code" }).click();
  await shows(dev.getByLabel(`Code that was sent to ${NUMBER}`));
  await dev.getByLabel(`Code that was sent to ${NUMBER}`).fill("12");
  await dev.getByRole("button", { name: "Confirm phone" }).click();
  await shows(dev.getByText("This is not the code, or it is too old.").first());
  await pictures(dev, "sms-code");
  await dev.getByLabel(`Code that was sent to ${NUMBER}`).fill(heard[1].Body.slice(0, 6));
  await dev.getByRole("button", { name: "Confirm phone" }).click();
  await shows(dev.getByText(`Text messages go to ${NUMBER}.`));
  await dev.getByLabel("SMS: somebody mentions me").check();
  await dev.getByRole("button", { name: "Save notifications" }).click();
  await shows(dev.getByText("Saved."));
  assert.equal(await dev.getByLabel("SMS: somebody mentions me").isChecked(), true);
  await pictures(dev, "sms-grid");
  await dev.context().close();
});
