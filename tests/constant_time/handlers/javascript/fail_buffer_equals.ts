import { createHmac } from 'crypto';
import type { NextApiRequest, NextApiResponse } from 'next';

export default function handler(req: NextApiRequest, res: NextApiResponse): void {
  const digest: Buffer = createHmac('sha256', process.env.SECRET!).update(req.body as string).digest();
  const signature = Buffer.from(req.headers['x-signature'] as string, 'hex');
  if (digest.equals(signature)) { // HERE
    res.status(200).end();
  } else {
    res.status(401).end();
  }
}
