// A bot protection in front: programs get a page, browsers get through.
import { createServer } from "node:http";

const page = `<!DOCTYPE html><html><head><title>Attention Required! | Cloudflare</title>
<style>body{font-family:sans-serif}</style></head><body><h1>Sorry, you have been blocked</h1>
<p id="cf-error-details">You are unable to access this site. Ray ID: 8f0c1d2e3f4a5b6c</p>
<script src="/cdn-cgi/challenge-platform/scripts/jsd/main.js"></script></body></html>`;

const server = createServer((req, res) => {
  req.resume();
  const headers = { "content-type": "text/html; charset=UTF-8", server: "cloudflare" };
  if (!/Mozilla/.test(req.headers["user-agent"] ?? "")) return res.writeHead(403, headers).end(page);
  res.writeHead(200).end("ok");
});

server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.on("end", () => process.exit()).resume();
