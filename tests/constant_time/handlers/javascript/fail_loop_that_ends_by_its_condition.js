const { createHmac } = require('crypto');

function compare(a, b) {
  let diff = a.length ^ b.length;
  for (let i = 0; i < a.length && diff === 0; i++) {
    diff |= a.charCodeAt(i) ^ b.charCodeAt(i); // HERE
  }
  return diff === 0;
}

exports.webhook = (body, given) => compare(createHmac('sha256', KEY).update(body).digest('hex'), given);
