import { createHmac } from 'crypto';
import { signaturesMatch } from '@acme/security';

export function checkWebhook(raw: Buffer, header: string): boolean {
  const mac = createHmac('sha256', process.env.SECRET!).update(raw).digest('hex');
  return signaturesMatch(mac, header); // HERE
}
