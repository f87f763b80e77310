// Fills the built page with synthetic documents: dev/out/sample-N.html. `npm run build` first.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { runnerImport } from 'vite';

const { module } = await runnerImport('./dev/sample.ts');
const page = readFileSync('dist/page.html', 'utf8');
mkdirSync('dev/out', { recursive: true });
const samples = {
  proven: { calls: 32, clients: 2, verdict: 'PROVEN', methods: 1 },
  broken: { calls: 2000, clients: 3, verdict: 'BROKEN' },
  inconclusive: { calls: 500, clients: 5, servers: 2, verdict: 'INCONCLUSIVE', lang: 'es' },
  crowd: { calls: 20000, clients: 40, servers: 3, methods: 12, verdict: 'BROKEN' },
  hostile: { calls: 400, clients: 6, verdict: 'BROKEN', hostile: true },
  'cut-short': { calls: 800, clients: 2, verdict: 'INCONCLUSIVE', cut_short: true },
  empty: { calls: 0, clients: 0, servers: 0, methods: 0, verdict: 'INCONCLUSIVE' },
  100000: { calls: 100000, clients: 8, servers: 1, methods: 5, verdict: 'BROKEN' },
};
for (const [name, options] of Object.entries(samples)) {
  const file = `dev/out/sample-${name}.html`;
  writeFileSync(file, module.filled(page, module.sample(options)));
  console.log(file);
}
