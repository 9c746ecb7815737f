const crypto = require('crypto');

function slowEquals(a, b) {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i]) return false; // HERE
  }
  return true;
}

module.exports = (req, res, next) => {
  const mac = crypto.createHmac('sha256', process.env.KEY).update(req.rawBody).digest('base64');
  slowEquals(mac, req.get('X-Signature')) ? next() : res.sendStatus(401);
};
