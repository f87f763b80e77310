// Serves the built page as `testigo show` does, with a synthetic live run: npm run live [PORT] [CALLS A SECOND].
// `--flaky`: the connection is cut every ten seconds.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { runnerImport } from 'vite';

const [port = '8099', rate = '300'] = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const flaky = process.argv.includes('--flaky');
const { module: dev } = await runnerImport('./dev/sample.ts');
const shape = { clients: 3, servers: 1, methods: 3 };
const begun = Date.now();
const judged = dev.sample({ calls: 200, ...shape }).report;
let number = 200;
const totals = new Map();

function document() {
  const made = dev.sample({ calls: 200, ...shape, live: true });
  made.began = new Date(begun).toISOString();
  return JSON.stringify(made);
}

createServer((request, answer) => {
  const url = new URL(request.url ?? '/', 'http://page');
  if (url.pathname === '/data') return void answer.writeHead(200, { 'content-type': 'application/json' }).end(document());
  if (url.pathname === '/call') {
    const detail = dev.sample({ calls: 200, ...shape }).details[Number(url.searchParams.get('stream') ?? 0) % 40];
    return void answer.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ ...detail, row: undefined }));
  }
  if (url.pathname !== '/events') return void answer.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(readFileSync('dist/page.html'));
  answer.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  const send = (type, data) => answer.write(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
  let seed = 2;
  const calls = setInterval(() => {
    const count = Math.max(1, Math.round(Number(rate) / 4));
    const { columns } = dev.calls_of({ calls: count, ...shape, seed: seed++ }, true, 0, number);
    const now = (Date.now() - begun) * 1e6;
    for (let row = 0; row < count; row++) {
      columns.start_ns[row] = now - 250e6 + (row / count) * 250e6;
      const key = `${columns.client[row]}/${columns.server[row]}`;
      const pair = totals.get(key) ?? { client: columns.client[row], server: columns.server[row], calls: 0, ok: 0, failed: 0, open: 0 };
      pair.calls++;
      columns.wire_status[row] === 0 ? pair.ok++ : pair.failed++;
      totals.set(key, pair);
    }
    number += count;
    send('calls', { columns_data: dev.packed(columns, count), kept: count, seen: count * 2 });
  }, 250);
  let found = 0;
  const findings = setInterval(() => {
    const count = { errors: 0, warnings: ++found, infos: 0, checks: { RQ05: found } };
    send('findings', { found: count, findings: [{ check: 'RQ05', severity: 'warning', text: `finding ${found} of a run that goes on`, wire: { packet: 20 + found, connection: 1, stream: 2 * found + 1 }, direction: 'to-server', offset: 24 * found, clause: 'RFC 9113 8.3' }] });
  }, 2000);
  const flow = setInterval(() => send('flow', { time_ns: (Date.now() - begun) * 1e6, pairs: [...totals.values()] }), 1000);
  const report = setTimeout(() => send('report', judged), 8000);
  const cut = flaky ? setTimeout(() => request.socket.destroy(), 10_000) : undefined;
  request.on('close', () => [calls, findings, flow, report, cut].forEach(clearInterval));
}).listen(Number(port), '127.0.0.1', () => console.log(`http://127.0.0.1:${port}/`));
