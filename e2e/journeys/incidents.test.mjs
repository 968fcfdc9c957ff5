// One cause, two customers: an agent ticks their requests in the list, links them to the incident, and sends one update
// that both see live, each in their own thread. And the same without script.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { gone, open, shows } from "../world.mjs";

let world;
before(async () => { world = await open(); });
after(() => world.close());

const picture = (name) => new URL(`../out/${name}.png`, import.meta.url).pathname;

test("two customers see one update live", async () => {
  const incident = await world.ticket("ines", "Workers of the second region are gone");
  const [mayas, jonass] = [await world.ticket("maya", "Outage: my run waits"), await world.ticket("jonas", "Outage: nothing moves")];
  const [agent, maya, jonas] = [await world.page("dev"), await world.page("maya"), await world.page("jonas")];

  await agent.goto(`/desk/tickets/${incident.id}`);
  await agent.getByRole("button", { name: "Mark as incident" }).click();
  await shows(agent.locator("#panel-incident").getByText("No request belongs to it yet."));
  await agent.goto("/desk?view=open&q=outage&sort=newest");
  for (const { id } of [mayas, jonass]) await agent.locator(`input.pick[value="${id}"]`).check();
  await agent.screenshot({ path: picture("bulk-bar-incident") });
  await agent.locator("#bulk").getByRole("button", { name: "children of an incident" }).click();
  await agent.getByRole("radio", { name: new RegExp(`#${incident.number}`) }).check();
  await agent.getByRole("button", { name: "Link them" }).click();
  await shows(agent.locator(".toast", { hasText: `2 tickets linked to #${incident.number}.` }));

  await maya.goto(`/requests/${mayas.id}`);
  await jonas.goto(`/requests/${jonass.id}`);
  await agent.goto(`/desk/tickets/${incident.id}`);
  await agent.locator("#panel-incident").getByRole("link", { name: "Send an update to 2 requests" }).click();
  await shows(agent.getByRole("heading", { name: "Send an update to 2 requests" }));
  await shows(agent.getByText("Outage: nothing moves"));
  await agent.getByLabel("Reply to each").fill("We moved to another region. Your runs go on.");
  await agent.getByLabel("Status to set").selectOption("RESOLVED");
  await agent.screenshot({ path: picture("update-written"), fullPage: true });
  await agent.getByRole("button", { name: "Send to 2 requests" }).click();
  await shows(agent.locator(".toast", { hasText: "The update went to 2 requests." }));

  for (const [page, other] of [[maya, "Outage: nothing moves"], [jonas, "Outage: my run waits"]]) {
    await shows(page.locator(".msg", { hasText: "Your runs go on." }));
    assert.equal(await page.locator(".msg", { hasText: "Your runs go on." }).count(), 1, "once");
    assert.equal(await page.getByText(other).count(), 0, "nothing of the other's request");
  }
  await maya.screenshot({ path: picture("update-seen") });
  await shows(agent.locator(".msg", { hasText: "Your runs go on." }));
  await shows(agent.locator("#panel-incident", { hasText: "Sent to 2 of 2" }));
  await agent.screenshot({ path: picture("incident-sent") });
  await agent.goto(`/desk/tickets/${mayas.id}`);
  await shows(agent.locator("#panel-incident", { hasText: `Part of #${incident.number}` }));
  await shows(agent.locator(".event", { hasText: `sent this from #${incident.number}` }));
});

test("a public title helps before a request is sent", async () => {
  const incident = await world.ticket("ines", "Disk of pool nine");
  await world.api("ines", "PUT", `/tickets/${incident.id}/incident`, { publicTitle: "Exports arrive late" });
  const customer = await world.page("maya");
  await customer.goto("/requests/new");
  await customer.locator("#title").pressSequentially("Why do my exports arrive so late");
  await shows(customer.locator("#panel-known-incidents", { hasText: "Exports arrive late" }));
  await customer.screenshot({ path: picture("known-incident-beside-form") });
  assert.equal(await customer.getByText("Disk of pool nine").count(), 0, "the staff's subject is nobody's business");
  await customer.locator("#panel-known-incidents").getByRole("link", { name: "Exports arrive late" }).click();
  await shows(customer.getByRole("heading", { level: 1, name: "Exports arrive late" }));
});

test("without script", async () => {
  const incident = await world.ticket("ines", "Plain outage");
  const child = await world.ticket("maya", "Plain: it is down");
  const agent = await world.page("dev", { script: false, width: 390, height: 844 });

  await agent.goto(`/desk/tickets/${incident.id}/incident`);
  await agent.getByRole("button", { name: "Mark as incident" }).click();
  await agent.goto(`/desk/tickets/${child.id}/links`);
  await agent.getByLabel(`#${child.number} is`).selectOption({ label: "Child of" });
  await agent.getByLabel("Number of the other ticket").fill(`#${incident.number}`);
  await agent.getByRole("button", { name: "Link them" }).click();
  await agent.goto(`/desk/tickets/${incident.id}/incident`);
  await agent.getByRole("link", { name: "Send an update to 1 request" }).click();
  await agent.screenshot({ path: picture("update-new-390"), fullPage: true });
  await agent.getByLabel("Reply to each").fill("It is up again.");
  await agent.getByRole("button", { name: "Send to 1 request" }).click();
  await shows(agent.getByText("The update went to 1 request."));
  const { messages } = await world.api("maya", "GET", `/tickets/${child.id}`);
  assert.equal(messages.at(-1).content, "It is up again.");
  await agent.goto(`/desk/tickets/${incident.id}/incident`);
  await agent.getByRole("button", { name: "No incident any more" }).click();
  await gone(agent.getByText("Part of"));
});
