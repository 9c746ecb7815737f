// Sound, and closes a connection whose body does not come.
import { createServer } from 'node:http';
import { createHmac, timingSafeEqual } from 'node:crypto';

const secret = process.env.WEBHOOK_SECRET;

function isGenuine(raw, header) {
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

const server = createServer({ requestTimeout: 800, connectionsCheckingInterval: 50 }, async (req, res) => {
  const answer = (status, text) => res.writeHead(status).end(text);
  const raw = await body(req);
  if (raw === null) return;
  if (!isGenuine(raw, req.headers['x-signature'])) return answer(401, 'invalid signature');
  let event;
  try {
    event = JSON.parse(raw);
  } catch {
    return answer(400, 'not JSON');
  }
  if (event.environment !== 'live') return answer(400, 'wrong environment');
  answer(200, 'ok');
});

server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.on('end', () => process.exit()).resume();
