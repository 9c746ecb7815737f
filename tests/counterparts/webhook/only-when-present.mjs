// Verifies the signature when there is one.
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
  const signature = req.headers["x-signature"];
  if (signature) {
    const expected = createHmac("sha256", process.env.WEBHOOK_SECRET).update(raw).digest("hex");
    const same =
      signature.length === expected.length &&
      timingSafeEqual(Buffer.from(signature), Buffer.from(expected));
    if (!same) return res.writeHead(401).end("bad signature");
  }
  const event = JSON.parse(raw);
  if (event.environment !== "live") return res.writeHead(400).end();
  res.writeHead(200).end();
});

server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.on("end", () => process.exit()).resume();
