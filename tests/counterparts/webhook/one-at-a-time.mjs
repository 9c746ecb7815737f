// Sound, with one worker: what comes meanwhile waits in a queue.
import { createServer } from "node:http";
import { createHmac, timingSafeEqual } from "node:crypto";

let last = Promise.resolve();
const work = () => new Promise((done) => setTimeout(done, 200));

const server = createServer(async (req, res) => {
  const chunks = [];
  try {
    for await (const chunk of req) chunks.push(chunk);
  } catch {
    return; // the client has hung up
  }
  const raw = Buffer.concat(chunks);
  last = last.then(work);
  await last;
  const sent = Buffer.from(req.headers["x-signature"] ?? "");
  const real = Buffer.from(
    createHmac("sha256", process.env.WEBHOOK_SECRET).update(raw).digest("hex"),
  );
  const same = sent.length === real.length && timingSafeEqual(sent, real);
  res.writeHead(same ? 200 : 401).end();
});

server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.on("end", () => process.exit()).resume();
