const request = require('superagent');

exports.pay = (order) =>
  request
    .post('https://api.mintcash.me/payments')
    .auth(process.env.PK, process.env.SK)
    .send({ amount: order.cents, currency: 'USD', externalId: order.ref });
