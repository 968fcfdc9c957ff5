// A real Firefox of its own, driven by WebDriver BiDi (https://w3c.github.io/webdriver-bidi), and its push service, which is ours:
// Firefox lets itself be told where that is. Playwright drives no Firefox as it comes from Debian.
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WebSocket, WebSocketServer } from "ws";

/** A push service: what browsers say to it by a socket, and what servers post to it (RFC 8030). */
export class PushService {
  /** What was posted: headers and the encrypted body. */
  posted = [];
  /** What browsers said of messages: 100 is taken, others are errors. */
  codes = [];
  #channels = new Map();

  static async start() {
    const service = new PushService();
    service.http = createServer(async (request, answer) => {
      const body = Buffer.concat(await request.toArray());
      service.posted.push({ headers: request.headers, body });
      const { socket, channelID } = service.#channels.get(request.url);
      socket.send(JSON.stringify({ messageType: "notification", channelID, version: randomUUID(), data: body.toString("base64url"), headers: { encoding: request.headers["content-encoding"] } }));
      answer.writeHead(201).end();
    });
    service.sockets = new WebSocketServer({ server: service.http });
    service.sockets.on("connection", (socket) => socket.on("message", (text) => service.#hear(socket, JSON.parse(text))));
    await once(service.http.listen(0, "127.0.0.1"), "listening");
    service.address = `127.0.0.1:${service.http.address().port}`;
    return service;
  }

  #hear(socket, { messageType, channelID, updates, code }) {
    const say = (words) => socket.send(JSON.stringify({ messageType, status: 200, ...words }));
    if (messageType === "hello") say({ uaid: randomUUID().replaceAll("-", ""), use_webpush: true });
    if (messageType === "unregister") say({ channelID });
    if (messageType === "register") {
      const path = `/${randomUUID()}`;
      this.#channels.set(path, { socket, channelID });
      say({ channelID, pushEndpoint: `http://${this.address}${path}` });
    }
    if (messageType === "ack") this.codes.push(...updates.map((update) => update.code));
    if (messageType === "nack") this.codes.push(code);
  }

  stop() {
    for (const socket of this.sockets.clients) socket.terminate();
    this.http.close();
  }
}

/** A browser with one tab. */
export class Firefox {
  #asked = new Map();
  #count = 0;

  /** Starts it with a profile of its own; `push` is its push service. */
  static async start(push) {
    const firefox = new Firefox();
    firefox.profile = await mkdtemp(join(tmpdir(), "support-firefox-"));
    const prefs = {
      "dom.push.serverURL": `ws://${push.address}/`, "dom.push.testing.allowInsecureServerURL": true, "dom.push.alwaysConnect": true, "dom.push.connection.enabled": true,
      // a yes to the question whether to notify, and notifications drawn by Firefox: no desktop is here to draw them
      "permissions.default.desktop-notification": 1, "alerts.useSystemBackend": false,
      "browser.shell.checkDefaultBrowser": false, "datareporting.policy.dataSubmissionEnabled": false, "app.normandy.enabled": false, "network.captive-portal-service.enabled": false, "network.connectivity-service.enabled": false,
    };
    await writeFile(join(firefox.profile, "user.js"), Object.entries(prefs).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`).join(""));
    const args = ["--headless", "--no-remote", "--profile", firefox.profile, "--remote-debugging-port", "0"];
    firefox.child = spawn(process.env.FIREFOX ?? "firefox-esr", args, { stdio: ["ignore", "ignore", "pipe"], env: { ...process.env, HOME: firefox.profile } });
    firefox.ended = once(firefox.child, "close");
    const address = await new Promise((found, missed) => {
      let log = "";
      firefox.child.on("error", missed);
      firefox.child.stderr.on("data", (data) => { log += data; const said = /WebDriver BiDi listening on (ws:\S+)/.exec(log); if (said) found(said[1]); });
      firefox.child.on("close", () => missed(new Error(`Firefox ended: ${log}`)));
    });
    firefox.socket = new WebSocket(`${address}/session`);
    firefox.socket.on("message", (text) => firefox.#hear(JSON.parse(text)));
    await once(firefox.socket, "open");
    await firefox.ask("session.new", { capabilities: {} });
    const { contexts } = await firefox.ask("browsingContext.getTree", {});
    firefox.tab = contexts[0].context;
    return firefox;
  }

  #hear({ id, type, result, message }) {
    const { resolve, reject } = this.#asked.get(id) ?? {};
    this.#asked.delete(id);
    if (type === "success") resolve?.(result); else reject?.(new Error(message));
  }

  /** One command of the protocol. */
  ask(method, params) {
    const id = ++this.#count;
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve, reject });
      this.socket.send(JSON.stringify({ id, method, params }));
    });
  }

  /** Signs somebody in by the cookies of their session. */
  async is(cookies, host) {
    for (const { name, value } of cookies) await this.ask("storage.setCookie", { cookie: { name, value: { type: "string", value }, domain: host, path: "/", httpOnly: true } });
  }

  async goto(url) {
    await this.ask("browsingContext.navigate", { context: this.tab, url, wait: "complete" });
  }

  /** What a function in the page answers, as if somebody had just clicked. It must be JSON. */
  async run(question, ...args) {
    const expression = `(async () => JSON.stringify(await (${question})(...${JSON.stringify(args)})) ?? "null")()`;
    const { type, result, exceptionDetails } = await this.ask("script.evaluate", { expression, target: { context: this.tab }, awaitPromise: true, userActivation: true });
    if (type !== "success") throw new Error(exceptionDetails.text);
    return JSON.parse(result.value);
  }

  async stop() {
    this.socket.terminate();
    this.child.kill();
    await this.ended;
    await rm(this.profile, { recursive: true, force: true });
  }
}
