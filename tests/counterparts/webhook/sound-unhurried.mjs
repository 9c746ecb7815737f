// Sound; stores each event before it answers, which takes ANSWER_MS, for many at once.
import { createServer } from "node:http";
import { createHmac, timingSafeEqual } from "node:crypto";

const store = () => new Promise((done) => setTimeout(done, Number(process.env.ANSWER_MS)));

const server = createServer(async (req, res) => {
  const chunks = [];
  try {
    for await (const chunk of req) chunks.push(chunk);
  } catch {
    return; // the client has hung up
  }
  const raw = Buffer.concat(chunks);
  await store();
  const sent = Buffer.from(req.headers["x-signature"] ?? "");
  const real = Buffer.from(
    createHmac("sha256", process.env.WEBHOOK_SECRET).update(raw).digest("hex"),
  );
  if (sent.length !== real.length || !timingSafeEqual(sent, real)) {
    return res.writeHead(401).end("invalid signature");
  }
  res.writeHead(200).end("ok");
});

server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.on("end", () => process.exit()).resume();
