const { createHmac, timingSafeEqual } = require('crypto');

const digest = (body) => Promise.resolve(createHmac('sha256', process.env.SECRET).update(body).digest());

exports.handler = async (event) => {
  const given = Buffer.from(event.headers['x-signature'] ?? '', 'hex');
  const same = await digest(event.body).then((mac) => mac.length === given.length && timingSafeEqual(mac, given)); // HERE
  return { statusCode: same ? 200 : 401 };
};
