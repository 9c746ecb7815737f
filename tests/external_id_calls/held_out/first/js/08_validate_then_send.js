import { mintcashFetch } from './mintcash-fetch.js';
const schema = z.object({ amount: z.number(), currency: z.string(), externalId: z.string() });

export async function pay(input) {
  const body = schema.parse(input);
  return mintcashFetch('/payments', { method: 'POST', body: JSON.stringify(body) });
}
