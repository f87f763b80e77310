import { describe, expect, it } from 'vitest';
import { kWords } from '../src/words';

describe.each(['en', 'es'] as const)('one of something, in %s', (lang) => {
  const w = kWords[lang];
  const of = (one: boolean, n: string): Record<string, string> => ({
    calls: w.calls(n, one), judged: w.judged(n, one), seen: w.seen(n, one), shown_of: w.shown_of(n, n, one), not_sampled: w.not_sampled(n, one), live_sampled: w.live_sampled(n, n, one),
    hop: w.hop(n, one, '7', '7'), dots: w.dots_sampled(n, n, one), others: w.other_clients(n, one), methods: w.methods_more(n, one), frames: w.frames_left_out(n, one), said: w.said_left_out(n, one),
    octets: w.octets_n(n, one), characters: w.characters_more(n, one), exhibits: w.exhibits(n, one), failed: w.n_failed(n, one), open: w.n_open(n, one), newer: w.newer(n, one),
  });
  const many = lang === 'en' ? /\b(calls|clients|methods|octets|frames|characters|exhibits|are|were)\b/ : /\b(llamadas|clientes|métodos|octetos|tramas|caracteres|pruebas|fallidas|abiertas|juzgadas|vistas|recientes|omiten|llegaron|están)\b/;

  it.each(Object.entries(of(true, '1')))('%s: %s', (_name, text) => expect(text).not.toMatch(many));
  it.each(Object.entries(of(false, '2')).filter(([name]) => lang === 'es' || !['failed', 'open', 'newer'].includes(name)))('and several, %s: %s', (_name, text) => expect(text).toMatch(many));
});

it('is live in one word of Spanish', () => expect([kWords.es.live, kWords.es.back_to_live]).toEqual(['En directo', 'Volver al directo']));
