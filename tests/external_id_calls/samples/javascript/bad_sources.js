const axios = require('axios');
const client = axios.create({ baseURL: process.env.MINTCASH_API });

async function byCustomer(user, cents) {
  await client.post('/payments', { amount: cents, currency: 'USD', externalId: user.id });
}

async function byTime(cents) {
  await client.post('/payments', { amount: cents, currency: 'USD', externalId: Date.now().toString() });
}

async function always(cents) {
  await client.post('/payments', { amount: cents, currency: 'USD', externalId: 'donation' });
}

async function fresh(cents) {
  await client.post('/payments', { amount: cents, currency: 'USD', externalId: crypto.randomUUID() });
}
