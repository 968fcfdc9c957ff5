// No word and no file is lost: drafts, undo, uploads that break, pasted pictures, files that are too large.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PNG, gone, holds, open, shows } from "../world.mjs";

let world;
let ticket;
before(async () => {
  world = await open({ undo: 15 });
  await world.settings({ fileMb: 1 });
  ticket = await world.ticket("maya", "About drafts");
});
after(() => world.close());

const MB = 1_000_000;
const box = (page) => page.locator("#content");
const choose = (page, files) => page.locator("input[type=file][name=file]").setInputFiles(files);
const file = (name, size) => ({ name, mimeType: "text/plain", buffer: Buffer.alloc(size, "step 412 waits\n") });
/** The answer to the draft with just these words; an earlier one may have been saved while they were typed. */
const kept = (page, words) => page.waitForResponse((answer) => answer.url().endsWith("/draft") && answer.request().postDataJSON()?.content === words);
const row = (page, name) => page.locator("li.file", { hasText: name });

test("an agent's draft survives a reload and is there on another machine", async () => {
  const page = await world.page("dev");
  await page.goto(`/desk/tickets/${ticket.id}`);
  await page.getByRole("radio", { name: "Internal note" }).check();
  const saved = kept(page, "Half a thought about the pool");
  await box(page).pressSequentially("Half a thought about the pool");
  await saved;
  await shows(page.getByText(/Draft saved \d\d:\d\d/));
  await page.reload();
  assert.equal(await box(page).inputValue(), "Half a thought about the pool");
  const other = await world.page("dev");
  await other.goto(`/desk/tickets/${ticket.id}`);
  assert.equal(await box(other).inputValue(), "Half a thought about the pool");
  assert.ok(await other.getByRole("radio", { name: "Internal note" }).isChecked(), "a note stays a note");
  const colleague = await world.page("lena");
  await colleague.goto(`/desk/tickets/${ticket.id}`);
  assert.equal(await box(colleague).inputValue(), "", "a draft is one's own");
  const emptied = kept(other, "");
  await box(other).fill("");
  await emptied;
});

test("files of a draft survive a reload; one that was removed does not come back", async () => {
  const page = await world.page("dev");
  await page.goto(`/desk/tickets/${ticket.id}`);
  await choose(page, [file("kept.log", 2000), file("gone.log", 2000)]);
  for (const name of ["kept.log", "gone.log"]) await shows(row(page, name).getByText("uploaded"));
  const both = page.waitForResponse((answer) => answer.url().endsWith("/draft") && answer.request().postDataJSON()?.fileId.length === 2);
  await box(page).fill("With two files");
  await both;
  await page.reload();
  await shows(row(page, "kept.log"));
  const one = page.waitForResponse((answer) => answer.url().endsWith("/draft") && answer.request().postDataJSON()?.fileId.length === 1);
  await row(page, "gone.log").getByRole("button", { name: "Remove gone.log" }).click();
  await one;
  await page.reload();
  await shows(row(page, "kept.log"));
  assert.equal(await row(page, "gone.log").count(), 0);
  const emptied = kept(page, "");
  await box(page).fill("");
  await emptied;
});

test("a customer's form survives a reload", async () => {
  const page = await world.page("maya");
  await page.goto("/requests/new");
  await page.getByLabel("Subject").fill("Half a subject");
  await page.getByLabel("What happened?").fill("Half a story");
  await page.getByRole("radio", { name: /Idea/ }).check();
  await shows(page.getByText(/Draft saved \d\d:\d\d/));
  await holds(page, () => ["Half a subject", "Half a story", "FEATURE_REQUEST"].every((words) => sessionStorage.getItem("draft:/requests/new").includes(words)));
  await page.reload();
  await holds(page, () => document.querySelector("#title").value === "Half a subject" && document.querySelector("#content").value === "Half a story" && document.querySelector("[value=FEATURE_REQUEST]").checked);
});

test("undo takes a reply back and returns its text and its files; what is not undone goes out", async () => {
  const [page, customer] = [await world.page("dev"), await world.page("maya")];
  await page.goto(`/desk/tickets/${ticket.id}`);
  await customer.goto(`/requests/${ticket.id}`);
  await page.getByRole("radio", { name: "Reply" }).check();
  await choose(page, [file("early.log", 4000)]);
  await shows(row(page, "early.log").getByText("uploaded"));
  await box(page).fill("Sent too early");
  await page.keyboard.press("Control+Enter");
  await shows(page.locator(".held", { hasText: /Sending in \d+ s/ }));
  await page.locator("#ticket-title").focus();
  await page.keyboard.press("z");
  await gone(page.locator(".held"));
  await holds(page, () => document.querySelector("#content").value === "Sent too early");
  await shows(page.locator("[data-composer]").locator("li.file", { hasText: "early.log" }));
  await box(page).fill("Sent at the right time");
  await page.keyboard.press("Control+Enter");
  await shows(page.locator(".held"));
  assert.equal(await customer.getByText("Sent at the right time").count(), 0, "a held reply is not shown");
  await shows(customer.locator(".msg", { hasText: "Sent at the right time" }).getByRole("link", { name: /early\.log/ }));
  await gone(page.locator(".held"));
  assert.equal(await customer.getByText("Sent too early").count(), 0);
});

test("uploads: progress, cancel, a broken line and resume", async () => {
  const page = await world.page("maya");
  page.expected = /ERR_FAILED|ERR_INTERNET_DISCONNECTED|WebSocket/;
  await page.goto(`/requests/${ticket.id}`);
  await choose(page, [file("keep.log", 4000), file("drop.log", 4000)]);
  await shows(row(page, "keep.log").getByText("uploaded"));
  await shows(row(page, "drop.log").getByText("uploaded"));
  await row(page, "drop.log").getByRole("button", { name: "Remove" }).click();
  await gone(row(page, "drop.log"));

  let broken = true;
  await page.route("**/files/uploads/**", (route) => (broken && route.request().method() === "PATCH" ? route.abort() : route.continue()));
  await choose(page, [file("broken.log", 700_000)]);
  await shows(row(page, "broken.log").getByRole("button", { name: "Resume" }));
  await shows(row(page, "broken.log").getByText("The connection broke."));
  await box(page).fill("Three logs");
  await page.getByRole("button", { name: "Send reply" }).click();
  await shows(page.getByText("A file could not be sent.").first());
  assert.equal(await box(page).inputValue(), "Three logs");
  broken = false;
  await row(page, "broken.log").getByRole("button", { name: "Resume" }).click();
  await shows(row(page, "broken.log").getByText("uploaded"));
  await page.getByRole("button", { name: "Send reply" }).click();
  const sent = page.locator(".msg", { hasText: "Three logs" });
  await shows(sent.getByRole("link", { name: /keep\.log/ }));
  await shows(sent.getByRole("link", { name: /broken\.log/ }));
  assert.equal(await page.getByText("drop.log").count(), 0);
});

test("a pasted picture is sent and shown", async () => {
  const page = await world.page("maya");
  await page.goto(`/requests/${ticket.id}`);
  await box(page).focus();
  await page.evaluate((bytes) => {
    const data = new DataTransfer();
    data.items.add(new File([new Uint8Array(bytes)], "image.png", { type: "image/png" }));
    document.querySelector("#content").dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  }, [...PNG]);
  await shows(row(page, "image.png").getByText("uploaded"));
  await box(page).fill("See the picture");
  await page.getByRole("button", { name: "Send reply" }).click();
  const picture = page.locator(".msg", { hasText: "See the picture" }).locator("img");
  await shows(picture);
  await holds(page, () => [...document.querySelectorAll(".msg .file img")].every((image) => image.complete && image.naturalWidth > 0));
});

test("too large and of a wrong type is refused in words, nothing typed is lost", async () => {
  const page = await world.page("maya");
  page.expected = /status of (413|415)/;
  await page.goto(`/requests/${ticket.id}`);
  await choose(page, [file("huge.log", 1.6 * MB)]);
  await shows(row(page, "huge.log").getByText(/1\.6 MB is over the 1(\.0)? MB limit/));
  await row(page, "huge.log").getByRole("button", { name: "Remove" }).click();
  await choose(page, [{ name: "setup.exe", mimeType: "application/octet-stream", buffer: Buffer.from("MZ\x90\0\x03\0\0\0\x04\0\0\0".padEnd(400, "\0"), "latin1") }]);
  await shows(row(page, "setup.exe").getByText("This type of file is not allowed."));
  await row(page, "setup.exe").getByRole("button", { name: "Remove" }).click();

  const plain = await world.page("maya", { script: false });
  plain.expected = /status of 4(13|15|22)/;
  await plain.goto(`/requests/${ticket.id}`);
  await box(plain).fill("With a huge file");
  await choose(plain, [file("huge.log", 1.6 * MB)]);
  await plain.getByRole("button", { name: "Send reply" }).click();
  await shows(plain.getByText("huge.log is over the 1 MB limit of one file."));
  assert.equal(await box(plain).inputValue(), "With a huge file", "the form comes back with what was typed");
});

test("without script a file over the limit brings each form back with what was typed", async () => {
  const [customer, agent] = [await world.page("maya", { script: false }), await world.page("dev", { script: false })];
  for (const page of [customer, agent]) page.expected = /status of 422/;
  const huge = file("huge.log", 1.6 * MB);
  const refused = async (page, button) => {
    await choose(page, [file("small.log", 4000), huge]);
    await page.getByRole("button", { name: button }).first().click();
    await shows(page.locator(".error-summary, .field .error, form .error").filter({ hasText: "huge.log is over the 1 MB limit of one file." }));
  };
  await customer.goto("/requests/new");
  await customer.getByRole("radio", { name: /Idea/ }).check();
  await customer.getByLabel("Subject").fill("With a huge file");
  await customer.getByLabel("What happened?").fill("It is in the file");
  await refused(customer, "Send request");
  assert.equal(await customer.getByLabel("Subject").inputValue(), "With a huge file");
  assert.equal(await customer.getByLabel("What happened?").inputValue(), "It is in the file");
  assert.equal((await world.api("maya", "GET", "/tickets")).items.filter(({ title }) => title === "With a huge file").length, 0, "nothing was sent");

  await agent.goto(`/desk/tickets/${ticket.id}`);
  await box(agent).fill("An answer with a huge file");
  await refused(agent, "Send");
  assert.equal(await box(agent).inputValue(), "An answer with a huge file");
});

test("a form that comes back keeps the files that were uploaded", async () => {
  const page = await world.page("maya");
  page.expected = /status of 422/;
  await page.goto("/requests/new");
  await page.getByRole("radio", { name: /Idea/ }).check();
  await choose(page, [file("run.log", 4000)]);
  await shows(row(page, "run.log").getByText("uploaded"));
  await page.getByLabel("Subject").fill("");
  await page.getByLabel("What happened?").fill("It is in the file");
  await page.getByRole("button", { name: "Send request" }).click();
  await shows(page.locator(".error-summary"));
  await shows(row(page, "run.log").getByText("uploaded"));
  await page.getByLabel("Subject").fill("With its file");
  await page.getByRole("button", { name: "Send request" }).click();
  await shows(page.locator(".msg").getByRole("link", { name: /run\.log/ }));
});
