export const createPayment = (input: Partial<Payment>) =>
  mintcash.post('/payments', { currency: 'USD', ...input });
