// Express-like: unknown paths get the framework's page; the handler hides behind a bare 404 until
// the signature is right, and then acts.
import { createServer } from 'node:http';
import { createHmac } from 'node:crypto';

const orders = [];

const server = createServer((req, res) => {
  const chunks = [];
  req.on('data', (chunk) => chunks.push(chunk));
  req.on('end', () => {
    if (req.url !== '/webhooks/mintcash-test') {
      return res.writeHead(404, { 'content-type': 'text/html' }).end(`<pre>Cannot POST ${req.url}</pre>`);
    }
    const raw = Buffer.concat(chunks);
    const expected = createHmac('sha256', process.env.WEBHOOK_SECRET).update(raw).digest('hex');
    if (req.headers['x-signature'] !== expected) return res.writeHead(404).end();
    orders.push(JSON.parse(raw));
    res.writeHead(200).end();
  });
});

server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.on('end', () => process.exit()).resume();
