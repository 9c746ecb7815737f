// Sound signature, but test events are taken like live ones.
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
  const expected = createHmac("sha256", process.env.WEBHOOK_SECRET).update(raw).digest("hex");
  const received = req.headers["x-signature"] ?? "";
  const same =
    received.length === expected.length &&
    timingSafeEqual(Buffer.from(received), Buffer.from(expected));
  res.writeHead(same ? 200 : 401).end();
});

server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.on("end", () => process.exit()).resume();
