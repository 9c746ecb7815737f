function mintcashRefund(id, amount) {
  return fetch('https://api.mintcash.me/payments/' + encodeURIComponent(id) + '/refund', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: basicAuth() },
    body: JSON.stringify({ amount: amount, reason: 'customer_request' })
  })
    .then(function (r) { return r.json(); })
    .catch(function (e) { console.error(e); });
}
