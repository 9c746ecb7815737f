import { createHmac as hmacOf, timingSafeEqual as safelyEqual } from 'node:crypto';

export function verify(body: string, header: string | null, secret: string): boolean {
  if (header === null || header === undefined || header === '') return false;
  const mac = hmacOf('sha256', secret).update(body, 'utf8').digest('hex');
  if (mac.length === 0 || typeof header !== 'string') return false;
  try {
    return safelyEqual(Buffer.from(mac, 'hex'), Buffer.from(header, 'hex')) === true; // HERE
  } catch {
    return false;
  }
}
