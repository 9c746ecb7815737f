// startsWith, so that "it also works with the old truncated signatures".
import { createServer } from "node:http";
import { createHmac } from "node:crypto";

const server = createServer(async (req, res) => {
  const chunks = [];
  try {
    for await (const chunk of req) chunks.push(chunk);
  } catch {
    return; // the client has hung up
  }
  const raw = Buffer.concat(chunks);
  const expected = createHmac("sha256", process.env.WEBHOOK_SECRET).update(raw).digest("hex");
  const received = req.headers["x-signature"];
  if (!received || !expected.startsWith(received)) return res.writeHead(401).end();
  if (JSON.parse(raw).environment !== "live") return res.writeHead(400).end();
  res.writeHead(200).end();
});

server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.on("end", () => process.exit()).resume();
