// In the style of Express: a JSON parser that keeps the raw body, a route, an error handler.
// Compares decoded bytes, so that upper-case hex is accepted as well.
import http from 'node:http';
import crypto from 'node:crypto';

function json({ verify }) {
  return async (req, res, next) => {
    const chunks = [];
    for await (const chunk of req) chunks.push(chunk);
    const raw = Buffer.concat(chunks);
    verify(req, res, raw);
    try {
      req.body = JSON.parse(raw);
      next();
    } catch (error) {
      next(error);
    }
  };
}

const routes = [];
const app = {
  post: (path, ...handlers) => routes.push({ path, handlers }),
  handle(req, res) {
    res.status = (code) => { res.statusCode = code; return res; };
    res.json = (value) => { res.setHeader('content-type', 'application/json'); res.end(JSON.stringify(value)); };
    const route = routes.find((r) => r.path === req.url && req.method === 'POST');
    if (!route) return res.status(404).json({ error: 'not_found' });
    const step = (i) => (error) => {
      if (error) return res.status(500).json({ error: 'internal' });
      const next = step(i + 1);
      Promise.resolve().then(() => route.handlers[i](req, res, next)).catch(next);
    };
    step(0)();
  },
};

app.post(
  '/webhooks/mintcash',
  json({ verify: (req, _res, raw) => { req.rawBody = raw; } }),
  (req, res, next) => {
    const sent = Buffer.from(String(req.headers['x-signature'] ?? ''), 'hex');
    const real = crypto.createHmac('sha256', process.env.WEBHOOK_SECRET).update(req.rawBody).digest();
    if (sent.length !== real.length || !crypto.timingSafeEqual(sent, real)) {
      return res.status(401).json({ error: 'bad_signature' });
    }
    next();
  },
  (req, res) => {
    if (req.body.environment !== 'live') return res.status(400).json({ error: 'wrong_environment' });
    res.status(200).json({ received: true });
  },
);

const server = http.createServer(app.handle);
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.on('end', () => process.exit()).resume();
