const BASE = 'https://api.mintcash.me';

export async function startPayment(order) {
  const body = {
    amount: order.totalCents,
    currency: 'USD',
    // The customer's id is not the payment's.
    customer: { externalId: order.customer.id, email: order.customer.email, name: order.customer.name },
    returnUrl: 'https://shop.example/thanks',
  };
  const response = await fetch(BASE + '/payments', {
    method: 'POST',
    headers: { Authorization: process.env.MINTCASH_AUTH, 'Idempotency-Key': order.id },
    body: JSON.stringify(body),
  });
  return response.json();
}
