// Copied from a GitHub tutorial: expects sha256=.
import { createServer } from "node:http";
import { createHmac, timingSafeEqual } from "node:crypto";

const server = createServer(async (req, res) => {
  const chunks = [];
  try {
    for await (const chunk of req) chunks.push(chunk);
  } catch {
    return; // the client has hung up
  }
  const raw = Buffer.concat(chunks);
  const hmac = createHmac("sha256", process.env.WEBHOOK_SECRET).update(raw).digest("hex");
  const expected = Buffer.from(`sha256=${hmac}`);
  const received = Buffer.from(req.headers["x-signature"] ?? "");
  const same = received.length === expected.length && timingSafeEqual(received, expected);
  if (!same) return res.writeHead(403).end("signature mismatch");
  res.writeHead(200).end("ok");
});

server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.on("end", () => process.exit()).resume();
