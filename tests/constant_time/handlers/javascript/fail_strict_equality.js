const express = require('express');
const crypto = require('crypto');

const app = express();
app.post('/webhook', express.raw({ type: '*/*' }), (req, res) => {
  const expected = crypto
    .createHmac('sha256', process.env.WEBHOOK_SECRET)
    .update(req.body)
    .digest('hex');
  if (req.headers['x-signature'] !== expected) { // HERE
    return res.status(401).end();
  }
  res.sendStatus(200);
});
