const config = require('config');
const mintcash = axios.create(config.get('mintcash'));
const defaults = { currency: 'USD', returnUrl: config.get('returnUrl') };

async function charge({ orderId, amount }) {
  const res = await mintcash({ method: 'POST', url: '/payments', data: { ...defaults, amount, externalId: orderId } });
  return res.data;
}
