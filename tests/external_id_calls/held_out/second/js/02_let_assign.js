module.exports = async (event) => {
  let body;
  if (event.kind === 'full') {
    body = { externalId: event.key };
  } else {
    body = { externalId: event.key, amount: event.cents };
  }
  await fetch(`https://api.mintcash.me/payments/${event.payment}/refund`, { method: 'POST', body: JSON.stringify(body) });
};
