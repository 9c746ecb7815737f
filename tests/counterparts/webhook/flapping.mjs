// Every fifth request meets a gateway whose backend is being restarted.
import { createServer } from "node:http";
import { createHmac } from "node:crypto";

let count = 0;
const server = createServer(async (req, res) => {
  const chunks = [];
  try {
    for await (const chunk of req) chunks.push(chunk);
  } catch {
    return; // the client has hung up
  }
  const raw = Buffer.concat(chunks);
  count += 1;
  if (count % 5 === 0) return res.writeHead(502).end("Bad Gateway");
  const expected = createHmac("sha256", process.env.WEBHOOK_SECRET).update(raw).digest("hex");
  if (req.headers["x-signature"] !== expected) return res.writeHead(401).end();
  if (JSON.parse(raw).environment !== "live") return res.writeHead(400).end();
  res.writeHead(200).end();
});

server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.on("end", () => process.exit()).resume();
