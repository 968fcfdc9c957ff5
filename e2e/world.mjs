// What a journey stands on: its own server on a copy of the seed, a browser, people, and words for what is seen.
import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { serve, support } from "./server.mjs";

const SEED = process.env.E2E_SEED;
const ARGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
/** Long, for a machine with other work: what is never there fails all the same. */
const PATIENCE_MS = 30_000;
/** A picture of 16 x 16 points. */
export const PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAIAAACQkWg2AAAAFElEQVR4nGNIIxEwjGoY1TB8NQAArnwyEDysT5QAAAAASUVORK5CYII=", "base64");
export const OUT = new URL("./out/", import.meta.url).pathname;

/** Opens a world. `undo`: seconds in which a reply can be taken back; `port`: where another program finds the browser. */
export async function open({ undo = 0, port } = {}) {
  const folder = await mkdtemp(join(tmpdir(), "support-e2e-"));
  const data = join(folder, "data");
  await cp(join(SEED, "data"), data, { recursive: true });
  const people = JSON.parse(await readFile(join(SEED, "people.json"), "utf8"));
  // receivers of webhooks are on this machine
  await writeFile(join(data, "support.toml"), '[outgoing]\nprivate = ["127.0.0.1"]\nhttp = true\n');
  const server = await serve(data);
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: port ? [...ARGS, `--remote-debugging-port=${port}`] : ARGS });
  const world = new World(folder, data, people, server, browser);
  await world.settings({ undoSendSeconds: undo });
  return world;
}

class World {
  /** Console errors and broken pages nobody expected. */
  wrong = [];

  constructor(folder, data, people, server, browser) {
    Object.assign(this, { folder, data, people, server, browser, base: server.base });
  }

  /** Ends everything; a console error that nobody expected fails the journey. */
  async close() {
    await this.browser.close();
    await this.server.stop();
    await rm(this.folder, { recursive: true });
    assert.deepEqual(this.wrong, [], "the browser's console is clean");
    assert.equal(this.server.log(), "", "the server has nothing to complain of");
  }

  /** A page of somebody, signed in by the seed's session; `who` null is a stranger. */
  async page(who, { script = true, width = 1440, height = 900, scheme = "light", touch = false } = {}) {
    const context = await this.browser.newContext({
      baseURL: this.base, javaScriptEnabled: script, viewport: { width, height }, colorScheme: scheme, hasTouch: touch, reducedMotion: "reduce", locale: "en-GB", timezoneId: "Europe/Berlin",
    });
    context.setDefaultTimeout(PATIENCE_MS);
    if (who) await context.addCookies(this.people[who].cookies.map((cookie) => ({ ...cookie, url: this.base })));
    const page = settling(await context.newPage());
    page.on("filechooser", () => {}); // Playwright catches the chooser only while somebody listens.
    page.on("console", (message) => { if (message.type() === "error" && !page.expected?.test(message.text())) this.wrong.push(`${page.url()}: ${message.text()}`); });
    page.on("pageerror", (error) => { if (!page.expected?.test(String(error))) this.wrong.push(`${page.url()}: ${error}`); });
    return page;
  }

  /** One call of the API as somebody; the path within `/api/support`, or the whole. */
  async api(who, method, path, body) {
    const headers = { Authorization: `Bearer ${this.people[who].token}`, ...(body && { "Content-Type": "application/json" }) };
    const answer = await fetch(`${this.base}${path.startsWith("/api/") ? "" : "/api/support"}${path}`, { method, headers, body: body && JSON.stringify(body) });
    const text = await answer.text();
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
    return text === "" ? null : JSON.parse(text);
  }

  /** A new ticket of somebody. */
  ticket(who, title, { description = "It worked yesterday.", category = "BUG", priority = "MEDIUM", ...more } = {}) {
    return this.api(who, "POST", "/tickets", { title, description, category, priority, ...more });
  }

  /** Hands over a mail, lines of its header and its text; answers what became of it. */
  async mail(headers, text) {
    const head = { Authorization: `Bearer ${this.people.ines.token}`, "Content-Type": "message/rfc822" };
    const answer = await fetch(`${this.base}/api/mail/inbound`, { method: "POST", headers: head, body: `${headers.join("\r\n")}\r\n\r\n${text}` });
    assert.equal(answer.status, 201);
    return answer.json();
  }

  /** A message in a ticket. */
  say(who, ticket, content, internal = false) {
    return this.api(who, "POST", `/tickets/${ticket.id}/messages`, { content, ...(internal && { internal }) });
  }

  /** Changes some settings, as the admin's form does. */
  async settings(changes) {
    const page = await this.page("ines", { script: false });
    await page.goto("/admin/settings");
    for (const [name, value] of Object.entries(changes)) await page.locator(`[name=${name}]`).fill(String(value));
    await page.getByRole("button", { name: "Save settings" }).click();
    await page.getByRole("status").filter({ hasText: /\w/ }).first().waitFor();
    await page.context().close();
  }

  /** The mails that wait, newest first. */
  async outbox(to) {
    return JSON.parse(await support(["doctor", "--outbox", "--json", "--data", this.data])).filter((mail) => mail.to === to);
  }
}

/** Waits until nothing is under way: Turbo changes the address before it draws, and draws a frame after its answer. */
export async function settled(page) {
  await page.locator("html[aria-busy=true], turbo-frame[aria-busy=true], form[aria-busy=true]").first().waitFor({ state: "detached" });
}

/** The address alone says nothing: whoever waits for it waits until the page that belongs to it is drawn. */
function settling(page) {
  for (const name of ["waitForURL", "goBack", "goForward"]) {
    const move = page[name].bind(page);
    page[name] = async (...how) => { const answer = await move(...how); await settled(page); return answer; };
  }
  return page;
}

/** Waits until it is there and drawn, and nothing is under way that would draw it anew. */
export async function shows(locator) {
  await locator.first().waitFor();
  await settled(locator.page());
}

/** Waits until it is gone. */
export async function gone(locator) {
  await locator.first().waitFor({ state: "hidden" });
  await settled(locator.page());
}

/** Waits until the question is answered with yes in the page, and nothing is under way. A promise would count as a yes: none is taken. */
export async function holds(page, question, argument) {
  assert.notEqual(question.constructor.name, "AsyncFunction", "Playwright does not await it");
  await page.waitForFunction(question, argument, { polling: "raf" });
  await settled(page);
}

/** Asks again until the answer is yes: for what comes to be behind the pages. */
export async function comes(question) {
  for (const end = Date.now() + 30_000; !(await question());) {
    assert.ok(Date.now() < end, "it did not come in 30 s");
    await new Promise((done) => setTimeout(done, 50));
  }
}

/** Waits until the focus is on what fits the selector. */
export function focusOn(page, selector) {
  return holds(page, (selector) => document.activeElement?.matches(selector) ?? false, selector);
}

/** Moves by Tab until the focus is on what fits the selector, as somebody without a mouse does. */
export async function tabTo(page, selector, key = "Tab") {
  for (let step = 0; step < 120; step += 1) {
    if (await page.evaluate((selector) => document.activeElement?.matches(selector) ?? false, selector)) return;
    await page.keyboard.press(key);
  }
  assert.fail(`${key} never came to ${selector} on ${page.url()}`);
}

/** Promises the moment (of this machine's clock) at which the words appear in the page. */
export async function watch(page, words) {
  await page.evaluate((words) => {
    globalThis.seenAt = new Promise((resolve) => {
      const look = () => { if (document.body.innerText.includes(words)) { observer.disconnect(); resolve(performance.timeOrigin + performance.now()); } };
      const observer = new MutationObserver(look);
      observer.observe(document, { subtree: true, childList: true, characterData: true });
      look();
    });
  }, words);
  return () => page.evaluate(() => globalThis.seenAt);
}

/** The moment now, on the clock that `watch` uses. */
export const now = () => performance.timeOrigin + performance.now();

/** Whether nothing of the page has to be scrolled sideways. */
export function overflow(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}
