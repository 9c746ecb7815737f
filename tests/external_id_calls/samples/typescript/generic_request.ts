const API = 'https://api.mintcash.me';

async function call<T>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<T> {
  const res = await fetch(`${API}${path}`, {
    method,
    headers: { Authorization: basic(), 'Content-Type': 'application/json' },
    body: body ? JSON.stringify(body) : undefined,
  });
  if (!res.ok) throw new MintCashError(res.status, await res.text());
  return (await res.json()) as T;
}

export const getPayment = (id: string) => call<Payment>('GET', `/payments/${id}`);

export const createPayment = (o: Order) =>
  call<Payment>('POST', '/payments', { amount: o.cents, currency: o.currency, externalId: o.id });

export const createSubscription = (s: Plan) =>
  call<Subscription>('POST', '/subscriptions', { amount: s.cents, currency: s.currency, external_id: s.id });
