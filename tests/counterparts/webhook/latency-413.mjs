// Takes no body over 32 KB.
import { createServer } from 'node:http';
import { createHmac, timingSafeEqual } from 'node:crypto';

const secret = process.env.WEBHOOK_SECRET;

function isGenuine(raw, header) {
  const expected = Buffer.from(createHmac('sha256', secret).update(raw).digest('hex'));
  const received = Buffer.from(header ?? '');
  return expected.length === received.length && timingSafeEqual(expected, received);
}

const server = createServer(async (req, res) => {
  const answer = (status, text) => res.writeHead(status).end(text);
  const chunks = [];
  let bytes = 0;
  try {
    for await (const chunk of req) {
      bytes += chunk.length;
      if (bytes > 32 * 1024) return answer(413, 'too large');
      chunks.push(chunk);
    }
  } catch {
    return; // the client has hung up
  }
  const raw = Buffer.concat(chunks);
  if (!isGenuine(raw, req.headers['x-signature'])) return answer(401, 'invalid signature');
  answer(200, 'ok');
});

server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.on('end', () => process.exit()).resume();
