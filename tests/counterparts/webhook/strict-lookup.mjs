// Verifies well, then answers 404 because the payment is not in its database.
import { createServer } from "node:http";
import { createHmac, timingSafeEqual } from "node:crypto";

const orders = new Map();
const server = createServer(async (req, res) => {
  const chunks = [];
  try {
    for await (const chunk of req) chunks.push(chunk);
  } catch {
    return; // the client has hung up
  }
  const raw = Buffer.concat(chunks);
  const expected = createHmac("sha256", process.env.WEBHOOK_SECRET).update(raw).digest("hex");
  const received = req.headers["x-signature"] ?? "";
  const same =
    received.length === expected.length &&
    timingSafeEqual(Buffer.from(received), Buffer.from(expected));
  if (!same) return res.writeHead(401).end("bad signature");
  const event = JSON.parse(raw);
  if (!orders.has(event.data.externalId)) return res.writeHead(404).end("no such order");
  res.writeHead(200).end();
});

server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.on("end", () => process.exit()).resume();
