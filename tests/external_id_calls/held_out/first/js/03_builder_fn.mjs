const toBody = ({ id, cents, currency }, extra = {}) => ({
  amount: cents,
  currency,
  ...extra,
  externalId: `sub_${id}`,
});

export class Subscriptions {
  #api;
  constructor(api) { this.#api = api; }
  async start(plan) {
    const url = new URL('/subscriptions', 'https://api.mintcash.me');
    const res = await fetch(url, { method: 'POST', headers: this.#api.headers, body: JSON.stringify(toBody(plan, { billingIntervalDays: 30 })) });
    return res.json();
  }
}
