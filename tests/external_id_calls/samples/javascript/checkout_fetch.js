// Checkout of the web shop.
const MINTCASH_URL = process.env.MINTCASH_URL || 'https://api.mintcash.me';

const auth = 'Basic ' + Buffer.from(`${process.env.MINTCASH_PK}:${process.env.MINTCASH_SK}`).toString('base64');

async function startPayment(order) {
  const response = await fetch(`${MINTCASH_URL}/payments`, {
    method: 'POST',
    headers: { Authorization: auth, 'Content-Type': 'application/json' },
    body: JSON.stringify({
      amount: order.totalCents,
      currency: 'USD',
      externalId: `order-${order.id}`,
      customer: { externalId: order.customer.id, email: order.customer.email, name: order.customer.name },
      returnUrl: 'https://shop.example/thanks',
    }),
  });
  if (!response.ok) throw new Error(`MintCash said ${response.status}`);
  return response.json();
}

module.exports = { startPayment };
