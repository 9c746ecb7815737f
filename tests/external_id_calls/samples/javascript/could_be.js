const api = require('./http');

exports.create = (order) => api.post('/payments', { amount: order.cents, currency: 'USD' });
