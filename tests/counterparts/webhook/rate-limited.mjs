// Sound, behind a limiter of six requests a minute, or of LIMIT.
import { createServer } from "node:http";
import { createHmac, timingSafeEqual } from "node:crypto";

const limit = Number(process.env.LIMIT ?? 6);
let count = 0;
const server = createServer(async (req, res) => {
  const chunks = [];
  try {
    for await (const chunk of req) chunks.push(chunk);
  } catch {
    return; // the client has hung up
  }
  count += 1;
  if (count > limit) return res.writeHead(429, { "retry-after": "60" }).end("Too Many Requests");
  const sent = Buffer.from(req.headers["x-signature"] ?? "");
  const hmac = createHmac("sha256", process.env.WEBHOOK_SECRET).update(Buffer.concat(chunks));
  const real = Buffer.from(hmac.digest("hex"));
  if (sent.length === real.length && timingSafeEqual(sent, real)) return res.end("ok");
  res.writeHead(401).end("bad signature");
});

server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.on("end", () => process.exit()).resume();
