// The real program: its commands, and a server on a free port.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { createInterface } from "node:readline";

const BIN = process.env.SUPPORT_BIN ?? fail("SUPPORT_BIN names no program. Start the journeys with e2e/run.");

function fail(words) {
  throw new Error(words);
}

/** Runs one command to its end and answers what it printed. */
export async function support(args, input = "") {
  const child = spawn(BIN, args, { stdio: [input === "" ? "ignore" : "pipe", "pipe", "pipe"] });
  let [out, err] = ["", ""];
  child.stdout.on("data", (data) => { out += data; });
  child.stderr.on("data", (data) => { err += data; });
  child.stdin?.end(input);
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`support ${args.join(" ")} ended with ${code}: ${err}`);
  return out.trim();
}

/** A port of this machine that nobody listens on. */
export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** Serves a data folder. `stop` ends it and waits until it has ended. */
export async function serve(data) {
  const listen = `127.0.0.1:${await freePort()}`;
  const child = spawn(BIN, ["serve", "--data", data, "--listen", listen], { stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  child.stderr.on("data", (data) => { log += data; });
  const ended = once(child, "close");
  await Promise.race([
    (async () => { for await (const line of createInterface(child.stdout)) if (line.startsWith("Listening")) return; })(),
    ended.then(([code]) => fail(`the server ended with ${code}: ${log}`)),
  ]);
  child.stdout.resume();
  return {
    base: `http://${listen}`,
    log: () => log,
    async stop() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}
