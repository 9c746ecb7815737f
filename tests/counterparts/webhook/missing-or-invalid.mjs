// Sound, and says whether the signature is missing or wrong.
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
  const sent = Buffer.from(req.headers["x-signature"] ?? "");
  if (sent.length === 0) return res.writeHead(401).end('{"error":"missing signature"}');
  const real = Buffer.from(
    createHmac("sha256", process.env.WEBHOOK_SECRET).update(raw).digest("hex"),
  );
  if (sent.length !== real.length || !timingSafeEqual(sent, real)) {
    return res.writeHead(401).end('{"error":"invalid signature"}');
  }
  res.writeHead(200).end("{}");
});

server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.on("end", () => process.exit()).resume();
