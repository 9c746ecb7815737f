// A JSON parser runs first; the handler then reads a stream that is at its end.
import { createServer } from "node:http";
import { createHmac, timingSafeEqual } from "node:crypto";

const secret = process.env.WEBHOOK_SECRET;
const hmac = (key, message) => createHmac("sha256", key).update(message).digest("hex");
const same = (a, b) => {
  const [x, y] = [Buffer.from(a ?? ""), Buffer.from(b ?? "")];
  return x.length === y.length && timingSafeEqual(x, y);
};

async function json(req, raw) {
  req.body = JSON.parse(raw);
  req.rawBody = "";
}

function verify(req, raw) {
  json(req, raw);
  return same(req.headers["x-signature"], hmac(secret, req.rawBody));
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
