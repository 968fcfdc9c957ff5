// A mail server of a journey (RFC 5321): takes every mail and keeps it.
import { createServer } from "node:net";

/** Starts one on a free port; `mails` are what it took: from, to, raw. */
export async function smtp() {
  const mails = [];
  const server = createServer((line) => {
    let rest = "", mail = null;
    const say = (words) => line.write(`${words}\r\n`);
    line.setEncoding("latin1");
    line.on("error", () => {});
    say("220 sink.test ESMTP");
    line.on("data", (bytes) => {
      rest += bytes;
      while (rest.includes("\r\n")) {
        if (mail?.body) {
          const end = rest.indexOf("\r\n.\r\n");
          if (end < 0) return;
          mails.push({ from: mail.from, to: mail.to, raw: rest.slice(0, end) });
          [rest, mail] = [rest.slice(end + 5), null];
          say("250 queued");
          continue;
        }
        const [command] = rest.split("\r\n", 1);
        rest = rest.slice(command.length + 2);
        const address = command.match(/<([^>]*)>/)?.[1];
        if (/^EHLO/i.test(command)) say("250 sink.test");
        else if (/^MAIL/i.test(command)) { mail = { from: address, to: [] }; say("250 ok"); }
        else if (/^RCPT/i.test(command)) { mail.to.push(address); say("250 ok"); }
        else if (/^DATA/i.test(command)) { mail.body = true; say("354 go on"); }
        else if (/^QUIT/i.test(command)) { say("221 bye"); line.end(); }
        else say("250 ok");
      }
    });
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return { mails, port: server.address().port, close: () => new Promise((done) => { server.close(done); }) };
}

/** A header of a raw mail, unfolded. */
export function header(raw, name) {
  const head = raw.split("\r\n\r\n", 1)[0].replaceAll(/\r\n[ \t]+/g, " ");
  return head.match(new RegExp(`^${name}: (.*)$`, "im"))?.[1] ?? "";
}

/** The text of a raw mail, its soft line breaks taken out (RFC 2045). */
export function text(raw) {
  return raw.replaceAll("=\r\n", "").replaceAll("=3D", "=");
}
