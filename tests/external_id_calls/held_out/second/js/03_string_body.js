const xhr = new XMLHttpRequest();
xhr.open('POST', 'https://sandbox.mintcash.me/subscriptions');
xhr.setRequestHeader('Content-Type', 'application/json');
xhr.send(JSON.stringify({ amount: 500, currency: 'USD', billingIntervalDays: 30 }));
