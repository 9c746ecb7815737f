// Begins a payment. Its externalId was made with the order and is stored with it, so that a retry
// sends the same one.
import { order } from './database.mjs';
import { required } from './settings.mjs';

const url = required('MINTCASH_URL');
const basic = Buffer.from(
  `${required('MINTCASH_PUBLIC_KEY')}:${required('MINTCASH_SECRET_KEY')}`,
).toString('base64');

async function createPayment(placed) {
  const request = {
    method: 'POST',
    headers: { authorization: `Basic ${basic}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      amount: placed.amountInCents,
      currency: placed.currency,
      externalId: placed.paymentExternalId,
      returnUrl: `${required('SHOP_URL')}/thanks/${placed.id}`,
      customer: {
        externalId: placed.customerId,
        email: placed.email,
        name: placed.name,
      },
    }),
  };
  for (let attempt = 1; ; attempt += 1) {
    const answer = await fetch(`${url}/payments`, request);
    if (answer.status < 500 || attempt === 3) return answer;
  }
}

export async function checkout(req, res) {
  let text = '';
  for await (const chunk of req) text += chunk;
  const placed = await order(JSON.parse(text).orderId);
  const payment = await (await createPayment(placed)).json();
  res.writeHead(303, { location: payment.redirectUrl }).end();
}
