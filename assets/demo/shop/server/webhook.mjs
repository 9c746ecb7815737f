// Takes the events of MintCash: verify, parse, check the environment, store once, answer.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { storeOnce } from './database.mjs';
import { queue } from './queue.mjs';
import { required } from './settings.mjs';

const secret = required('MINTCASH_WEBHOOK_SECRET');

function isGenuine(raw, header) {
  const expected = Buffer.from(createHmac('sha256', secret).update(raw).digest('hex'));
  const received = Buffer.from(header ?? '');
  return expected.length === received.length && timingSafeEqual(expected, received);
}

async function body(req) {
  const chunks = [];
  for await (const chunk of req) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export async function webhook(req, res) {
  const raw = await body(req);
  if (!isGenuine(raw, req.headers['x-signature'])) return res.writeHead(401).end();
  let event;
  try {
    event = JSON.parse(raw);
  } catch {
    return res.writeHead(400).end();
  }
  if (event.environment !== 'live') return res.writeHead(400).end();
  // A unique index on eventId decides, whoever comes first.
  const isNew = await storeOnce(event.eventId, raw);
  if (isNew) queue.push(event);
  res.writeHead(200).end();
}
