const express = require('express');
const app = express();
app.post('/webhook', express.json(), (req, res) => {
  if (req.headers['x-signature'] !== process.env.WEBHOOK_SIGNATURE) return res.sendStatus(401);
  res.sendStatus(200);
});
