const crypto = require('crypto');
const { secureCompare } = require('../lib/strings');

module.exports = function webhook(req, res, next) {
  const mac = crypto.createHmac('sha256', process.env.SECRET).update(req.rawBody).digest('hex');
  if (!secureCompare(mac, req.get('x-signature'))) return res.sendStatus(401); // HERE
  next();
};
