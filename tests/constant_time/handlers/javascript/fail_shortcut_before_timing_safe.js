const { createHmac, timingSafeEqual } = require('crypto');

exports.verifyWebhook = (body, given) => {
  const expected = createHmac('sha256', process.env.SECRET).update(body).digest('hex');
  if (given === expected) { // HERE
    return true;
  } else {
    return timingSafeEqual(Buffer.from(given.toLowerCase()), Buffer.from(expected));
  }
};
