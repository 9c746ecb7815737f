// Asks for a signature and forgets to verify it.
import { createServer } from "node:http";

const server = createServer(async (req, res) => {
  try {
    for await (const _ of req);
  } catch {
    return; // the client has hung up
  }
  if (!req.headers["x-signature"]) return res.writeHead(401).end("missing signature");
  res.writeHead(200).end("ok");
});

server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.on("end", () => process.exit()).resume();
