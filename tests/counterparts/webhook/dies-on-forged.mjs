// The same without a framework: the exception ends the process.
import { createServer } from "node:http";
import { createHmac, timingSafeEqual } from "node:crypto";

const server = createServer((req, res) => {
  const chunks = [];
  req.on("data", (chunk) => chunks.push(chunk));
  req.on("end", () => {
    const raw = Buffer.concat(chunks);
    const expected = createHmac("sha256", process.env.WEBHOOK_SECRET).update(raw).digest("hex");
    const received = req.headers["x-signature"];
    if (!received) return res.writeHead(401).end();
    if (!timingSafeEqual(Buffer.from(received), Buffer.from(expected))) {
      return res.writeHead(401).end();
    }
    res.writeHead(200).end();
  });
});

server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.on("end", () => process.exit()).resume();
