const Crypto = require('crypto');
const Cryptiles = require('@hapi/cryptiles');

exports.handler = (request, h) => {
  const mac = Crypto.createHmac('sha256', process.env.MINTCASH_WEBHOOK_SECRET).update(request.payload).digest('hex');
  if (!Cryptiles.fixedTimeComparison(mac, request.headers['x-signature'])) { // HERE
    return h.response().code(401);
  }
  return h.response().code(204);
};
