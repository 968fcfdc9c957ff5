// A mail server that takes everything and keeps it: what our server sends, a journey reads here.
import { once } from "node:events";
import { createServer } from "node:net";

/** Listens on a free port. `mails` grows: { from, to, raw }. */
export async function postOffice() {
  const mails = [];
  const server = createServer((socket) => {
    let [text, mail, inData] = ["", { to: [] }, false];
    const say = (line) => socket.write(`${line}\r\n`);
    socket.on("error", () => {});
    say("220 journey ESMTP");
    socket.on("data", (data) => {
      text += data.toString("latin1");
      for (;;) {
        const end = inData ? text.indexOf("\r\n.\r\n") : text.indexOf("\r\n");
        if (end < 0) return;
        const line = text.slice(0, end);
        text = text.slice(end + (inData ? 5 : 2));
        if (inData) {
          mails.push({ ...mail, raw: Buffer.from(line.replace(/^\.\./gm, "."), "latin1").toString("utf8") });
          [mail, inData] = [{ to: [] }, false];
          say("250 kept");
        } else if (/^(EHLO|HELO)/i.test(line)) socket.write("250-journey\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n");
        else if (/^MAIL FROM:/i.test(line)) { mail = { from: /<([^>]*)>/.exec(line)?.[1] ?? "", to: [] }; say("250 ok"); }
        else if (/^RCPT TO:/i.test(line)) { mail.to.push(/<([^>]*)>/.exec(line)?.[1] ?? ""); say("250 ok"); }
        else if (/^DATA/i.test(line)) { inData = true; say("354 go on"); }
        else if (/^QUIT/i.test(line)) { say("221 bye"); socket.end(); }
        else say("250 ok");
      }
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { mails, port: server.address().port, close: () => new Promise((done) => server.close(done)) };
}

/** A header of a raw mail, unfolded. */
export function header(raw, name) {
  const head = raw.slice(0, raw.indexOf("\r\n\r\n")).replace(/\r\n[ \t]+/g, " ");
  return head.split("\r\n").find((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`))?.slice(name.length + 1).trim();
}
