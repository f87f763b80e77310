// What the flow shows: sums of the selected calls by client and server, in one pass.
import { kNoIndex } from './contract';
import { Sign, failed, has_difference, has_finding, latency_of, open, sign_of } from './outcome';
import { grouped, nearest_rank } from './percentile';
import type { Columns } from './table';

export interface Sum {
  calls: number;
  ok: number;
  failed: number;
  open: number;
  findings: number;
  differences: number;
  p50: number;
}

export interface Pair extends Sum {
  client: number;
  server: number;
}

const fresh = (): Sum => ({ calls: 0, ok: 0, failed: 0, open: 0, findings: 0, differences: 0, p50: NaN });

function count(sum: Sum, columns: Columns, row: number): void {
  sum.calls++;
  if (failed(columns, row)) sum.failed++;
  else if (open(columns, row)) sum.open++;
  else sum.ok++;
  if (has_finding(columns, row)) sum.findings++;
  if (has_difference(columns, row)) sum.differences++;
}

// Pairs in order of their first call.
export function by_pair(columns: Columns, rows: Uint32Array): Pair[] {
  const index = new Map<number, number>();
  const pairs: Pair[] = [];
  const group = new Uint32Array(rows.length);
  const latency = new Float64Array(rows.length);
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at]!;
    const client = columns.client[row]!;
    const server = columns.server[row]!;
    const key = client * 65536 + server;
    let place = index.get(key);
    if (place === undefined) {
      place = pairs.length;
      index.set(key, place);
      pairs.push({ client, server, ...fresh() });
    }
    count(pairs[place]!, columns, row);
    group[at] = place;
    latency[at] = latency_of(columns, row);
  }
  grouped(latency, group, pairs.length).forEach((sorted, place) => {
    pairs[place]!.p50 = nearest_rank(sorted, 0.5);
  });
  return pairs;
}

// Sums of one side; the median comes from all its calls, not from the medians of pairs.
export function by_side(columns: Columns, rows: Uint32Array, side: 'client' | 'server'): Map<number, Sum> {
  const sums = new Map<number, Sum>();
  const group = new Uint32Array(rows.length);
  const latency = new Float64Array(rows.length);
  const place = new Map<number, number>();
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at]!;
    const key = columns[side][row]!;
    let sum = sums.get(key);
    if (!sum) {
      sum = fresh();
      place.set(key, sums.size);
      sums.set(key, sum);
    }
    count(sum, columns, row);
    group[at] = place.get(key)!;
    latency[at] = latency_of(columns, row);
  }
  const sorted = grouped(latency, group, sums.size);
  for (const [key, sum] of sums) sum.p50 = nearest_rank(sorted[place.get(key)!]!, 0.5);
  return sums;
}

export function total(columns: Columns, rows: Uint32Array): Sum {
  const sum = fresh();
  for (let at = 0; at < rows.length; at++) count(sum, columns, rows[at]!);
  return sum;
}

export interface Facets {
  clients: Map<number, number>;
  methods: Map<number, number>;
  statuses: Map<number, number>;
  signs: number[]; // beside kSigns
}

const more = (map: Map<number, number>, key: number): void => void map.set(key, (map.get(key) ?? 0) + 1);

export function facets(columns: Columns, length: number, status: (columns: Columns, row: number) => number): Facets {
  const found: Facets = { clients: new Map(), methods: new Map(), statuses: new Map(), signs: [0, 0, 0, 0, 0] };
  for (let row = 0; row < length; row++) {
    more(found.clients, columns.client[row]!);
    more(found.methods, columns.method[row]!);
    more(found.statuses, status(columns, row));
    found.signs[sign_of(columns, row)]!++;
  }
  return found;
}

// The clients drawn singly, the busiest first kept, in order of their index; the others are gathered.
export function busiest(sums: Map<number, Sum>, most: number): { singly: number[]; gathered: number[] } {
  const all = [...sums].sort((a, b) => Number(a[0] === kNoIndex) - Number(b[0] === kNoIndex) || b[1].calls - a[1].calls || a[0] - b[0]);
  const keys = all.map(([key]) => key);
  const cut = keys.length > most ? most : keys.length;
  return { singly: keys.slice(0, cut).sort((a, b) => a - b), gathered: keys.slice(cut) };
}

export { Sign };
