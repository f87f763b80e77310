// `npm run dev` shows a synthetic document: /page.html?calls=1000&verdict=PROVEN&clients=3&hostile=1
import type { Plugin } from 'vite';
import { filled, sample } from '../dev/sample';

export function sampled(): Plugin {
  return {
    name: 'testigo-sampled',
    apply: 'serve',
    transformIndexHtml(html, context) {
      const query = new URL(context.originalUrl ?? '/', 'http://page').searchParams;
      const number = (name: string, otherwise: number): number => Number(query.get(name) ?? otherwise);
      const verdict = query.get('verdict');
      return filled(html, sample({
        calls: number('calls', 2000), clients: number('clients', 3), servers: number('servers', 1), methods: number('methods', 3), seed: number('seed', 1),
        verdict: verdict === 'PROVEN' || verdict === 'INCONCLUSIVE' ? verdict : 'BROKEN', hostile: query.has('hostile'), lang: query.get('lang') === 'es' ? 'es' : 'en',
      }));
    },
  };
}
