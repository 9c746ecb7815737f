const http = require('http');
const { createHmac } = require('crypto');

http.createServer((req, res) => {
  const hmac = createHmac('sha256', process.env.SECRET);
  req.on('data', (chunk) => hmac.update(chunk));
  req.on('end', () => {
    const digest = hmac.digest('hex');
    const ok = digest == req.headers['x-signature']; // HERE
    res.writeHead(ok ? 200 : 401).end();
  });
}).listen(process.env.PORT);
