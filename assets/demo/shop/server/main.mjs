import { createServer } from 'node:http';
import { checkout } from './checkout.mjs';
import { webhook } from './webhook.mjs';

const routes = { '/checkout': checkout, '/webhooks/mintcash': webhook };

createServer((req, res) => {
  const route = routes[req.url];
  if (!route) return res.writeHead(404).end();
  if (req.method !== 'POST') return res.writeHead(405).end();
  route(req, res);
}).listen(8443);
