import { describe, expect, it } from 'vitest';
import { kWords } from '../src/words';

describe.each(['en', 'es'] as const)('one of something, in %s', (lang) => {
  const w = kWords[lang];
  const of = (one: boolean, n: string): Record<string, string> => ({
    calls: w.calls(n, one), judged: w.judged(n, one), seen: w.seen(n, one), shown_of: w.shown_of(n, n, one), live_sampled: w.live_sampled(n, n, one),
    hop: w.hop(n, one, '7', '7'), dots: w.dots_sampled(n, n, one), others: w.other_clients(n, one), methods: w.methods_more(n, one), frames: w.frames_left_out(n, one), said: w.said_left_out(n, one),
    octets: w.octets_n(n, one), characters: w.characters_more(n, one), exhibits: w.exhibits(n, one), failed: w.n_failed(n, one), open: w.n_open(n, one), newer: w.newer(n, one),
  });
  const many = lang === 'en' ? /\b(calls|clients|methods|octets|frames|characters|exhibits|are|were)\b/ : /\b(llamadas|clientes|métodos|octetos|tramas|caracteres|pruebas|fallidas|abiertas|juzgadas|vistas|recientes|omiten|llegaron|están)\b/;

  it.each(Object.entries(of(true, '1')))('%s: %s', (_name, text) => expect(text).not.toMatch(many));
  it.each(Object.entries(of(false, '2')).filter(([name]) => lang === 'es' || !['failed', 'open', 'newer'].includes(name)))('and several, %s: %s', (_name, text) => expect(text).toMatch(many));
});

describe('none, one and two', () => {
  const { en, es } = kWords;
  const of = <T>(say: (n: number, one: boolean) => T): T[] => [0, 1, 2].map((n) => say(n, n === 1));
  it('that were judged were heard', () => {
    expect(of((n, one) => `${en.judged(`${n}`, one)}, ${en.heard('x', one)}`)).toEqual(['0 calls judged, heard by x', '1 call judged, heard by x', '2 calls judged, heard by x']);
    expect(of((n, one) => `${es.judged(`${n}`, one)}, ${es.heard('x', one)}`)).toEqual(['0 llamadas juzgadas, oídas por x', '1 llamada juzgada, oída por x', '2 llamadas juzgadas, oídas por x']);
  });
  it('of the claims', () => {
    expect(of((n) => en.claims_count(n, 8))).toEqual(['0 of 8 claims proven', '1 of 8 claims proven', '2 of 8 claims proven']);
    expect(of((n) => es.claims_count(n, 8))).toEqual(['Probadas 0 de 8 afirmaciones', 'Probada 1 de 8 afirmaciones', 'Probadas 2 de 8 afirmaciones']);
    expect([en.claims_count(1, 1), en.claims_count(0, 1)]).toEqual(['1 of 1 claim proven', '0 of 1 claim proven']);
    expect([es.claims_count(1, 1), es.claims_count(0, 1)]).toEqual(['Probada 1 de 1 afirmación', 'Probadas 0 de 1 afirmación']);
  });
  it('that are shown of several', () => {
    expect(of((n, one) => es.findings_shown(`${n}`, '9', one))).toEqual(['se muestran 0 de 9', 'se muestra 1 de 9', 'se muestran 2 de 9']);
    expect([en.exhibits_shown('1', '9', true), en.exhibits_shown('2', '9', false)]).toEqual(['The first of 9 exhibits', 'The first 2 of 9 exhibits']);
    expect([es.exhibits_shown('1', '9', true), es.exhibits_shown('2', '9', false)]).toEqual(['La primera de 9 pruebas', 'Las primeras 2 de 9 pruebas']);
  });
  it('that the page holds', () => {
    expect(of((n) => en.not_sampled(n, `${n}`))).toEqual(['There are no calls.', 'The page holds the one call there is.', 'The page holds all 2 calls.']);
    expect(of((n) => es.not_sampled(n, `${n}`))).toEqual(['No hay llamadas.', 'La página contiene la única llamada.', 'La página contiene las 2 llamadas.']);
    expect([en.sampled_remarkable('7', '9', '1', true), en.sampled_remarkable('7', '9', '2', false)].map((text) => /end; (.*) in the/.exec(text)?.[1])).toEqual(['1 more like them is', '2 more like them are']);
    expect([es.sampled_remarkable('7', '9', '1', true), es.sampled_remarkable('7', '9', '2', false)].map((text) => /anormal; (.*) en el/.exec(text)?.[1])).toEqual(['otra como estas está', 'otras 2 como estas están']);
  });
});

it('is live in one word of Spanish', () => expect([kWords.es.live, kWords.es.back_to_live]).toEqual(['En directo', 'Volver al directo']));
