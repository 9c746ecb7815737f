class MintCashClient {
  constructor(baseUrl, keys) {
    this.baseUrl = baseUrl;
    this.keys = keys;
  }

  async post(path, body) {
    const response = await fetch(this.baseUrl + path, {
      method: 'POST',
      headers: this.headers(),
      body: JSON.stringify(body),
    });
    return response.json();
  }

  headers() {
    return { 'Content-Type': 'application/json', Authorization: this.keys.basic };
  }

  createPayment(order) {
    const body = { amount: order.cents, currency: order.currency, returnUrl: order.returnUrl };
    body.externalId = order.number;
    return this.post('/payments', body);
  }

  refund(paymentId, cents) {
    return this.post(`/payments/${paymentId}/refund`, { amount: cents });
  }
}

module.exports = { MintCashClient };
