// Plain http: raw body, timingSafeEqual, environment, dedupe, then 200.
import { createServer } from 'node:http';
import { createHmac, timingSafeEqual } from 'node:crypto';

const secret = process.env.WEBHOOK_SECRET;
const seen = new Set();
const queue = [];

function isGenuine(raw, header) {
  if (typeof header !== 'string') return false;
  const expected = Buffer.from(createHmac('sha256', secret).update(raw).digest('hex'));
  const received = Buffer.from(header);
  return expected.length === received.length && timingSafeEqual(expected, received);
}

const server = createServer((req, res) => {
  const answer = (status, text) => res.writeHead(status, { 'content-type': 'text/plain' }).end(text);
  if (req.url !== '/webhooks/mintcash') return answer(404, 'not found');
  if (req.method !== 'POST') return answer(405, 'POST only');
  const chunks = [];
  req.on('data', (chunk) => chunks.push(chunk));
  req.on('end', () => {
    const raw = Buffer.concat(chunks);
    if (!isGenuine(raw, req.headers['x-signature'])) return answer(401, 'invalid signature');
    const event = JSON.parse(raw.toString('utf8'));
    if (event.environment !== 'live') return answer(400, 'wrong environment');
    if (!seen.has(event.eventId)) {
      seen.add(event.eventId);
      queue.push(event);
    }
    answer(200, 'ok');
  });
});

server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.on('end', () => process.exit()).resume();
