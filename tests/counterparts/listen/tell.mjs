// Plain http; says what came, with headers as they were written.
import { createServer } from 'node:http';
import { createHash } from 'node:crypto';

let count = 0;
const every = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

const server = createServer((req, res) => {
  const chunks = [];
  req.on('data', (chunk) => chunks.push(chunk));
  req.on('end', () => {
    const path = req.url.split('?')[0];
    if (path === '/count') return res.end(String(count));
    if (path === '/hang') return undefined;
    count += 1;
    const raw = Buffer.concat(chunks);
    const came = {
      line: `${req.method} ${req.url} HTTP/${req.httpVersion}`,
      headers: req.rawHeaders,
      length: raw.length,
      sha256: createHash('sha256').update(raw).digest('hex'),
    };
    if (path === '/odd') {
      res.writeHead(299, 'Quite Fine', [
        ['X-Odd-Case', 'A'], ['Set-Cookie', 'a=1'], ['Set-Cookie', 'b=2'],
        ['Content-Encoding', 'x-odd'], ['ETag', '"é"'], ['Content-Length', '256'],
      ].flat());
      return res.end(every);
    }
    if (path === '/moved') return res.writeHead(308, { location: 'http://127.0.0.1:1/x' }).end();
    const wanted = /^\/status\/(\d+)$/.exec(path);
    res.writeHead(wanted ? Number(wanted[1]) : 200, { 'content-type': 'application/json' });
    res.end(JSON.stringify(came));
  });
});

server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.on('end', () => process.exit()).resume();
