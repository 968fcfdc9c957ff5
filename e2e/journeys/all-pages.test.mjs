// The longest journey, and by its name the first to begin: every page in every state that can be asked for. axe finds
// nothing in light, dark and at 390 px, nothing scrolls sideways at 390 and 320 px, the console stays clean. With
// E2E_PICTURES=1 screenshots of each go to out/.
import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { OUT, PNG, open, overflow, shows } from "../world.mjs";

const AXE = await readFile(new URL("../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
/** Light and dark differ in colours alone. */
const COLOURS = { runOnly: { type: "rule", values: ["color-contrast", "link-in-text-block"] } };
const RULES = { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] };
/** Wide and narrow have the same colours, looked at once more where something was not to be seen before, and the same stylesheets. */
const LAYOUT = { ...RULES, rules: Object.fromEntries([...COLOURS.runOnly.values, "css-orientation-lock"].map((rule) => [rule, { enabled: false }])) };
const LONG = "The evaluation of a prompt with a very long and quite unbreakable_identifier_that_goes_on_and_on_without_any_space ends early";

let world;
let at;
before(async () => {
  [world] = await Promise.all([open({ undo: 60 }), mkdir(OUT, { recursive: true })]);
  at = await fill(world);
});
after(() => world.close());

/** Believable content in every state. */
async function fill(world) {
  const first = await world.ticket("maya", "Evaluation run stuck at 93 per cent", { description: "Run **8841** has not moved since this morning.\n\n```\nstep 412: waiting for a worker in the pool of the second region, retrying in 30 seconds\n```\n\n| step | state |\n|---|---|\n| 411 | done |\n| 412 | waiting |\n\n> It said it would retry.\n\nSee [the run](https://example.com/runs/8841).", priority: "HIGH", cc: ["ana@lumenlabs.example", "otto@partner.example"] });
  await set(world, first, { tags: ["evaluation", "workers"] });
  await attach(world, "maya", first);
  await world.say("lena", first, "Same as the ticket of last week: the pool of the second region is empty.", true);
  await world.api("dev", "POST", `/tickets/${first.id}/claim`, {});
  await world.say("dev", first, "Thank you, Maya. I have moved your run to a fresh worker:\n\n1. it goes on from step 412\n2. nothing is billed twice");
  for (const text of ["Find the run", "Move it to a fresh worker", "Tell Maya why it stopped and what we changed in the pool of the second region"]) await world.api("dev", "POST", `/tickets/${first.id}/checklist`, { text });
  const { items: steps } = await world.api("dev", "GET", `/tickets/${first.id}/checklist`);
  await world.api("lena", "PUT", `/tickets/${first.id}/checklist/${steps[0].id}`, { done: true });
  for (const [who, seconds, note] of [["dev", 1500, "Reading the trace"], ["lena", 300]]) await world.api(who, "POST", `/tickets/${first.id}/time`, { seconds, ...(note && { note }) });
  await world.say("maya", first, "It moves again. Can you tell me why it stopped?");
  const titles = [["jonas", LONG, "URGENT", "FEATURE_REQUEST"], ["jonas", "Invoice for October has the wrong address", "LOW", "BILLING"], ["maya", "How do I share a prompt with my team?", "MEDIUM", "TECHNICAL_SUPPORT"], ["maya", "Export of results is empty", "MEDIUM", "BUG"], ["jonas", "A dark theme for reports", "LOW", "FEATURE_REQUEST"]];
  const rest = [];
  for (const [who, title, priority, category] of titles) rest.push(await world.ticket(who, title, { priority, category }));
  await set(world, rest[1], { status: "PENDING" });
  await set(world, rest[2], { status: "RESOLVED" });
  await set(world, rest[3], { status: "CLOSED" });
  await world.say("dev", rest[0], "Could you send us the prompt?");
  const trashed = await world.ticket("jonas", "Sent twice by mistake");
  await world.api("ines", "DELETE", `/tickets/${trashed.id}`);
  const merged = await world.ticket("maya", "Evaluation run stuck again");
  await world.api("ines", "POST", `/tickets/${merged.id}/merge`, { into: first.id, acrossOrganizations: true });
  await world.api("ines", "POST", `/tickets/${rest[0].id}/links`, { relation: "CAUSED_BY", ticketId: first.id });
  const incident = await world.ticket("ines", "Workers of the second region are gone");
  const [child, finished] = [await world.ticket("maya", "My evaluations wait for a worker"), await world.ticket("jonas", "Nothing moves in region two")];
  for (const ticket of [child, finished, rest[4]]) await world.api("ines", "POST", `/tickets/${ticket.id}/links`, { relation: "CHILD_OF", ticketId: incident.id });
  await set(world, finished, { status: "CLOSED" });
  await world.api("ines", "PUT", `/tickets/${incident.id}/incident`, { publicTitle: "Evaluations in the second region are slow" });
  const update = await world.api("ines", "POST", `/tickets/${incident.id}/updates`, { content: "We moved to **another region**. Your runs go on by themselves." });
  const [snoozed, spam] = [await world.ticket("jonas", "Later, please"), await world.ticket("jonas", "Cheap watches")];
  await world.api("dev", "PUT", `/tickets/${snoozed.id}/snooze`, { untilReply: true });
  await world.api("dev", "PUT", `/tickets/${spam.id}/spam`);
  await world.api("dev", "POST", "/views", { name: "Urgent and open", query: "view=open&priority=URGENT" });
  const soon = new Date(Date.now() + 86_400_000).toISOString();
  for (const ticket of [rest[0], rest[1]]) await world.api("dev", "POST", `/tickets/${ticket.id}/scheduled`, { sendAt: soon, content: "Did the **new** address arrive?", status: "RESOLVED" });
  await world.api("dev", "POST", `/tickets/${rest[0].id}/scheduled`, { sendAt: soon, status: "ON_HOLD" });
  await world.say("jonas", rest[1], "It is still the old one.");
  const { items: teams } = await world.api("ines", "GET", "/teams");
  const { items: people } = await world.api("ines", "GET", "/people");
  const blocked = { all: [{ field: "category", op: "any_of", value: ["BUG", "BILLING"] }, { any: [{ field: "subject", op: "contains", value: "export" }, { field: "status_since", op: "older_hours", value: 48 }] }] };
  const then = [{ do: "set_priority", with: "HIGH" }, { do: "round_robin", with: teams[0].id }, { do: "reply", with: "We are on it, and write as soon as we know more." }];
  const rule = await world.api("ines", "POST", "/rules", { name: "Blocked releases first", on: true, when: ["ticket.created", "ticket.priority_changed"], if: blocked, then });
  await world.api("ines", "POST", "/rules", { name: LONG.slice(0, 80), when: "time", stops: true, if: { field: "sla.due", op: "within_hours", value: 2 }, then: [{ do: "note", with: "Look at it." }] });
  const ruled = await world.ticket("jonas", "Export of invoices is blocked", { category: "BILLING" });
  const hooks = "/api/webhooks";
  // nobody listens there, so that both were tried and did not arrive
  const webhook = await world.api("ines", "POST", hooks, { name: "Billing system", url: "http://127.0.0.1:1024/hooks/support?from=support", events: ["ticket.created", "ticket.status_changed"], internal: true, on: true });
  await world.api("ines", "POST", hooks, { name: LONG.slice(0, 80), url: "https://hooks.example.com/services/T000/B000", format: "SLACK", events: ["*"] });
  await world.ticket("jonas", LONG.slice(0, 100));
  const { id: delivery } = await world.api("ines", "POST", `${hooks}/${webhook.id}/test`);
  const macro = await world.api("dev", "POST", "/macros", { name: "Refund granted", reply: "Hello {{requester.first_name}}, your refund is on its way.", status: "PENDING", addTags: ["refund"] });
  const bulk = await world.api("dev", "POST", "/bulk", { tickets: [rest[4].id, NOWHERE], category: "GENERAL_INQUIRY" });
  const mailbox = await world.api("ines", "POST", "/api/mail/mailboxes", { address: "support@promptcraft.example", name: "PromptCraft Support", isOn: true });
  const fresh = await world.api("ines", "POST", "/api/mail/mailboxes", { address: "sales@promptcraft.example", name: "PromptCraft Sales" });
  await world.api("ines", "PUT", `/api/mail/mailboxes/${mailbox.id}/sending`, { host: "127.0.0.1", port: 9, security: "NONE", answersFirst: true });
  await world.api("ines", "PUT", `/api/mail/mailboxes/${mailbox.id}/sending/key`);
  await world.api("ines", "PUT", `/api/mail/mailboxes/${mailbox.id}/fetching`, { isOn: true, host: "imap.promptcraft.example", username: "support@promptcraft.example", password: "secret", credentialUntil: "2020-01-01", silentHours: 24 });
  const mailed = await world.ticket("maya", "Invoices by mail");
  await world.say("dev", mailed, "They come on the first of each month.");
  const mails = await letters(world, rest[0]);
  return { ...mails, ...(await shelves(world)), mailbox, fresh, mailed, webhook: webhook.id, delivery, rule, ruled, macro, bulk, first, long: rest[0], stopped: rest[1], solved: rest[2], closed: rest[3], trashed, merged, incident, child, update, snoozed, spam, team: teams[0], maya: people.find(({ email }) => email === world.people.maya.email) };
}

/** A knowledge base: topics, an article as long as real ones with its next version, one in review, one sent back, one archived. */
async function shelves(world) {
  const make = (who, body) => world.api(who, "POST", "/api/knowledge/articles", body);
  const go = async (who, { id }, step) => { const { version } = await world.api(who, "GET", `/api/knowledge/articles/${id}`); return world.api(who, "PUT", `/api/knowledge/articles/${id}/status`, { version, ...step }); };
  const topics = [["Get started", "Create a workspace, connect a model, run your first prompt.", "i-rocket"], ["Writing prompts", "Variables, partials, few-shot examples and structured output.", "i-square-pen"], ["Versions and releases", "Compare, promote and roll back prompts without a deploy.", "i-git-branch"], ["Evaluations", "Datasets, graders, regressions and side-by-side runs.", "i-flask-conical"], ["API and SDKs", "Keys, streaming, rate limits, retries and webhooks.", "i-key-round"], ["Plans and billing", "Credits, invoices, seats and spending limits.", "i-credit-card"]];
  for (const [position, [title, description, icon]] of topics.entries()) await world.api("ines", "POST", "/api/knowledge/categories", { title, description, icon, position });
  const content = "## What the error means\n\nA model reads a fixed number of tokens in one go: input plus output. The API answers with status `422` and the code `context_length_exceeded`.\n\n> One token is about four characters of English.\n\n## Find what uses the tokens\n\nOpen the run and choose **Trace, Tokens**.\n\n1. Sort parts by size.\n2. Hover a part to see the text that was sent.\n3. Compare it with a run that succeeded.\n\n## Bring the prompt under the limit\n\nGive each variable a budget.\n\n```yaml\nmodel: auto:balanced\nmax_output_tokens: 800\nvariables:\n  ticket_history_with_a_name_that_goes_on: { budget: 6000, keep: newest }\n```\n\n### Trim history\n\n| Method | Best for | Extra latency |\n|---|---|---:|\n| Cut oldest | Short tasks | 0 ms |\n| Rolling summary | Long conversations | 210 ms |\n\n## If it still fails\n\nSend us the run id, it starts with `run_`.";
  const article = await make("ines", { title: "Fix “context length exceeded” errors", summary: "Your prompt, its variables and the reply must fit together inside the model’s window. Here is how to see what takes the space.", content, category: "writing-prompts", tags: ["tokens", "errors"], kind: "TROUBLESHOOTING", slug: "context-length", status: "PUBLISHED" });
  for (const [title, category] of [["How credits and tokens are counted", "plans-and-billing"], ["Choose a model for long inputs", "writing-prompts"], ["Variables: budgets and defaults", "writing-prompts"], ["Rotate an API key without downtime", "api-and-sdks"], ["Create your first workspace", "get-started"], ["Roll back a prompt to an earlier version", "versions-and-releases"], ["Grade long answers with a rubric", "evaluations"]]) await make("ines", { title, summary: "In a minute or two.", content: "Words.", category, tags: ["tokens"], status: "PUBLISHED" });
  for (const [who, helpful] of [["maya", true], ["jonas", true], ["dev", false]]) await world.api(who, "POST", `/api/knowledge/articles/${article.id}/feedback`, { helpful });
  await world.api("dev", "PUT", `/api/knowledge/articles/${article.id}`, { version: article.version, content: content.replace("Sort parts by size.", "Sort the parts by their size.") });
  const snippet = await world.api("ines", "POST", "/api/knowledge/snippets", { name: "support-address", content: "Write to **support@promptcraft.example**." });
  await make("ines", { title: "Call the API", summary: "Three languages, one call.", kind: "TUTORIAL", category: "api-and-sdks", slug: "frames", status: "PUBLISHED", content: ":::warning Keep the key on the server\nA browser shows it to everybody.\n:::\n\n> [!TIP]\n> {{snippet support-address}}\n\n## Call it\n\n::::tabs\n:::tab Python\n```python title=\"call.py\" {2}\nimport os\nprint(os.environ['KEY'])  # a name_that_goes_on_and_on_and_on_and_on_and_on_and_on_and_on_and_on\n```\n:::\n:::tab cURL\n```bash\ncurl https://api.example.com -H \"Authorization: Bearer $KEY\"\n```\n:::\n::::\n\n:::details Why\nBecause.\n:::\n\n## See it\n\n:::video https://youtu.be/dQw4w9WgXcQ A tour in two minutes" });
  const german = await make("ines", { title: "Fehler „context length exceeded“ beheben", content: "## Was das heißt\n\nWorte.", translationOf: article.id, language: "de", status: "PUBLISHED" });
  const { items: shelf } = await world.api("ines", "GET", "/api/knowledge/categories");
  const review = await make("dev", { title: LONG, content: "Words." });
  await go("dev", review, { status: "IN_REVIEW" });
  const returned = await make("dev", { title: "Share partials", content: "Words.", visibility: "STAFF" });
  await go("dev", returned, { status: "IN_REVIEW" });
  await go("ines", returned, { status: "DRAFT", remark: "Say which workspaces, and where the limit is." });
  const archived = await make("ines", { title: "The old console", content: "Words.", status: "PUBLISHED" });
  await go("ines", archived, { status: "ARCHIVED" });
  return { snippet, german, shelf: shelf[1], article, review, returned, archived };
}

/** A mail that opened a ticket, one with HTML, and one that is held at a ticket. */
async function letters(world, { number }) {
  const opened = await world.mail(["From: Noor Saleh <noor@saleh.example>", "To: support@promptcraft.example", "Subject: The export is empty", "Message-ID: <first@saleh.example>", "MIME-Version: 1.0", "Content-Type: text/html"], "<p>Hello,</p><p>the export has <b>no rows</b>. <a href='https://example.com/'>This one</a>.</p><blockquote>On Monday somebody wrote: try again</blockquote>");
  const staff = world.people.dev.email;
  const held = await world.mail([`From: ${staff}`, "To: support@promptcraft.example", `Subject: Re: about ${number}`, "In-Reply-To: <first@saleh.example>", "Message-ID: <second@saleh.example>"], "I am somebody else.");
  assert.deepEqual([opened.fate, held.fate], ["NEW_TICKET", "HELD"]);
  return { opened, held };
}

async function attach(world, who, ticket) {
  const page = await world.page(who, { script: false });
  await page.goto(`/requests/${ticket.id}`);
  await page.locator("#content").fill("Two files, one of them a screenshot.");
  await page.locator("#file").setInputFiles([{ name: "screen of the run.png", mimeType: "image/png", buffer: PNG }, { name: "a-log-file-with-a-name-that-is-far-too-long-to-be-shown-whole-2026-11-22.log", mimeType: "text/plain", buffer: Buffer.from("step 412\n") }]);
  await page.getByRole("button", { name: "Send reply" }).click();
  await page.context().close();
}

async function set(world, { id }, changes) {
  const { version } = await world.api("ines", "GET", `/tickets/${id}`);
  await world.api("ines", "PUT", `/tickets/${id}`, { version, ...changes });
}

const submit = (name) => async (page) => { await page.getByRole("button", { name, exact: true }).first().click(); await shows(page.locator(".error-summary, .field .error")); };
const menu = (name, opened) => async (page) => { await page.getByRole("button", { name }).first().click(); await shows(page.locator(opened)); };
const press = (key, opened) => async (page) => { await page.keyboard.press(key); await shows(page.locator(opened)); };
const last = (part) => async (page) => { await shows(page.locator(part).last()); await page.locator(part).last().scrollIntoViewIfNeeded(); };
const follow = (name) => async (page) => { await page.getByRole("link", { name, exact: true }).first().click(); await shows(page.getByRole("heading", { level: 1, name })); };
const NOWHERE = "01a00000-0000-7000-8000-000000000000";

/** Name, who, path, what is done there first, the status of the answer. */
const PAGES = [
  ["home-stranger", null, "/"], ["home", "maya", "/"], ["home-first-use", "lena", "/"],
  ["home-menu", "maya", "/", menu("Account", "#me")],
  ["request-form-guest", null, "/requests/new"], ["request-form", "maya", "/requests/new?category=BUG&title=Export"],
  ["request-form-422", "maya", "/requests/new", submit("Send request")], ["request-form-guest-422", null, "/requests/new", submit("Send request")],
  ["requests", "maya", "/requests"], ["requests-first-use", "ines", "/requests"], ["requests-nothing", "maya", "/requests?q=zebra"], ["requests-solved", "maya", "/requests?show=solved"],
  ["request", "maya", () => `/requests/${at.first.id}`], ["request-long", "jonas", () => `/requests/${at.long.id}`], ["request-solved", "maya", () => `/requests/${at.solved.id}`], ["request-closed", "maya", () => `/requests/${at.closed.id}`],
  ["request-422", "maya", () => `/requests/${at.first.id}`, async (page) => { await page.locator("#reply").evaluate((form) => { form.noValidate = true; }); await submit("Send reply")(page); }],
  ["confirm-gone", null, "/requests/confirm/nothing", null, 404],
  ["search", "maya", "/search"], ["search-found", "maya", "/search?q=evaluation"], ["search-nothing", "maya", "/search?q=zebra"], ["search-stranger", null, "/search?q=zebra"], ["search-typo", null, "/search?q=evaluaton"], ["search-suggested", null, "/search/articles?q=evaluation"], ["desk-search", "dev", "/desk/search?q=evaluation"], ["desk-search-empty", "dev", "/desk/search"], ["desk-search-nothing", "dev", "/desk/search?q=zebra"], ["admin-search", "ines", "/admin/search"],
  ["admin-statuses-first-use", "ines", "/admin/statuses"], ["admin-statuses-422", "ines", "/admin/statuses", submit("Add status")],
  ["admin-fields-first-use", "ines", "/admin/fields"], ["admin-field-new", "ines", "/admin/fields/new"], ["admin-field-422", "ines", "/admin/fields/new", submit("Add field")],
  ["sign-in", null, "/sign-in"], ["sign-in-422", null, "/sign-in", submit("Sign in")],
  ["sign-up", null, "/sign-up"], ["reset", null, "/reset"], ["reset-gone", null, "/reset/nothing", null, 404], ["sign-up-gone", null, "/sign-up/nothing", null, 404], ["set-up-gone", null, "/set-up/nothing", null, 404],
  ["profile", "dev", "/profile"], ["profile-customer", "maya", "/profile"], ["profile-password", "maya", "/profile/password"], ["profile-sessions", "maya", "/profile/sessions"], ["profile-tokens", "maya", "/profile/tokens"], ["profile-tokens-agent", "dev", "/profile/tokens"],
  ["desk", "dev", "/desk"], ["desk-mine", "dev", "/desk?view=mine"], ["desk-empty", "lena", "/desk?view=mine"], ["desk-filtered", "dev", "/desk?view=all&status=OPEN&priority=URGENT,HIGH&q=evaluation"], ["desk-nothing", "dev", "/desk?view=all&tag=zebra"], ["desk-trash", "dev", "/desk?view=trash"], ["desk-snoozed", "dev", "/desk?view=snoozed"], ["desk-spam", "dev", "/desk?view=spam"], ["desk-save-view", "dev", "/desk?view=open", menu("Save as view", "#save-view")], ["saved-views-first-use", "lena", "/desk/views"], ["saved-views", "dev", "/desk/views"],
  ["desk-filter-open", "dev", "/desk", press("/", "#filter")], ["desk-palette", "dev", "/desk", press("Control+k", "#palette [role=option]")], ["desk-keys", "dev", "/desk", press("?", "#keys")],
  ["ticket", "dev", () => `/desk/tickets/${at.first.id}`], ["ticket-long", "dev", () => `/desk/tickets/${at.long.id}`], ["ticket-solved", "dev", () => `/desk/tickets/${at.solved.id}`], ["ticket-trashed", "ines", () => `/desk/tickets/${at.trashed.id}`], ["ticket-snooze", "dev", () => `/desk/tickets/${at.first.id}`, press("h", "#snooze-menu")], ["ticket-snoozed", "dev", () => `/desk/tickets/${at.snoozed.id}`], ["ticket-spam", "dev", () => `/desk/tickets/${at.spam.id}`],
  ["ticket-note", "dev", () => `/desk/tickets/${at.first.id}`, press("n", "#content:focus")],
  ["ticket-send-menu", "dev", () => `/desk/tickets/${at.first.id}`, menu("Send later, or set a status", "#send-menu")], ["ticket-scheduled", "dev", () => `/desk/tickets/${at.long.id}`, last("#later > .later")], ["ticket-stopped", "dev", () => `/desk/tickets/${at.stopped.id}`, last("#later > .later")],
  ["ticket-later-422", "dev", () => `/desk/tickets/${at.first.id}`, async (page) => { await menu("Send later, or set a status", "#send-menu")(page); await page.getByRole("button", { name: "At that time" }).click(); await page.locator(".error-summary").getByRole("link", { name: "Choose a day and a time." }).click(); await shows(page.locator("#sendAt:focus")); }],
  ["ticket-held", "dev", () => `/desk/tickets/${at.first.id}`, async (page) => { await page.locator("#confirmDomain").check(); await page.locator("#content").fill("It was a full disk."); await page.getByRole("button", { name: "Send", exact: false }).first().click(); await shows(page.locator(".held")); }],
  ["ticket-422", "dev", () => `/desk/tickets/${at.first.id}`, async (page) => { await page.locator("[data-composer]").evaluate((form) => { form.noValidate = true; form.elements.content.value = ""; }); await page.locator("[data-composer] button.primary[type=submit]").click(); await shows(page.locator(".error-summary")); }],
  ["merge", "dev", () => `/desk/tickets/${at.first.id}/merge`], ["merge-nothing", "dev", () => `/desk/tickets/${at.first.id}/merge?q=zebra`], ["merge-preview", "dev", () => `/desk/tickets/${at.first.id}/merge?into=${at.long.id}`], ["merge-refused", "dev", () => `/desk/tickets/${at.first.id}/merge?into=${at.closed.id}`],
  ["merge-dialog", "dev", () => `/desk/tickets/${at.first.id}`, press("m", "#merge-dialog #merge-q")], ["merged", "dev", () => `/desk/tickets/${at.merged.id}`], ["request-merged", "maya", () => `/requests/${at.merged.id}`],
  ["split", "dev", () => `/desk/tickets/${at.first.id}/split`], ["split-nothing", "dev", () => `/desk/tickets/${at.solved.id}/split`], ["links", "dev", () => `/desk/tickets/${at.first.id}/links`], ["links-none", "dev", () => `/desk/tickets/${at.solved.id}/links`],
  ["macros", "dev", "/desk/macros"], ["macros-nothing", "dev", "/desk/macros?q=zebra"], ["macro", "dev", () => `/desk/macros/${at.macro.id}`], ["macro-new", "ines", "/desk/macros/new"], ["macro-new-422", "dev", "/desk/macros/new", submit("Save snippet")],
  ["ticket-macros", "dev", () => `/desk/tickets/${at.first.id}/macros`], ["ticket-macro", "dev", () => `/desk/tickets/${at.first.id}/macros/${at.macro.id}`], ["ticket-print", "dev", () => `/desk/tickets/${at.first.id}/print?notes=true`],
  ["bulk-merge", "dev", () => `/desk/bulk/merge?tickets=${at.first.id},${at.long.id},${at.closed.id}`], ["bulk-incident", "dev", () => `/desk/bulk/incident?tickets=${at.first.id}`],
  ["ticket-incident", "ines", () => `/desk/tickets/${at.incident.id}`], ["ticket-child", "ines", () => `/desk/tickets/${at.child.id}`], ["incident", "ines", () => `/desk/tickets/${at.incident.id}/incident`], ["incident-not-yet", "dev", () => `/desk/tickets/${at.first.id}/incident`],
  ["update-new", "ines", () => `/desk/tickets/${at.incident.id}/updates/new`], ["update-new-422", "ines", () => `/desk/tickets/${at.incident.id}/updates/new`, submit("Send to 2 requests")], ["update", "ines", () => `/desk/tickets/${at.incident.id}/updates/${at.update.id}`],
  ["known-incidents", null, "/requests/incidents?q=my%20evaluations%20are%20slow"], ["known-incident", null, () => `/requests/incidents/${at.incident.id}`],
  ["bulk-new", "dev", () => `/desk/bulk/new?tickets=${at.first.id}`], ["bulk", "dev", () => `/desk/bulk/${at.bulk.id}`],
  ["desk-ticked", "dev", "/desk", async (page) => { await page.locator("input.pick").first().check(); await shows(page.locator("#bulk")); }],
  ["ticket-snippets", "dev", () => `/desk/tickets/${at.first.id}`, async (page) => { await page.getByRole("button", { name: "Snippets and macros" }).click(); await shows(page.locator("#snippets-list [role=option]")); }],
  ["history", "dev", () => `/desk/tickets/${at.first.id}/history`], ["new-ticket", "dev", "/desk/tickets/new"], ["new-ticket-422", "dev", "/desk/tickets/new", submit("Create ticket")],
  ["admin", "ines", "/admin"], ["admin-people", "ines", "/admin/people"], ["admin-people-nothing", "ines", "/admin/people?q=zebra"], ["admin-person", "ines", () => `/admin/people/${at.maya.id}`], ["admin-person-new", "ines", "/admin/people/new"], ["admin-person-new-422", "ines", "/admin/people/new", submit("Add person")],
  ["admin-teams", "ines", "/admin/teams"], ["admin-team", "ines", () => `/admin/teams/${at.team.id}`], ["admin-organizations", "ines", "/admin/organizations"], ["admin-settings", "ines", "/admin/settings"],
  ["admin-settings-422", "ines", "/admin/settings", async (page) => { await page.locator("#accent").fill("yellowish"); await submit("Save settings")(page); }],
  ["rate-gone", null, "/rate/nothing", null, 404], ["rate-portal", "maya", () => `/requests/${at.solved.id}/rating`], ["rate-portal-422", "maya", () => `/requests/${at.solved.id}/rating`, submit("Send rating")], ["rate-staff", "dev", () => `/desk/tickets/${at.first.id}/rating`],
  ["checklist", "dev", () => `/desk/tickets/${at.first.id}/checklist`], ["time", "dev", () => `/desk/tickets/${at.first.id}/time`], ["checklists", "ines", "/desk/checklists"], ["checklists-422", "ines", "/desk/checklists", submit("Add template")], ["suggestions", "maya", "/requests/suggestions?q=evaluation%20run%20stuck"],
  ["history-narrowed", "dev", () => `/desk/tickets/${at.first.id}/history?kind=ticket.tags_changed`], ["admin-satisfaction", "ines", "/admin/satisfaction"], ["admin-satisfaction-422", "ines", "/admin/satisfaction", async (page) => { await page.locator("#delayHours").fill("soon"); await submit("Save survey")(page); }],
  ["admin-mailboxes", "ines", "/admin/mailboxes"], ["admin-mailbox-new", "ines", "/admin/mailboxes/new"], ["admin-mailbox-422", "ines", "/admin/mailboxes/new", submit("Save mailbox")], ["admin-mailbox", "ines", () => `/admin/mailboxes/${at.mailbox.id}`],
  ["admin-sending", "ines", () => `/admin/mailboxes/${at.mailbox.id}/sending`], ["admin-sending-first-use", "ines", () => `/admin/mailboxes/${at.fresh.id}/sending`], ["admin-sending-422", "ines", () => `/admin/mailboxes/${at.fresh.id}/sending`, submit("Save sending")],
  ["admin-mail-templates", "ines", "/admin/mail-templates"], ["admin-mail-template", "ines", "/admin/mail-templates/reply"], ["admin-mail-template-preview", "ines", "/admin/mail-templates/first-answer?language=de", async (page) => { await page.getByRole("button", { name: "Preview" }).click(); await shows(page.locator("#preview")); }], ["admin-mail-template-422", "ines", "/admin/mail-templates/reply", async (page) => { await page.locator("#text").fill("{{requester.phone}}"); await submit("Save text")(page); }],
  ["ticket-mails", "dev", () => `/desk/tickets/${at.mailed.id}/mail`], ["ticket-no-mails", "dev", () => `/desk/tickets/${at.solved.id}/mail`],
  ["admin-fetching", "ines", () => `/admin/mailboxes/${at.mailbox.id}/fetching`], ["admin-fetching-first-use", "ines", () => `/admin/mailboxes/${at.fresh.id}/fetching`], ["admin-fetching-422", "ines", () => `/admin/mailboxes/${at.fresh.id}/fetching`, submit("Save")],
  ["admin-outbox", "ines", "/admin/outbox"], ["admin-jobs", "ines", "/admin/jobs"],
  ["404", "maya", "/nowhere", null, 404], ["404-stranger", null, "/nowhere", null, 404], ["404-ticket", "dev", `/desk/tickets/${NOWHERE}`, null, 404], ["403", "maya", "/desk", null, 403], ["403-admin", "dev", "/admin", null, 403],
  ["api-docs", null, "/api/docs"],
  ["admin-sla", "ines", "/admin/sla"], ["admin-sla-new", "ines", "/admin/sla/new"], ["admin-sla-422", "ines", "/admin/sla/new", submit("Save policy")],
  ["admin-sla-policy", "ines", "/admin/sla", follow("Standard")], ["admin-sla-trial", "ines", "/admin/sla", async (page) => { await follow("Standard")(page); await page.getByRole("button", { name: "Try on 90 days" }).click(); await shows(page.locator("#trial-result")); }],
  ["admin-sla-earlier", "ines", "/admin/sla", async (page) => { await follow("Standard")(page); await page.getByRole("link", { name: "Look now" }).click(); await shows(page.getByRole("heading", { name: "What would change" })); }],
  ["admin-calendars", "ines", "/admin/calendars"], ["admin-calendar", "ines", "/admin/calendars", follow("Office hours")], ["admin-calendar-422", "ines", "/admin/calendars/new", submit("Save calendar")],
  ["rules", "ines", "/admin/automations"], ["rule", "ines", () => `/admin/automations/${at.rule.id}`], ["rule-new", "ines", "/admin/automations/new"], ["rule-422", "ines", "/admin/automations/new", submit("Save rule")], ["rule-json", "ines", () => `/admin/automations/${at.rule.id}?as=json`],
  ["rule-tried", "ines", () => `/admin/automations/${at.rule.id}`, async (page) => { await page.getByRole("button", { name: "Try on the last 30 days" }).click(); await shows(page.locator("#tried")); }], ["rule-dry-run", "ines", () => `/admin/automations/${at.rule.id}/dry-run`],
  ["rule-trace", "ines", () => `/admin/automations/${at.rule.id}/trace`], ["ticket-rules", "dev", () => `/desk/tickets/${at.ruled.id}/rules`], ["ticket-no-rules", "dev", () => `/desk/tickets/${at.first.id}/rules`], ["assignment", "sam", "/admin/assignment"], ["availability", "dev", "/profile/availability"],
  ["webhooks", "ines", "/admin/webhooks"], ["webhook-new", "ines", "/admin/webhooks/new"], ["webhook-422", "ines", "/admin/webhooks/new", submit("Save webhook")], ["webhook", "ines", () => `/admin/webhooks/${at.webhook}`],
  ["webhook-secret", "ines", () => `/admin/webhooks/${at.webhook}`, async (page) => { await page.getByRole("button", { name: "New secret" }).click(); await shows(page.locator("#secret")); }],
  ["deliveries", "ines", () => `/admin/webhooks/${at.webhook}/deliveries`], ["no-deliveries", "ines", () => `/admin/webhooks/${at.webhook}/deliveries?state=DELIVERED`], ["delivery", "ines", () => `/admin/webhooks/${at.webhook}/deliveries/${at.delivery}`],
  ["report", "ines", "/desk/analytics"], ["report-own", "dev", "/desk/analytics?period=90d"], ["report-nothing", "ines", "/desk/analytics?tag=zebra"], ["report-422", "ines", "/desk/analytics?from=2026-02-01&to=2026-01-01", null, 422],
  ["report-teams", "ines", "/desk/analytics", menu("Team:", "#report-teams")], ["report-days", "ines", "/desk/analytics", menu("Period:", "#report-period")], ["report-tickets", "ines", "/desk/analytics/tickets?figure=open"], ["report-no-tickets", "ines", "/desk/analytics/tickets?figure=reopened&tag=zebra"], ["403-report", "maya", "/desk/analytics", null, 403],
  ["mails", "ines", "/admin/mail"], ["mails-held", "ines", "/admin/mail?fate=HELD"], ["mails-nothing", "ines", "/admin/mail?fate=SPAM"], ["mail", "ines", () => `/desk/mail/${at.opened.id}`], ["mail-held", "ines", () => `/desk/mail/${at.held.id}`], ["ticket-mail", "dev", () => `/desk/tickets/${at.opened.ticketId}/mail`], ["ticket-by-mail", "dev", () => `/desk/tickets/${at.opened.ticketId}`],
  ["notifications", "dev", "/notifications"], ["notifications-customer", "maya", "/notifications"], ["notifications-none", "lena", "/notifications"], ["bell", "dev", "/desk", menu("Notifications", "#notices")], ["bell-customer", "maya", "/", menu("Notifications", "#notices")],
  ["profile-notifications", "dev", "/profile/notifications"], ["profile-notifications-customer", "maya", "/profile/notifications"], ["profile-notifications-422", "dev", "/profile/notifications", async (page) => { await page.locator("#quietFrom").fill("22:00"); await submit("Save notifications")(page); }],
  ["ticket-notices", "dev", () => `/desk/tickets/${at.first.id}/notices`], ["request-notices", "maya", () => `/requests/${at.first.id}/notices`], ["admin-notifications", "ines", "/admin/notifications"], ["notifications-sms", "ines", "/admin/sms"], ["notifications-sms-422", "ines", "/admin/sms", async (page) => { await page.locator("#account").fill("AC 1"); await submit("Save server")(page); }], ["notifications-phone", "dev", "/profile/notifications/phone"], ["unsubscribe-gone", null, "/unsubscribe/nothing", null, 404],
  ["help", null, "/help"], ["help-home", "maya", "/", async (page) => { await shows(page.locator("[aria-labelledby=help-topics] .cell").first()); }], ["help-topic", null, "/help/writing-prompts"], ["help-topic-404", null, "/help/nothing", null, 404], ["article", null, "/a/context-length"], ["article-short", "maya", "/a/rotate-an-api-key-without-downtime"], ["article-404", "maya", "/a/share-partials", null, 404],
  ["article-voted", "maya", "/a/context-length", async (page) => { await page.getByText("Say more").click(); await page.getByLabel("What helped").fill("The second step is missing."); await page.getByRole("button", { name: "No", exact: true }).click(); await shows(page.getByText("Thank you.")); }],
  ["knowledge", "dev", "/desk/knowledge"], ["knowledge-in-review", "dev", "/desk/knowledge?status=IN_REVIEW"], ["knowledge-nothing", "dev", "/desk/knowledge?q=zebra"], ["knowledge-403", "maya", "/desk/knowledge", null, 403], ["knowledge-new", "dev", "/desk/knowledge/new"], ["knowledge-422", "dev", "/desk/knowledge/new", submit("Save draft")],
  ["knowledge-article", "ines", () => `/desk/knowledge/${at.article.id}`], ["knowledge-review", "ines", () => `/desk/knowledge/${at.review.id}`], ["knowledge-returned", "dev", () => `/desk/knowledge/${at.returned.id}`], ["knowledge-archived", "ines", () => `/desk/knowledge/${at.archived.id}`], ["knowledge-preview", "dev", () => `/desk/knowledge/${at.article.id}`, async (page) => { await shows(page.locator("#rich > .prose")); await shows(page.locator(".looks h2 + p, .looks p").first()); }],
  ["knowledge-markdown", "dev", () => `/desk/knowledge/${at.article.id}`, async (page) => { await page.getByRole("radio", { name: "Markdown" }).check(); await shows(page.locator("#content")); }],
  ["knowledge-uses", "dev", () => `/desk/knowledge/${at.article.id}/uses`], ["gaps", "dev", "/desk/knowledge/gaps"], ["gaps-articles", "dev", "/desk/knowledge/gaps?list=articles"], ["ticket-articles", "dev", () => `/desk/tickets/${at.first.id}/articles`], ["ticket-find-article", "dev", () => `/desk/tickets/${at.first.id}/articles/find`], ["ticket-find-nothing", "dev", () => `/desk/tickets/${at.first.id}/articles/find?q=zebra`], ["ticket-to-article", "dev", () => `/desk/tickets/${at.first.id}/article`],
  ["knowledge-versions", "ines", () => `/desk/knowledge/${at.article.id}/versions`], ["knowledge-categories", "ines", "/desk/knowledge/categories"], ["knowledge-categories-422", "ines", "/desk/knowledge/categories", submit("Add category")],
  ["article-frames", null, "/a/frames"], ["article-frames-tab", null, "/a/frames", async (page) => { await page.getByRole("tab", { name: "cURL" }).click(); await shows(page.getByRole("tabpanel")); }], ["article-german", "maya", () => `/a/${at.german.slug}`],
  ["knowledge-care", "ines", () => `/desk/knowledge/${at.article.id}/care`], ["knowledge-care-translation", "ines", () => `/desk/knowledge/${at.german.id}/care`], ["knowledge-overdue", "ines", "/desk/knowledge?overdue=true"],
  ["knowledge-pictures", "dev", () => `/desk/knowledge/${at.article.id}/images`, async (page) => { await page.getByLabel("PNG, JPEG").setInputFiles({ name: "shot.png", mimeType: "image/png", buffer: PNG }); await page.getByRole("button", { name: "Add pictures" }).click(); await shows(page.locator(".pictures img")); }],
  ["knowledge-pictures-422", "dev", () => `/desk/knowledge/${at.review.id}/images`, submit("Add pictures")], ["knowledge-snippets", "ines", "/desk/knowledge/snippets"], ["knowledge-snippets-read", "dev", "/desk/knowledge/snippets"], ["knowledge-snippets-422", "ines", "/desk/knowledge/snippets", submit("Add snippet")],
  ["knowledge-snippet", "ines", () => `/desk/knowledge/snippets/${at.snippet.id}`], ["knowledge-snippet-read", "dev", () => `/desk/knowledge/snippets/${at.snippet.id}`], ["knowledge-category", "ines", () => `/desk/knowledge/categories/${at.shelf.id}`], ["knowledge-category-read", "dev", () => `/desk/knowledge/categories/${at.shelf.id}`],
  ["knowledge-exchange", "ines", "/desk/knowledge/exchange"], ["knowledge-exchange-agent", "dev", "/desk/knowledge/exchange"], ["knowledge-exchange-422", "ines", "/desk/knowledge/exchange", submit("Import")],
  ["knowledge-import", "ines", "/desk/knowledge/exchange", async (page) => { await page.locator("#file").setInputFiles({ name: "page.md", mimeType: "text/markdown", buffer: Buffer.from("# A page\n\n![Lost](lost.png)") }); await page.getByRole("button", { name: "Import" }).click(); await shows(page.getByText("It is done.")); }],
  ["desk-breaching", "dev", "/desk?view=breaching"], ["desk-by-deadline", "dev", "/desk?view=open&sort=sla"], ["ticket-service-level", "dev", () => `/desk/tickets/${at.first.id}/sla`],
];

/** E2E_PAGES: a pattern of names, to look at some of them alone. */
const WANTED = PAGES.filter(([name]) => new RegExp(process.env.E2E_PAGES ?? "").test(name));
const inLots = (all, lots) => Array.from({ length: lots }, (_, lot) => all.filter((_, index) => index % lots === lot));

/** What axe finds, in all that is to be seen; `fresh`: only in what the look before did not see. */
async function violations(page, rules, fresh = false) {
  const violations = await page.evaluate(async ([rules, fresh]) => {
    const seen = [...document.querySelectorAll("body *")].filter((element) => element.checkVisibility());
    const where = fresh ? seen.filter((element) => !globalThis.seen.has(element)) : document;
    if (!fresh) globalThis.seen = new WeakSet(seen);
    return where.length === 0 ? [] : (await globalThis.axe.run(fresh ? { include: where } : where, { ...rules, resultTypes: ["violations"] })).violations;
  }, [rules, fresh]);
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")} (${failureSummary?.split("\n").slice(1).join(" ").trim()})`));
}

/** A page of somebody, as it is between looks, with a door to the browser: its own pictures are packed quicker than Playwright's. */
async function dressed(who) {
  const page = await world.page(who);
  page.expected = /the server responded with a status of 4(0[34]|22)/;
  page.browser = await page.context().newCDPSession(page);
  await page.addInitScript(AXE);
  return page;
}

async function picture(page, name) {
  const { data } = await page.browser.send("Page.captureScreenshot", { format: "png", optimizeForSpeed: true });
  await writeFile(`${OUT}${name}.png`, data, "base64");
}

/** Looks at one page in all its clothes and answers what is wrong with it. */
async function look(pages, [name, who, path, act, status = 200]) {
  const wrong = [];
  if (!pages.has(who)) pages.set(who, await dressed(who));
  const page = pages.get(who);
  await page.setViewportSize({ width: 1440, height: 900 });
  const answer = await page.goto(typeof path === "function" ? path() : path);
  if (answer.status() !== status) wrong.push(`${name}: ${answer.status()} instead of ${status}`);
  if (act) await act(page);
  const hasBar = await page.locator(".save-bar, .bulk-bar").count() > 0;
  for (const [clothes, change, ...looks] of [
    ["light", () => {}, [RULES]],
    ["dark", () => page.emulateMedia({ colorScheme: "dark" }), [COLOURS]],
    ["390", async () => { await page.emulateMedia({ colorScheme: "light" }); await page.setViewportSize({ width: 390, height: 844 }); }, [COLOURS, true], [LAYOUT]],
  ]) {
    await change();
    if (process.env.E2E_PICTURES) await picture(page, `${name}.${clothes}`);
    // A bar that sticks to the foot covers nothing at the end of the page: what lies half under it elsewhere is not small.
    if (hasBar) await page.evaluate(() => [document.scrollingElement, document.querySelector("main"), ...document.querySelectorAll("main .scroll")].forEach((box) => box.scrollTo(0, box.scrollHeight)));
    for (const look of looks) wrong.push(...(await violations(page, ...look)).map((words) => `${name} ${clothes}: ${words}`));
  }
  for (const width of [390, 320]) {
    if (width === 320) await page.setViewportSize({ width, height: 844 });
    const over = await overflow(page);
    if (over > 0) wrong.push(`${name}: scrolls sideways by ${over} px at ${width}`);
  }
  return wrong;
}

test("every page, in light, dark and narrow", async (t) => {
  const wrong = [];
  await Promise.all(inLots(WANTED, 2).map(async (lot) => {
    const pages = new Map();
    for (const row of lot) wrong.push(...await look(pages, row).catch((error) => [`${row[0]}: ${error.message}`]));
  }));
  t.diagnostic(`${WANTED.length} pages, ${WANTED.length * 3} looks by axe`);
  assert.deepEqual(wrong, []);
});
