const https = require('https');

function createPayment(order, done) {
  const data = JSON.stringify({
    amount: order.cents,
    currency: order.currency,
    externalId: order.id,
    returnUrl: order.returnUrl,
  });
  const options = {
    hostname: 'api.mintcash.me',
    path: '/payments',
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(data) },
  };
  const req = https.request(options, (res) => {
    res.on('data', done);
  });
  req.write(data);
  req.end();
}

function createSubscription(plan) {
  const req = https.request({ hostname: 'api.mintcash.me', path: '/subscriptions', method: 'POST' });
  req.end(JSON.stringify({ amount: plan.cents, currency: 'USD', billingIntervalDays: 30 }));
}
