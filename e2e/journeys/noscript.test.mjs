// Without script everything works that is not live: links navigate, forms post, nothing typed is lost.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { open, shows } from "../world.mjs";

let world;
before(async () => { world = await open(); });
after(() => world.close());

/** Presses a button of a form, and waits for the page that answers. */
async function press(scope, name) {
  const page = scope.page?.() ?? scope;
  await Promise.all([page.waitForEvent("load"), scope.getByRole("button", { name, exact: true }).first().click()]);
}
const LOG = { name: "run.log", mimeType: "text/plain", buffer: Buffer.from("step 412\n") };

test("a customer signs in, asks with a file, reads, replies, solves", async () => {
  const page = await world.page(null, { script: false });
  await page.goto("/requests");
  await page.waitForURL(/\/sign-in\?next=/);
  await page.getByLabel("Email address").fill(world.people.maya.email);
  await page.getByLabel("Password").fill(world.people.maya.password);
  await press(page, "Sign in");
  await page.waitForURL("**/requests");
  await shows(page.getByRole("heading", { name: "No requests yet" }));
  await page.getByRole("link", { name: "New request" }).click();
  await page.getByRole("radio", { name: /Billing/ }).check();
  await page.getByLabel("Subject").fill("Two invoices for October");
  await page.getByLabel("How urgent is it?").selectOption("HIGH");
  await page.getByLabel("What happened?").fill("Both are **paid**.");
  await page.getByLabel(/Attachments/).setInputFiles(LOG);
  await press(page, "Send request");
  await page.waitForURL(/\/requests\/[0-9a-f-]{36}$/);
  await shows(page.locator(".prose strong", { hasText: "paid" }));
  const file = page.getByRole("link", { name: /run\.log/ });
  assert.equal(await (await page.request.get(await file.getAttribute("href"))).text(), "step 412\n");
  await page.getByLabel("Your reply").fill("The second one is wrong.");
  await press(page, "Send reply");
  await shows(page.locator(".msg", { hasText: "The second one is wrong." }));
  await press(page, "This is solved");
  await shows(page.locator("#request-head", { hasText: "Solved" }));
  await page.locator(".reopen summary").click();
  await press(page.locator(".reopen form"), "Open it again");
  await shows(page.locator("#request-head", { hasText: "Open" }));
  await page.getByRole("link", { name: "My requests", exact: true }).first().click();
  await shows(page.getByRole("link", { name: "Two invoices for October" }));
  await page.getByLabel("Search my requests").fill("invoices");
  await page.keyboard.press("Enter");
  await shows(page.getByRole("link", { name: "Two invoices for October" }));
});

test("a form that comes back keeps what was typed", async () => {
  const page = await world.page("maya", { script: false });
  page.expected = /status of 422/;
  await page.goto("/requests/new");
  await page.getByRole("radio", { name: /Idea/ }).check();
  await page.getByLabel("What happened?").fill("A long story\nof two lines");
  await page.getByLabel("How urgent is it?").selectOption("LOW");
  await page.getByLabel(/Copy to/).fill("ana@lumenlabs.example");
  await press(page, "Send request");
  await shows(page.locator(".error-summary a[href='#title']"));
  assert.equal(await page.getByLabel("Subject").getAttribute("aria-invalid"), "true");
  assert.ok(await page.getByRole("radio", { name: /Idea/ }).isChecked());
  assert.equal(await page.getByLabel("What happened?").inputValue(), "A long story\nof two lines");
  assert.equal(await page.getByLabel("How urgent is it?").inputValue(), "LOW");
  assert.equal(await page.getByLabel(/Copy to/).inputValue(), "ana@lumenlabs.example");

  await page.context().clearCookies();
  await page.goto("/sign-in");
  await page.getByLabel("Email address").fill(world.people.maya.email);
  await page.getByLabel("Password").fill("wrong");
  await press(page, "Sign in");
  await shows(page.locator(".error-summary"));
  assert.equal(await page.getByLabel("Email address").inputValue(), world.people.maya.email);
  assert.equal(await page.getByLabel("Password").inputValue(), "", "a password is never sent back");
});

test("an agent reads, replies, notes and sets every property", async () => {
  const { id } = await world.ticket("jonas", "The export is empty");
  const page = await world.page("dev", { script: false });
  await page.goto("/desk");
  await page.getByRole("link", { name: "The export is empty" }).click();
  await page.waitForURL(`**/desk/tickets/${id}*`);
  const details = page.locator("#details");
  const change = async (label, choice, seen) => {
    await details.getByLabel(label, { exact: true }).selectOption(choice);
    await press(details, `Set ${label}`);
    await shows(page.locator("#toasts", { hasText: seen }));
  };
  await page.locator("#ticket-head").getByRole("button", { name: /^Take/ }).click();
  await shows(page.locator(".event", { hasText: "Dev Anand" }));
  await change("Status", "ON_HOLD", "On hold");
  await change("Priority", "URGENT", "Urgent");
  await change("Category", "BILLING", "Billing");
  await change("Assignee", { label: "Lena Fischer" }, "Lena Fischer");
  await change("Team", { label: "Platform" }, "Platform");
  await page.getByLabel("Add a tag").fill("export");
  await press(page, "Add tag");
  await shows(page.getByRole("button", { name: "Remove tag export" }));
  await page.getByLabel("Add a tag").fill("empty");
  await press(page, "Add tag");
  await press(page, "Remove tag export");
  assert.equal(await page.getByRole("button", { name: "Remove tag export" }).count(), 0);

  const write = page.locator("[data-composer]");
  await write.getByLabel("Message", { exact: true }).fill("Which export do you mean?");
  await write.locator("input[type=file]").setInputFiles(LOG);
  await Promise.all([page.waitForEvent("load"), write.locator("button[type=submit].primary").click()]);
  await shows(page.locator(".msg:not(.note)", { hasText: "Which export" }).getByRole("link", { name: /run\.log/ }));
  await write.getByRole("radio", { name: "Internal note" }).check();
  await write.getByLabel("Message", { exact: true }).fill("A known fault.");
  await Promise.all([page.waitForEvent("load"), write.locator("button[type=submit].primary").click()]);
  await shows(page.locator(".msg.note", { hasText: "A known fault." }));

  await page.getByText("Change the subject").click();
  await details.getByLabel("Subject", { exact: true }).fill("The export of results is empty");
  await press(page, "Save subject");
  await shows(page.getByRole("heading", { name: "The export of results is empty" }));
  await page.getByRole("link", { name: "History of all changes" }).click();
  await shows(page.getByRole("row", { name: /Priority.*Urgent/ }));
  const ticket = await world.api("dev", "GET", `/tickets/${id}`);
  assert.deepEqual([ticket.status, ticket.priority, ticket.category, ticket.tags], ["ON_HOLD", "URGENT", "BILLING", ["empty"]]);

  await page.goto(`/desk/tickets/${id}`);
  await details.getByLabel("Assignee", { exact: true }).selectOption("");
  await press(details, "Set Assignee");
  await change("Team", { label: "Billing" }, "is theirs now");
  assert.equal(new URL(page.url()).pathname, "/desk", "a ticket of another team is left for the list");

  const customer = await world.page("jonas", { script: false });
  await customer.goto(`/requests/${id}`);
  await shows(customer.locator(".msg", { hasText: "Which export" }));
  assert.ok(!(await customer.content()).includes("A known fault."));
});

test("an agent opens a ticket for somebody, filters and sorts the list", async () => {
  const page = await world.page("lena", { script: false });
  await page.goto("/desk/tickets/new");
  await page.getByLabel("Customer’s email address").fill("kim@fieldnote.example");
  await page.getByLabel(/^Name/).fill("Kim Sato");
  await page.getByLabel("Subject").fill("Asked by phone");
  await page.getByLabel("What happened?").fill("Needs a copy of the contract.");
  await press(page, "Create ticket");
  await page.waitForURL(/\/desk\/tickets\/[0-9a-f-]{36}/);
  assert.equal(await page.locator("#details").getByLabel("Assignee", { exact: true }).inputValue(), "", "nobody was chosen, so nobody has it");
  await page.goto("/desk?view=all");
  await page.getByRole("button", { name: "Filter" }).click();
  await page.getByLabel("Words").fill("phone");
  await press(page, "Show tickets");
  await shows(page.getByRole("link", { name: "Asked by phone" }));
  await page.getByRole("list", { name: "Filters set" }).getByRole("link", { name: "Clear filters" }).click();
  await page.getByLabel("Sort by").selectOption("oldest");
  await press(page, "Sort");
  await page.waitForURL(/sort=oldest/);
});

test("an admin keeps people, teams and settings", async () => {
  const page = await world.page("ines", { script: false });
  await page.goto("/admin");
  const side = page.getByRole("navigation", { name: "Settings" });
  await side.getByRole("link", { name: "Teams" }).click();
  await page.getByLabel("New team").fill("Enterprise");
  await press(page, "Add team");
  await page.goto("/admin/teams");
  await page.getByRole("link", { name: "Enterprise" }).click();
  await page.getByLabel("Add a member").selectOption({ index: 0 });
  await press(page, "Add member");
  await shows(page.getByRole("button", { name: /Remove/ }));
  await side.getByRole("link", { name: "People" }).click();
  await page.getByRole("link", { name: "Add a person" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Noor Haddad");
  await page.getByLabel("Email address").fill("noor@promptcraft.example");
  await page.getByLabel("Role").selectOption({ label: "Agent" });
  await press(page, "Add person");
  await page.goto("/admin/people");
  await shows(page.getByRole("link", { name: "Noor Haddad" }));
  await side.getByRole("link", { name: "Brand and limits" }).click();
  await page.getByLabel("Heading of the home page").fill("What do you need?");
  await press(page, "Save settings");
  const stranger = await world.page(null, { script: false });
  await stranger.goto("/");
  await shows(stranger.getByRole("heading", { name: "What do you need?" }));
  await page.goto("/admin/outbox");
  await shows(page.getByText("noor@promptcraft.example").first());
});
