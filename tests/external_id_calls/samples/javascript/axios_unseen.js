const axios = require('axios');

// Callers in other files give the body.
exports.createPayment = async function createPayment(body) {
  const response = await axios.post('https://api.mintcash.me/payments', body, { auth: require('./keys') });
  return response.data;
};
