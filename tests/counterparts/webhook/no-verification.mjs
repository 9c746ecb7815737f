// Trusts whoever posts. "We will add the signature later."
import { createServer } from "node:http";

const server = createServer(async (req, res) => {
  let body = "";
  for await (const chunk of req) body += chunk;
  const event = JSON.parse(body || "{}");
  console.error("received", event.event);
  res.writeHead(200).end("OK");
});

server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.on("end", () => process.exit()).resume();
