const mintcash = require('./mintcash-http');

async function pay(order) {
  const body = { amount: order.cents, currency: 'USD' };
  if (order.reference) {
    body.externalId = order.reference;
  }
  return mintcash.post('/payments', body);
}

async function payOnce(order, body) {
  const payload = Object.assign({}, { amount: order.cents, currency: 'USD' }, { externalId: order.key });
  return mintcash.post('/payments', payload);
}
