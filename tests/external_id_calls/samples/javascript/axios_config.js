const axios = require('axios').default;

async function refundPayment(paymentId, refund) {
  return axios({
    method: 'post',
    url: `https://api.mintcash.me/payments/${paymentId}/refund`,
    auth: keys,
    data: { externalId: refund.reference, amount: refund.cents },
  });
}

module.exports = refundPayment;
