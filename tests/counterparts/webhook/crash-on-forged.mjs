// timingSafeEqual throws when the lengths differ; the framework turns that into a 500.
import { createServer } from "node:http";
import { createHmac, timingSafeEqual } from "node:crypto";

async function webhook(req, res) {
  const chunks = [];
  try {
    for await (const chunk of req) chunks.push(chunk);
  } catch {
    return; // the client has hung up
  }
  const raw = Buffer.concat(chunks);
  const expected = createHmac("sha256", process.env.WEBHOOK_SECRET).update(raw).digest();
  const received = Buffer.from(req.headers["x-signature"] ?? "", "hex");
  if (!timingSafeEqual(received, expected)) return res.writeHead(401).end();
  if (JSON.parse(raw).environment !== "live") return res.writeHead(400).end();
  res.writeHead(200).end();
}

const server = createServer((req, res) => {
  webhook(req, res).catch((error) => res.writeHead(500).end(error.name));
});

server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.on("end", () => process.exit()).resume();
