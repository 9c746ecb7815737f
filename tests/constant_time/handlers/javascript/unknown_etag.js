const crypto = require('crypto');
module.exports = (req, res) => {
  const etag = crypto.createHash('sha256').update(page).digest('hex');
  if (req.headers['if-none-match'] === etag) return res.status(304).end();
  res.setHeader('etag', etag).send(page);
};
