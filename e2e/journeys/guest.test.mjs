// Somebody without an account asks, confirms by mail, reads the answer and replies.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { open, shows } from "../world.mjs";

let world;
before(async () => { world = await open(); });
after(() => world.close());

const GUEST = "kim@fieldnote.example";
const linkIn = (mail) => mail.text.match(/https?:\/\/\S+/)[0];

test("a guest's request, from form to reply", async () => {
  const guest = await world.page(null);
  await guest.goto("/requests/new");
  await guest.getByLabel("Your email address").fill(GUEST);
  await guest.getByLabel("Your name").fill("Kim Sato");
  await guest.getByRole("radio", { name: /Something else/ }).check();
  await guest.getByLabel("Subject").fill("Do you have a plan for schools?");
  await guest.getByLabel("What happened?").fill("We are 40 teachers.");
  await guest.getByRole("button", { name: "Send request" }).click();
  await shows(guest.getByRole("heading", { name: "Check your mail" }));
  assert.equal((await world.api("dev", "GET", "/tickets")).items.length, 0, "nothing is a ticket before the address is confirmed");

  const [mail] = await world.outbox(GUEST);
  await guest.goto(linkIn(mail));
  await guest.getByRole("button", { name: "Confirm and send" }).click();
  await guest.waitForURL(/\/requests\/[0-9a-f-]{36}$/);
  await shows(guest.getByRole("heading", { name: "Do you have a plan for schools?" }));

  const { items: [ticket] } = await world.api("dev", "GET", "/tickets");
  await world.say("dev", ticket, "Only we may know this.", true);
  await world.say("dev", ticket, "Yes: half the price for schools.");
  await shows(guest.locator(".msg", { hasText: "half the price" }));
  assert.equal(await guest.getByText("Only we may know this.").count(), 0);

  await guest.getByLabel("Your reply").fill("Wonderful, how do we get it?");
  await guest.getByRole("button", { name: "Send reply" }).click();
  await shows(guest.locator(".msg", { hasText: "how do we get it" }));

  const again = await world.page(null);
  const mails = await world.outbox(GUEST);
  const follow = mails.map(linkIn).find((link) => link.includes("/r/"));
  await again.goto(follow);
  await again.waitForURL((url) => !url.pathname.startsWith("/r/"));
  await shows(again.locator(".msg", { hasText: "half the price" }));

  const used = await world.page(null);
  used.expected = /status of (404|401)/;
  await used.goto(linkIn(mail));
  await shows(used.getByRole("heading", { name: "This link has been used or is too old" }));
  await used.goto(`/requests/${ticket.id}`);
  assert.equal(await used.locator(".msg").count(), 0, "a stranger sees nothing");
});
