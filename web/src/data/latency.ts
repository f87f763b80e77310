// How long calls took, as each witness measured it.
import { distribution, kQuantiles, nearest_rank, type Distribution } from './percentile';
import type { Columns } from './table';

export const kWitnesses = ['client', 'wire', 'server'] as const;
export type Witness = (typeof kWitnesses)[number];

export const latency_column = (columns: Columns, witness: Witness): Float64Array =>
  witness === 'client' ? columns.client_latency_ns : witness === 'wire' ? columns.wire_latency_ns : columns.server_latency_ns;

const pick = (column: Float64Array, rows: ArrayLike<number>): Float64Array => {
  const values = new Float64Array(rows.length);
  for (let at = 0; at < rows.length; at++) values[at] = column[rows[at]!]!;
  return values;
};

export interface LatencyRow {
  method: number | null; // null: all of them
  by: Record<Witness, Distribution>;
}

// All calls first, then each method, the most called first.
export function by_method(columns: Columns, rows: Uint32Array, most: number): { rows: LatencyRow[]; more: number } {
  const methods = new Map<number, number[]>();
  for (let at = 0; at < rows.length; at++) {
    const method = columns.method[rows[at]!]!;
    const list = methods.get(method);
    if (list) list.push(rows[at]!);
    else methods.set(method, [rows[at]!]);
  }
  const row = (method: number | null, of: ArrayLike<number>): LatencyRow => ({
    method,
    by: Object.fromEntries(
      kWitnesses.map((witness) => [witness, distribution(pick(latency_column(columns, witness), of))]),
    ) as Record<Witness, Distribution>,
  });
  const sorted = [...methods].sort((a, b) => b[1].length - a[1].length);
  const single = sorted.length > 1 ? sorted.slice(0, most).map(([method, of]) => row(method, of)) : [];
  return { rows: [row(null, rows), ...single], more: Math.max(0, sorted.length - most) };
}

// When calls began, from the first to the last; wide enough for an axis where that is next to no time.
const kLeastNs = 100_000;
function began(columns: Columns, rows: Uint32Array): { begin: number; end: number } {
  const [begin, end] = [columns.start_ns[rows[0]!]!, columns.start_ns[rows[rows.length - 1]!]!];
  const spare = Math.max(0, kLeastNs - (end - begin)) / 2;
  return { begin: begin - spare, end: end + spare };
}

export interface OverTime {
  begin: number; // ns
  end: number;
  times: number[]; // middle of each bin
  at: (number | null)[][]; // beside kQuantiles; null: no call in the bin
}

export function over_time(columns: Columns, rows: Uint32Array, witness: Witness, bins: number): OverTime {
  const column = latency_column(columns, witness);
  const times: number[] = [];
  const at: (number | null)[][] = kQuantiles.map(() => []);
  if (rows.length === 0) return { begin: 0, end: kLeastNs, times, at };
  const { begin, end } = began(columns, rows);
  const width = (end - begin) / bins;
  let next = 0;
  for (let bin = 0; bin < bins; bin++) {
    const from = next;
    const limit = bin === bins - 1 ? Infinity : begin + (bin + 1) * width;
    while (next < rows.length && columns.start_ns[rows[next]!]! < limit) next++;
    const sorted = pick(column, rows.subarray(from, next)).filter((value) => value === value).sort();
    times.push(begin + (bin + 0.5) * width);
    kQuantiles.forEach((quantile, i) => at[i]!.push(sorted.length ? nearest_rank(sorted, quantile) : null));
  }
  return { begin, end, times, at };
}

// Where a value has no neighbour that a line could lead to.
export const alone = (values: readonly (number | null)[]): number[] =>
  values.flatMap((value, at) => (value !== null && (values[at - 1] ?? null) === null && (values[at + 1] ?? null) === null ? [at] : []));

export interface Heat {
  columns: number;
  bands: number;
  counts: Uint32Array; // [column * bands + band], the fastest band first
  most: number;
  low: number; // ns: lower edge of the first band, upper of the last
  high: number;
  begin: number;
  end: number;
}

// Bands are equal in the logarithm. Nothing to draw: null.
export function heat(columns: Columns, rows: Uint32Array, witness: Witness, across: number, bands: number): Heat | null {
  const column = latency_column(columns, witness);
  let low = Infinity;
  let high = 0;
  for (let at = 0; at < rows.length; at++) {
    const value = column[rows[at]!]!;
    if (!(value > 0)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (high === 0) return null;
  low = 10 ** Math.floor(Math.log10(low));
  high = 10 ** Math.ceil(Math.log10(high * 1.0001));
  const { begin, end } = began(columns, rows);
  const counts = new Uint32Array(across * bands);
  const per_band = bands / Math.log(high / low);
  let most = 0;
  for (let at = 0; at < rows.length; at++) {
    const value = column[rows[at]!]!;
    if (!(value > 0)) continue;
    const x = Math.min(across - 1, Math.floor(((columns.start_ns[rows[at]!]! - begin) / (end - begin)) * across));
    const y = Math.min(bands - 1, Math.max(0, Math.floor(Math.log(value / low) * per_band)));
    const count = ++counts[x * bands + y]!;
    if (count > most) most = count;
  }
  return { columns: across, bands, counts, most, low, high, begin, end };
}
