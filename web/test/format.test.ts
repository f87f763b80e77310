import { describe, expect, it } from 'vitest';
import { bytes, count, date_of, duration, since, span_of, time_of_day } from '../src/data/format';
import { wait_of } from '../src/live/feed';
import { en } from '../src/words/en';
import { es } from '../src/words/es';

describe('a duration', () => {
  it.each([
    [0, '0 ns'], [999, '999 ns'], [1000, '1 µs'], [2510, '2.51 µs'], [89_300, '89.3 µs'], [999_700, '1 ms'], [2_000_484, '2 ms'], [12_340_000, '12.3 ms'], [456_000_000, '456 ms'],
    [8.081e9, '8.08 s'], [90e9, '1.5 min'], [7200e9, '2 h'], [NaN, '–'], [-2510, '−2.51 µs'],
  ])('%d', (ns, text) => expect(duration(ns, 'en')).toBe(text));
  it('in a column has three digits', () => expect([5e6, 22e6, 220e6, 37].map((ns) => duration(ns, 'en', true))).toEqual(['5.00 ms', '22.0 ms', '220 ms', '37 ns']));
  it('in Spanish has a comma', () => expect(duration(2_510_000, 'es')).toBe('2,51 ms'));
});

describe('numbers and times', () => {
  it('are grouped', () => {
    expect(count(1234567, 'en')).toBe('1,234,567');
    expect(count(2000, 'es')).toBe('2.000');
    expect(bytes(1536, 'en')).toBe('1.54 kB');
    expect(bytes(NaN, 'en')).toBe('–');
  });

  it('carry nanoseconds over the second', () => {
    const began = '2026-11-29T17:29:05.995087374Z';
    expect(time_of_day(began, 0)).toBe('17:29:05.995087');
    expect(time_of_day(began, 4_912_626)).toBe('17:29:06.000000');
    expect(time_of_day(began, -995_087_374 - 1000)).toBe('17:29:04.999999');
    expect(time_of_day(began, 4_912_626, true)).toBe('2026-11-29 17:29:06.000000');
    expect(time_of_day(began, 365 * 86_400e9, true)).toBe('2027-11-29 17:29:05.995087');
    expect([0, 23_454e9, 23_455e9].map((ns) => date_of(began, ns))).toEqual(['2026-11-29', '2026-11-29', '2026-11-30']);
    expect(time_of_day('nonsense', 5)).toBe('');
    expect(date_of(undefined, 5)).toBe('');
    expect(span_of(began, '2026-11-29T17:29:14.076412418Z')).toBeCloseTo(8_081_325_044, -4);
    expect(span_of(began, undefined)).toBeNaN();
  });

  it('since the begin have the decimals of their step, and no minus zero', () => {
    expect(since(1.5e9, 'en', 0.5e9)).toBe('1.5 s');
    expect(since(1e9, 'en', 1e9)).toBe('1 s');
    expect(since(1_234_567, 'en', 1000)).toBe('0.001235 s');
    expect(since(-1e-3, 'en', 1e9)).toBe('0 s');
  });

  it.each([
    [0, 60e9, '0 min'], [300e9, 300e9, '5 min'], [90 * 60e9, 1800e9, '1 h 30 min'], [7200e9, 1800e9, '2 h 0 min'], [86_400e9, 43_200e9, '1 d 0 h'], [129_600e9, 43_200e9, '1 d 12 h'],
    [365 * 86_400e9, 50 * 86_400e9, '365 d'], [3599e9, 1e9, '3599 s'], [3600e9, 1e9, '1 h 0 min 0 s'], [365 * 86_400e9 + 0.5e9, 0.1e9, '365 d 0 h 0 min 0.5 s'], [-7200e9, 3600e9, '-2 h'], [-5e9, 1e9, '-5 s'],
  ])('since the begin have the units of their step: %d by %d', (ns, step, text) => expect(since(ns, 'en', step)).toBe(text));

  it('between tries grow, to a limit', () => expect([0, 1, 2, 3, 9, 99].map(wait_of)).toEqual([1, 2, 4, 8, 30, 30]));
});

describe('words', () => {
  const kinds = (words: object): unknown => Object.fromEntries(Object.entries(words).map(([key, value]) => [key, Array.isArray(value) ? value.length : typeof value === 'object' ? kinds(value as object) : typeof value]));
  it('are the same in both languages', () => expect(kinds(es)).toEqual(kinds(en)));
  it('take what they are given', () => {
    for (const words of [en, es]) {
      expect(words.sampled('11', '22')).toMatch(/11.*22/);
      expect(words.sampled_remarkable('11', '22', '33', false)).toMatch(/11.*22.*33/);
      expect(words.shown_of('11', '22', false)).toMatch(/11.*22/);
      expect(words.between('11', '22')).toMatch(/11.*22/);
    }
  });
});
