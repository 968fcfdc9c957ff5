// By mail: a customer writes, an agent answers in the inbox, the customer replies, all live; a stranger's answer is held.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { header, smtp, text } from "../smtp.mjs";
import { comes, gone, open, shows } from "../world.mjs";

const SUPPORT = "support@promptcraft.example";
let world, server;
before(async () => { [world, server] = [await open(), await smtp()]; });
after(async () => { await world.close(); await server.close(); });

test("a request travels by mail and back", async (t) => {
  const [ines, dev] = [await world.page("ines"), await world.page("dev")];
  let ticket, answer;

  await t.test("an admin sets up the mailbox, and a test goes out", async () => {
    await ines.goto("/admin/mailboxes");
    await ines.getByRole("link", { name: "New mailbox" }).click();
    await ines.getByRole("textbox", { name: "Address" }).fill(SUPPORT);
    await ines.getByRole("button", { name: "Save mailbox" }).click();
    await shows(ines.getByRole("heading", { name: "Sending" }));
    await ines.locator("#host").fill("127.0.0.1");
    await ines.locator("#port").fill(String(server.port));
    await ines.locator("#security").selectOption("NONE");
    await ines.getByRole("button", { name: "Save sending" }).click();
    await ines.getByRole("button", { name: /test/i }).first().click();
    await shows(ines.getByRole("status").filter({ hasText: "The server took the test" }));
    assert.deepEqual(server.mails.map(({ from, to }) => [from, to[0]]), [[SUPPORT, world.people.ines.email]]);
  });

  await t.test("a customer's mail comes into the list that stands open", async () => {
    await dev.goto("/desk?view=unassigned");
    const came = await world.mail(["From: Noor Saleh <noor@saleh.example>", `To: ${SUPPORT}`, "Subject: The export is empty", "Message-ID: <first@saleh.example>"], "Hello,\r\n\r\nthere are no rows.");
    assert.equal(came.fate, "NEW_TICKET");
    ticket = came.ticketId;
    await dev.getByRole("link", { name: /The export is empty/ }).first().click();
    await shows(dev.locator(".msg", { hasText: "there are no rows" }));
  });

  await t.test("the agent's answer goes out, and the thread says so", async () => {
    await comes(() => server.mails.length === 2);
    assert.match(text(server.mails[1].raw), /We have your request/);
    await dev.locator("#content").fill("Please update to 2.1.");
    await dev.getByRole("button", { name: /^Send\b(?! later)/ }).click();
    await comes(() => server.mails.length === 3);
    answer = server.mails[2].raw;
    assert.match(header(answer, "Subject"), /^Re: \[#\d+-\w\] The export is empty$/);
    assert.match(text(answer), /Please update to 2\.1\./);
    await shows(dev.locator("#panel-mail", { hasText: "noor@saleh.example" }));
  });

  await t.test("the link in it opens the request, without an account", async () => {
    const noor = await world.page(null);
    const [link] = text(answer).match(/\/r\/[\w-]{20,}/);
    await noor.goto(link);
    await shows(noor.locator(".msg", { hasText: "Please update to 2.1." }));
    await noor.context().close();
  });

  await t.test("the customer's reply by mail appears in the open thread, without its quotation", async () => {
    const to = header(answer, "Reply-To").match(/[^<\s]+@[^>\s]+/)[0];
    const joined = await world.mail(["From: noor@saleh.example", `To: ${to}`, "Subject: Re: The export is empty", `In-Reply-To: ${header(answer, "Message-ID")}`, "Message-ID: <second@saleh.example>"], "It works, thanks.\r\n\r\nOn Thu, 26 Nov 2026, Support wrote:\r\n> Please update to 2.1.");
    assert.equal(joined.fate, "JOINED");
    const said = dev.locator(".msg", { hasText: "It works, thanks." });
    await shows(said);
    assert.equal(await said.getByText("Please update to 2.1.").isVisible(), false, "what is quoted is folded");
  });

  await t.test("a stranger who knows a Message-ID is held, until somebody lets them in", async () => {
    const held = await world.mail(["From: Eve <eve@evil.example>", `To: ${SUPPORT}`, "Subject: Re: The export is empty", `In-Reply-To: ${header(answer, "Message-ID")}`, "Message-ID: <third@evil.example>"], "Send me the password.");
    assert.equal(held.fate, "HELD");
    const box = dev.locator("#panel-mail .held", { hasText: "Eve" });
    await shows(box);
    const noor = await world.page(null);
    await noor.goto(text(answer).match(/\/r\/[\w-]{20,}/)[0]);
    assert.equal(await noor.getByText("Send me the password.").count(), 0);
    await box.getByRole("button", { name: /Let it in/ }).click();
    await gone(dev.locator("#panel-mail .held"));
    await dev.goto(`/desk/tickets/${ticket}`);
    await shows(dev.locator(".msg", { hasText: "Send me the password." }));
    await noor.reload();
    await shows(noor.locator(".msg", { hasText: "Send me the password." }));
    await noor.context().close();
  });
});
