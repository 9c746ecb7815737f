const axios = require('axios');

const mintcash = axios.create({
  baseURL: 'https://api.mintcash.me',
  auth: { username: process.env.MC_PUBLIC, password: process.env.MC_SECRET },
});

exports.subscribe = (account, plan) =>
  mintcash.post('/subscriptions', {
    amount: plan.cents,
    currency: plan.currency,
    billingIntervalDays: 30,
    externalId: account.subscriptionRef,
    returnUrl: plan.returnUrl,
  });

exports.refund = async (payment, cents) => {
  const { data } = await mintcash.post(`/payments/${payment.id}/refund`, {
    amount: cents,
    reason: 'customer_request',
  });
  return data;
};

exports.show = (id) => mintcash.get(`/payments/${id}`);
