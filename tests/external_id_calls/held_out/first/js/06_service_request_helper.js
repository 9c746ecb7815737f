const got = require('got');

const request = (method, path, json) =>
  got(`https://api.mintcash.me/${path}`, { method, json, responseType: 'json', username, password });

exports.getPayment = (id) => request('GET', `payments/${id}`);
exports.pay = (order) => request('POST', 'payments', { amount: order.amount, currency: 'EUR', externalId: order.key });
exports.refund = (id) => request('POST', `payments/${id}/refund`, { reason: 'item_returned' });
