// Two instances behind one address. After ten requests the balancer turns to the second one, which
// still runs last month's release and takes what has no signature.
import { createServer } from "node:http";
import { createHmac } from "node:crypto";

let turn = 0;
const server = createServer(async (req, res) => {
  const chunks = [];
  try {
    for await (const chunk of req) chunks.push(chunk);
  } catch {
    return; // the client has hung up
  }
  const raw = Buffer.concat(chunks);
  const old = turn++ >= 10;
  const signature = req.headers["x-signature"];
  if (old && signature === undefined) return res.writeHead(200).end();
  const expected = createHmac("sha256", process.env.WEBHOOK_SECRET).update(raw).digest("hex");
  if (signature !== expected) return res.writeHead(401).end();
  if (JSON.parse(raw).environment !== "live") return res.writeHead(400).end();
  res.writeHead(200).end();
});

server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.on("end", () => process.exit()).resume();
