const { v4: uuidv4 } = require('uuid');
const mintcash = require('../lib/mintcash');

queue.process('refund', async (job) => {
  const { paymentId, cents } = job.data;
  await mintcash.post(`/payments/${paymentId}/refund`, {
    externalId: uuidv4(),
    amount: cents,
  });
});
