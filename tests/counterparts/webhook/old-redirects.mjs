// Somebody tidied up: the old path is redirected to the live one, with method and body.
import { createServer } from 'node:http';

const server = createServer((req, res) => {
  req.resume().on('end', () => {
    if (req.url === '/webhooks/mintcash-test') {
      return res.writeHead(308, { location: '/webhooks/mintcash' }).end();
    }
    res.writeHead(401).end('invalid signature');
  });
});

server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.on('end', () => process.exit()).resume();
