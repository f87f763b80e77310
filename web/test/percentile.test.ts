import { describe, expect, it } from 'vitest';
import { distribution, grouped, kQuantiles, nearest_rank } from '../src/data/percentile';
import { random } from '../dev/sample';

// By definition: the smallest value that at least the share q of all values does not exceed.
function naive(values: number[], q: number): number {
  const known = values.filter((value) => !Number.isNaN(value));
  return [...known].sort((a, b) => a - b).find((x) => known.filter((value) => value <= x).length * 1000 >= Math.round(q * 1000) * known.length) ?? NaN;
}

describe('percentiles', () => {
  it('are those of the definition, for every size', () => {
    const next = random(4);
    for (let size = 0; size < 230; size++) {
      const values = Array.from({ length: size }, () => (next() < 0.05 ? NaN : Math.floor(next() * 50)));
      const { at, count } = distribution(Float64Array.from(values));
      expect(count).toBe(values.filter((value) => !Number.isNaN(value)).length);
      kQuantiles.forEach((q, i) => expect(at[i], `${q} of ${size}`).toEqual(naive(values, q)));
    }
  });

  it('sort by number, not by text', () => {
    expect(distribution(Float64Array.from([10, 9, 100, 1])).at).toEqual([9, 100, 100, 100, 100]);
  });

  it('of 100 values are the values themselves', () => {
    const values = Float64Array.from({ length: 100 }, (_, at) => at + 1);
    expect([nearest_rank(values, 0.5), nearest_rank(values, 0.99), nearest_rank(values, 0.999), nearest_rank(values, 1)]).toEqual([50, 99, 100, 100]);
  });

  it('by group leave out what has none', () => {
    const parts = grouped(Float64Array.from([5, 3, NaN, 1, 9]), Uint32Array.from([0, 1, 0, 0, 7]), 3);
    expect(parts.map((part) => [...part])).toEqual([[1, 5], [3], []]);
  });
});
