import { createHmac } from 'crypto';

function constantTime(a, b) {
  if (a.length !== b.length) return false;
  let result = 0;
  for (let i = 0; i < a.length; i++) {
    result |= a.charCodeAt(i) ^ b.charCodeAt(i); // HERE
  }
  return result === 0;
}

export function onWebhook(req) {
  const mac = createHmac('sha256', process.env.SECRET).update(req.rawBody).digest('hex');
  return constantTime(req.headers['x-signature'], mac);
}
