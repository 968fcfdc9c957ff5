// An admin makes a webhook, sends a test and sends it again; a real receiver checks the signature. Without script too.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { OUT, open, overflow, shows } from "../world.mjs";

let world;
before(async () => { [world] = await Promise.all([open(), mkdir(OUT, { recursive: true })]); });
after(() => world.close());

/** Keeps what comes, and answers with the status it was told. */
async function receiver() {
  const heard = [];
  const state = { status: 200 };
  const server = createServer(async (request, answer) => {
    let body = "";
    for await (const part of request) body += part;
    heard.push({ headers: request.headers, body });
    answer.writeHead(state.status, { connection: "close" }).end(state.status === 200 ? "thanks" : "out of order");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  server.unref();
  return { heard, state, url: `http://127.0.0.1:${server.address().port}/hooks`, close: () => server.close() };
}

/** As a receiver checks it (Standard Webhooks). */
function signed({ headers, body }, secret) {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const content = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
  return headers["webhook-signature"] === `v1,${createHmac("sha256", key).update(content).digest("base64")}`;
}

for (const script of [true, false]) {
  test(`a webhook is made, tested and its delivery sent again ${script ? "with" : "without"} script`, async () => {
    const { heard, state, url, close } = await receiver();
    const name = script ? "Billing system" : "Status page";
    const ines = await world.page("ines", { script });
    await ines.goto("/admin/webhooks/new");
    await ines.getByLabel("Name", { exact: true }).fill(name);
    await ines.getByLabel("Address", { exact: true }).fill("http://10.0.0.1/hooks");
    await ines.getByLabel("a ticket comes in").check();
    ines.expected = /422/;
    await ines.getByRole("button", { name: "Save webhook" }).click();
    await shows(ines.locator("#url-error").filter({ hasText: "in a private network" }));
    assert.equal(await ines.getByLabel("a ticket comes in").isChecked(), true, "what was ticked stays");
    await ines.getByLabel("Address", { exact: true }).fill(url);
    await ines.getByRole("button", { name: "Save webhook" }).click();
    const secret = await ines.locator("#secret").textContent();

    await ines.getByRole("button", { name: "Send a test" }).click();
    await shows(ines.getByText("Delivered.", { exact: true }).first());
    state.status = 500;
    await ines.getByRole("button", { name: "Send again" }).click();
    await shows(ines.getByText("It was not delivered.").first());
    await shows(ines.getByText("out of order"));
    state.status = 200;
    await ines.getByRole("button", { name: "Send again" }).click();
    await shows(ines.getByText("Delivered.", { exact: true }).first());

    assert.equal(heard.length, 3);
    assert.ok(heard.every((one) => signed(one, secret)), "each is signed");
    assert.equal(new Set(heard.map(({ headers }) => headers["webhook-id"])).size, 1, "it is the same delivery");
    assert.equal(JSON.parse(heard[0].body).type, "webhook.test");
    if (script) {
      for (const [scheme, width] of [["light", 1440], ["dark", 1440], ["light", 390]]) {
        await ines.emulateMedia({ colorScheme: scheme });
        await ines.setViewportSize({ width, height: 900 });
        await ines.screenshot({ path: `${OUT}webhook-delivery-${scheme}-${width}.png`, fullPage: true });
        assert.equal(await overflow(ines), 0);
      }
      await ines.setViewportSize({ width: 1440, height: 900 });
    }
    const ticket = await world.ticket("maya", "Where is my invoice?");
    await ines.goto("/admin/webhooks");
    await ines.getByRole("link", { name: `Deliveries of ${name}` }).click();
    await shows(ines.getByRole("heading", { name: "Deliveries" }));
    for (let n = 0; n < 50 && heard.length < 4; n += 1) await new Promise((done) => { setTimeout(done, 100); });
    await ines.reload();
    await shows(ines.getByRole("link", { name: `#${ticket.number} Where is my invoice?` }));
    assert.equal(JSON.parse(heard[3].body).data.ticket.id, ticket.id);
    await ines.context().close();
    close();
  });
}
