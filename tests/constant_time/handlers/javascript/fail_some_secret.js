const crypto = require('crypto');
const secrets = process.env.SECRETS.split(',');

exports.webhook = (req, res) => {
  const candidates = secrets.map((secret) => crypto.createHmac('sha256', secret).update(req.rawBody).digest('hex'));
  if (!candidates.includes(req.get('x-signature'))) { // HERE
    return res.status(401).send('bad signature');
  }
  res.send('ok');
};
