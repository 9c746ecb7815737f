class Api {
  constructor(base = process.env.MINTCASH_URL) { this.base = base; }
  async send(path, body, key) {
    return fetch(new URL(path, this.base), {
      method: 'POST',
      body: JSON.stringify(Object.assign({ externalId: key }, body)),
    });
  }
  pay(order) { return this.send('/payments', order.body, order.key); }
  refund(p, r) { return this.send(`/payments/${p}/refund`, { amount: r.cents }, r.id); }
}
