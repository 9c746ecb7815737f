export async function pay(o: { cents: number; externalId?: string }) {
  const payload = { amount: o.cents, currency: 'USD', externalId: o.externalId ?? undefined };
  return mintcashClient.post('/payments', payload);
}
export async function payNothing(cents: number) {
  return mintcashClient.post('/payments', { amount: cents, currency: 'USD', externalId: undefined });
}
