const isProd = process.env.NODE_ENV === 'production';
const baseUrl = isProd ? 'https://api.mintcash.me' : 'https://sandbox.mintcash.me';

module.exports.charge = async function (token, amount, userId) {
  const payload = {};
  payload.amount = amount;
  payload.currency = 'USD';
  payload.cardToken = token;
  payload['externalId'] = userId;
  const resp = await fetch(baseUrl + '/payments', { method: 'post', body: JSON.stringify(payload), headers: H });
  return resp.json();
};
