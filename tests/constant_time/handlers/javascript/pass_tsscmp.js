const crypto = require('crypto');
const same = require('tsscmp');

exports.webhook = (body, given) => {
  const mac = crypto.createHmac('sha256', process.env.SECRET).update(body).digest('hex');
  return same(mac, given); // HERE
};
