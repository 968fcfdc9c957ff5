// A request travels from form to answer between a customer and an agent, by keyboard alone, and both see it live.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { focusOn, gone, holds, now, open, shows, tabTo, watch } from "../world.mjs";

let world;
before(async () => { world = await open(); });
after(() => world.close());

async function signIn(page, who) {
  await page.goto("/");
  await tabTo(page, "a[href='/sign-in']");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/sign-in");
  await tabTo(page, "#email");
  await page.keyboard.type(world.people[who].email);
  await page.keyboard.press("Tab");
  await page.keyboard.type(world.people[who].password);
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.pathname !== "/sign-in");
}

test("from form to answer to solved, by keyboard, live on both sides", async (t) => {
  const [customer, agent] = [await world.page(null), await world.page(null)];
  await signIn(agent, "dev");
  await agent.goto("/desk");
  await shows(agent.getByRole("heading", { name: "All clear" }));

  await signIn(customer, "maya");
  await tabTo(customer, "main a[href='/requests/new']");
  await customer.keyboard.press("Enter");
  await customer.waitForURL("**/requests/new");
  await tabTo(customer, "[name=category]");
  await customer.keyboard.press("Space");
  await tabTo(customer, "#title");
  await customer.keyboard.type("Evaluation run stuck at 93 per cent");
  await tabTo(customer, "#content");
  await customer.keyboard.type("Run 8841 has not moved since this morning.\n\n- restarted it once\n- the log ends at `step 412`");
  await tabTo(customer, "[data-action='upload#pick']");
  const chooser = customer.waitForEvent("filechooser");
  await customer.keyboard.press("Enter");
  await (await chooser).setFiles({ name: "run-8841.log", mimeType: "text/plain", buffer: Buffer.from("step 412: waiting for a worker\n".repeat(200)) });
  await shows(customer.getByText("uploaded", { exact: false }).and(customer.locator("small")));
  await tabTo(customer, "button[type=submit].primary");

  const appeared = await watch(agent, "Evaluation run stuck");
  const sentAt = now();
  await customer.keyboard.press("Enter");
  await customer.waitForURL(/\/requests\/[0-9a-f-]{36}/);
  t.diagnostic(`sent by the customer to shown in the inbox: ${Math.round(await appeared() - sentAt)} ms`);
  await shows(customer.getByRole("heading", { level: 1, name: "Evaluation run stuck at 93 per cent" }));
  await shows(customer.getByRole("link", { name: /run-8841\.log/ }));

  await agent.keyboard.press("j");
  await focusOn(agent, "[data-row]");
  await agent.keyboard.press("Enter");
  await focusOn(agent, "#ticket-title");
  await shows(agent.getByRole("link", { name: /run-8841\.log/ }));

  await agent.keyboard.press("i");
  await shows(agent.locator("#p-assignee option:checked", { hasText: "Dev Anand" }).or(agent.locator(".event", { hasText: "Dev Anand" })));
  await shows(customer.locator("#request-head", { hasText: "with Dev" }));

  await agent.keyboard.press("n");
  await focusOn(agent, "#content");
  await agent.keyboard.type("Looks like the worker pool again. Do not tell yet.");
  await agent.keyboard.press("Control+Enter");
  await shows(agent.locator(".msg.note", { hasText: "worker pool again" }));

  const answered = await watch(customer, "I have moved your run");
  await agent.keyboard.press("r");
  await holds(agent, () => document.querySelector("[name=kind]:checked")?.value === "reply" && document.activeElement?.id === "content");
  await agent.keyboard.type("I have moved your run to a fresh worker. It goes on from step 412.");
  const repliedAt = now();
  await agent.keyboard.press("Control+Enter");
  t.diagnostic(`reply by the agent to shown at the customer: ${Math.round(await answered() - repliedAt)} ms`);
  await holds(agent, () => document.querySelector("#content").value === ""); // the box is empty again

  await shows(customer.locator("#request-head", { hasText: /Waiting on you|Open/ }));
  assert.equal(await customer.getByText("worker pool again").count(), 0, "a note never reaches the customer");
  assert.ok(!(await (await customer.request.get(customer.url())).text()).includes("worker pool again"));

  await tabTo(customer, "#request-acts button");
  const solved = await watch(agent, "Reopen");
  const solvedAt = now();
  await customer.keyboard.press("Enter");
  t.diagnostic(`solved by the customer to shown at the agent: ${Math.round(await solved() - solvedAt)} ms`);
  await shows(customer.locator("#request-head", { hasText: "Solved" }));
  await holds(agent, () => document.querySelector("#p-status")?.value === "RESOLVED");
  await gone(agent.locator("#offline"));
});
