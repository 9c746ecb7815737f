const { randomUUID } = require('crypto');
const BASE = process.env.MINTCASH_BASE;

async function send(path, payload, externalId) {
  const body = { ...payload, externalId };
  const res = await fetch(`${BASE}${path}`, { method: 'POST', body: JSON.stringify(body), headers });
  return res.json();
}

async function pay(order) {
  if (!order.paymentRef) {
    order.paymentRef = randomUUID();
    await order.save();
  }
  return send('/payments', { amount: order.cents, currency: 'EUR' }, order.paymentRef);
}

module.exports = { pay };
