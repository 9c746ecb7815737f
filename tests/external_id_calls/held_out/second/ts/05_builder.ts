function buildRefund(r: Refund) {
  const body: Record<string, unknown> = { externalId: r.key };
  if (r.amount) body.amount = r.amount;
  return body;
}
export async function refund(client: MintCash, r: Refund) {
  await client.http.post(`/payments/${r.paymentId}/refund`, buildRefund(r));
}
