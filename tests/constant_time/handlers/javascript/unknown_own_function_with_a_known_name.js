import { createHmac } from 'crypto';
import { timingSafeEqual } from './util';

export function verifyWebhook(body, given) {
  const mac = createHmac('sha256', process.env.SECRET).update(body).digest('hex');
  return timingSafeEqual(mac, given); // HERE
}
