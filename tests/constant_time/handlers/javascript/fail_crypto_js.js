import CryptoJS from 'crypto-js';

export const verifyWebhook = (payload, signature, secret) => {
  const computed = CryptoJS.HmacSHA256(payload, secret).toString(CryptoJS.enc.Hex);
  return Object.is(computed, signature); // HERE
};
