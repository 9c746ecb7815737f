// Says no to everything: the path is reserved, the handler is not deployed yet.
import { createServer } from "node:http";

const server = createServer((req, res) => {
  req.resume();
  res.writeHead(401, { "content-type": "application/json" }).end('{"error":"unauthorized"}');
});

server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.on("end", () => process.exit()).resume();
