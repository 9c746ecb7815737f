// Signs what JSON.parse gave, turned into a string.
import { createServer } from "node:http";
import { createHmac, timingSafeEqual } from "node:crypto";

const secret = process.env.WEBHOOK_SECRET;
const hmac = (key, message) => createHmac("sha256", key).update(message).digest("hex");
const same = (a, b) => {
  const [x, y] = [Buffer.from(a ?? ""), Buffer.from(b ?? "")];
  return x.length === y.length && timingSafeEqual(x, y);
};

function verify(req, raw) {
  const body = JSON.parse(raw);
  return same(req.headers["x-signature"], hmac(secret, String(body)));
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
