// Percentiles by nearest rank: always a value that was measured.
export const kQuantiles = [0.5, 0.9, 0.99, 0.999, 1] as const;

export function nearest_rank(sorted: Float64Array, quantile: number): number {
  if (sorted.length === 0) return NaN;
  // A hair less, so that 0.99 * 100, which is 99.00000000000001 to the machine, stays the 99th.
  const rank = Math.ceil(quantile * sorted.length - 1e-9);
  return sorted[Math.min(sorted.length, Math.max(1, rank)) - 1]!;
}

export interface Distribution {
  count: number;
  at: number[]; // beside kQuantiles
}

export function distribution(values: Float64Array): Distribution {
  const sorted = values.filter((value) => value === value).sort();
  return { count: sorted.length, at: kQuantiles.map((quantile) => nearest_rank(sorted, quantile)) };
}

// Values of `groups` groups, each sorted: values with NaN or without a group are left out.
export function grouped(values: Float64Array, group: Uint32Array, groups: number): Float64Array[] {
  const sizes = new Uint32Array(groups);
  for (let at = 0; at < values.length; at++) {
    if (group[at]! < groups && values[at] === values[at]) sizes[group[at]!]!++;
  }
  const all = Array.from(sizes, (size) => new Float64Array(size));
  const filled = new Uint32Array(groups);
  for (let at = 0; at < values.length; at++) {
    const g = group[at]!;
    if (g < groups && values[at] === values[at]) all[g]![filled[g]!++] = values[at]!;
  }
  for (const part of all) part.sort();
  return all;
}
