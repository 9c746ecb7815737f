import ky from 'ky';

const mint = ky.create({ prefixUrl: 'https://api.mintcash.me', retry: 0 });

export type Intent = { key: string; cents: number };

export const subscribe = (intent: Intent) =>
  mint.post('subscriptions', {
    json: { amount: intent.cents, currency: 'EUR', externalId: intent.key, billingIntervalDays: 30 },
  }).json<Subscription>();

export const pay = (body: Record<string, unknown>) => mint.post('payments', { json: body }).json();
