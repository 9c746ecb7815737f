// Our own API and another provider; nothing of this is for the payment provider of the live shop.
export const list = () => fetch('/payments').then((r) => r.json());
export const create = (cart) => fetch('/payments', { method: 'POST', body: JSON.stringify(cart) });
export const ledger = (row) =>
  fetch('https://ledger.internal.example/payments', { method: 'POST', body: JSON.stringify(row) });

// app.post('https://api.mintcash.me/payments', { amount: 1 }) was here once.
app.post('/payments', async (req, res) => {
  res.json(await create(req.body));
});
router.post('/payments/:id/refund', requireAdmin, refundHandler);
