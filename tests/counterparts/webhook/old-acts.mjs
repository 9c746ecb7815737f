// From the first days of the integration: no signature, every event becomes an order. It answers
// first and works from a queue.
import { createServer } from 'node:http';

const orders = new Map();
const queue = [];

setInterval(() => {
  const event = queue.shift();
  if (event) orders.set(event.data.externalId, event.data);
}, 20);

const server = createServer((req, res) => {
  if (req.method === 'GET') return res.writeHead(200).end(String(orders.size));
  const chunks = [];
  req.on('data', (chunk) => chunks.push(chunk));
  req.on('end', () => {
    const event = JSON.parse(Buffer.concat(chunks));
    if (event.event.startsWith('payment.')) queue.push(event);
    res.writeHead(200, { 'content-type': 'application/json' }).end('{"received":true}');
  });
});

server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.on('end', () => process.exit()).resume();
