// Ported from a Stripe handler: t=…,v1=…, signed over time and body.
import { createServer } from "node:http";
import { createHmac, timingSafeEqual } from "node:crypto";

const secret = process.env.WEBHOOK_SECRET;
const hmac = (key, message) => createHmac("sha256", key).update(message).digest("hex");
const same = (a, b) => {
  const [x, y] = [Buffer.from(a ?? ""), Buffer.from(b ?? "")];
  return x.length === y.length && timingSafeEqual(x, y);
};

function verify(req, raw) {
  const parts = new URLSearchParams((req.headers["x-signature"] ?? "").replaceAll(",", "&"));
  const t = parts.get("t");
  if (!t || Math.abs(Date.now() / 1000 - Number(t)) > 300) return false;
  return same(parts.get("v1"), hmac(secret, `${t}.${raw}`));
}

const server = createServer(async (req, res) => {
  const chunks = [];
  try {
    for await (const chunk of req) chunks.push(chunk);
  } catch {
    return; // the client has hung up
  }
  const raw = Buffer.concat(chunks);
  if (!verify(req, raw)) return res.writeHead(401).end("invalid signature");
  res.writeHead(200).end("ok");
});

server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.on("end", () => process.exit()).resume();
