// A gateway in front of a handler (UPSTREAM) that does one thing to each request (CHANGE).
import { createServer, request } from "node:http";

const changes = {
  "adds-line-end": (body) => Buffer.concat([body, Buffer.from("\n")]),
  "adds-member": (body) => JSON.stringify({ ...JSON.parse(body), receivedBy: "gateway-3" }),
  "indents-by-two": (body) => JSON.stringify(JSON.parse(body), null, 2),
  "indents-by-four": (body) => JSON.stringify(JSON.parse(body), null, 4),
  "writes-again": (body) => JSON.stringify(JSON.parse(body)),
  trims: (body) => body.toString().trim(),
  "unix-line-ends": (body) => body.toString().replaceAll("\r\n", "\n"),
  unescapes: (body) =>
    body.toString().replace(/\\u([0-9a-f]{4})/g, (_, unit) => String.fromCharCode(parseInt(unit, 16))),
  "cuts-decimals": (body) => body.toString().replace(/\.0+(?=[,}])/g, ""),
  "drops-header": (body, headers) => {
    delete headers["x-signature"];
    return body;
  },
  "renames-header": (body, headers) => {
    headers["x-upstream-signature"] = headers["x-signature"] ?? "";
    delete headers["x-signature"];
    return body;
  },
  nothing: (body) => body,
};
const change = changes[process.env.CHANGE];
const [host, port] = process.env.UPSTREAM.split(":");

const server = createServer(async (req, res) => {
  const chunks = [];
  for await (const chunk of req) chunks.push(chunk);
  const headers = { ...req.headers };
  let body = Buffer.concat(chunks);
  try {
    body = Buffer.from(change(body, headers));
  } catch {
    // What is not JSON is passed on as it is.
  }
  headers["content-length"] = body.length;
  const up = request({ host, port, path: req.url, method: req.method, headers }, (answer) => {
    res.writeHead(answer.statusCode, answer.headers);
    answer.pipe(res);
  });
  up.on("error", () => res.writeHead(502).end());
  up.end(body);
});

server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.on("end", () => process.exit()).resume();
