// Parses first, then signs JSON.stringify(body).
import { createServer } from "node:http";
import { createHmac } from "node:crypto";

async function parsed(req) {
  let text = "";
  for await (const chunk of req) text += chunk;
  return JSON.parse(text);
}

const server = createServer(async (req, res) => {
  const body = await parsed(req);
  const expected = createHmac("sha256", process.env.WEBHOOK_SECRET)
    .update(JSON.stringify(body))
    .digest("hex");
  if (req.headers["x-signature"] !== expected) return res.writeHead(401).end("invalid signature");
  if (body.environment !== "live") return res.writeHead(400).end("wrong environment");
  res.writeHead(200).end("ok");
});

server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.on("end", () => process.exit()).resume();
