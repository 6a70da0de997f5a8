// What a server with MAIL_DIR would have sent.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** The text of a letter that has one part of text and one of HTML. */
function textOf(letter) {
  const boundary = /boundary="?([^"\s;]+)/i.exec(letter)?.[1];
  for (const part of letter.split(`--${boundary}`)) {
    const [head, ...body] = part.trimStart().split(/\r?\n\r?\n/);
    if (!/^content-type: text\/plain/im.test(head)) continue;
    const encoded = body.join("\n\n");
    const encoding = /^content-transfer-encoding: (\S+)/im.exec(head)?.[1].toLowerCase();
    if (encoding === "base64") return Buffer.from(encoded, "base64").toString();
    if (encoding !== "quoted-printable") return encoded;
    const bytes = encoded.replace(/=\r?\n/g, "").replace(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
    return Buffer.from(bytes, "latin1").toString();
  }
  return "";
}

/** The link to this page in a letter to this address, when it has come. */
export async function link(folder, to, page) {
  for (const until = Date.now() + 20_000; Date.now() < until; await sleep(100)) {
    for (const name of readdirSync(folder).filter((name) => name.endsWith(".eml"))) {
      const letter = readFileSync(join(folder, name), "latin1");
      if (!new RegExp(`^To: .*${to}`, "m").test(letter)) continue;
      const found = textOf(letter).match(/https?:\/\/\S+/g)?.find((url) => new URL(url).pathname.startsWith(page));
      if (found) return found;
    }
  }
  throw new Error(`no letter to ${to} with a link to ${page} came within 20 seconds`);
}
