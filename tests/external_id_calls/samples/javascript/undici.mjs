import { request } from 'undici';

export async function refundAll(payment) {
  const { statusCode, body } = await request(`https://api.mintcash.me/payments/${payment.id}/refund`, {
    method: 'POST',
    headers: { authorization: process.env.MC_AUTH, 'content-type': 'application/json' },
    body: JSON.stringify({ reason: 'customer_request' }),
  });
  return statusCode === 200 ? body.json() : undefined;
}

export async function refundPart(payment, refund) {
  await request(`https://api.mintcash.me/payments/${payment.id}/refund`, {
    method: 'POST',
    body: JSON.stringify({ amount: refund.cents, externalId: `refund-${refund.id}` }),
  });
}
