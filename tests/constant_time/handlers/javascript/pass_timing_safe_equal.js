const express = require('express');
const crypto = require('crypto');
const router = express.Router();

router.post('/hooks/mintcash', express.raw({ type: 'application/json' }), (req, res) => {
  const given = Buffer.from(req.get('x-signature') || '', 'hex');
  const expected = crypto.createHmac('sha256', process.env.MINTCASH_SECRET).update(req.body).digest();
  if (given.length !== expected.length || !crypto.timingSafeEqual(given, expected)) { // HERE
    return res.sendStatus(401);
  }
  const event = JSON.parse(req.body);
  if (event.type === 'payment.succeeded') fulfil(event);
  res.sendStatus(200);
});
