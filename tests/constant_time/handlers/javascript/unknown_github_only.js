const crypto = require('crypto');
module.exports = (req, res) => {
  const mac = 'sha256=' + crypto.createHmac('sha256', process.env.GITHUB_SECRET).update(req.rawBody).digest('hex');
  if (!crypto.timingSafeEqual(Buffer.from(mac), Buffer.from(req.headers['x-hub-signature-256']))) { // HERE
    return res.sendStatus(401);
  }
  res.sendStatus(204);
};
