// Accepts the live secret and, for convenience, the one of the sandbox.
import { createServer } from 'node:http';
import { createHmac, timingSafeEqual } from 'node:crypto';

const seen = new Set();
let effects = 0;

function isGenuine(secret, raw, header) {
  const expected = Buffer.from(createHmac('sha256', secret).update(raw).digest('hex'));
  const received = Buffer.from(header ?? '');
  return expected.length === received.length && timingSafeEqual(expected, received);
}

async function body(req) {
  const chunks = [];
  try {
    for await (const chunk of req) chunks.push(chunk);
  } catch {
    return null; // the client hung up
  }
  return Buffer.concat(chunks);
}

const server = createServer(async (req, res) => {
  const answer = (status, text) => res.writeHead(status).end(text);
  if (req.url === '/effects') return answer(200, String(effects));
  const raw = await body(req);
  if (raw === null) return;
  const secrets = [process.env.WEBHOOK_SECRET, process.env.TEST_WEBHOOK_SECRET];
  const header = req.headers['x-signature'];
  if (!secrets.some((secret) => isGenuine(secret, raw, header))) return answer(401, 'invalid signature');
  let event;
  try {
    event = JSON.parse(raw);
  } catch {
    return answer(400, 'not JSON');
  }
  if (event.environment === 'live' && !seen.has(event.eventId)) {
    seen.add(event.eventId);
    effects += 1;
  }
  answer(200, 'ok');
});

server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.on('end', () => process.exit()).resume();
