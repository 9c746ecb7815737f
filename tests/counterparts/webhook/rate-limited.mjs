// Sound, behind a limiter of six requests a minute.
import { createServer } from "node:http";

let count = 0;
const server = createServer((req, res) => {
  req.resume();
  count += 1;
  if (count > 6) return res.writeHead(429, { "retry-after": "60" }).end("Too Many Requests");
  res.writeHead(401).end("bad signature");
});

server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.on("end", () => process.exit()).resume();
