const API = 'https://api.mintcash.me';
exports.createPayment = async (params) => {
  const body = { externalId: crypto.randomUUID(), ...params };
  return (await fetch(`${API}/payments`, { method: 'POST', body: JSON.stringify(body) })).json();
};
