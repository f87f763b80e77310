// What the flow shows: sums of the selected calls by client and server, in one pass.
import { Flag, kNoIndex } from './contract';
import { filter_name, kOnly, kTests, type Only } from './filter';
import { failed, has_difference, has_finding, latency_of, open } from './outcome';
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

const fresh = (): Sum => ({ calls: 0, ok: 0, failed: 0, open: 0, findings: 0, differences: 0, p50: NaN });

function count(sum: Sum, columns: Columns, row: number): void {
  sum.calls++;
  if (failed(columns, row)) sum.failed++;
  else if (open(columns, row)) sum.open++;
  else sum.ok++;
  if (has_finding(columns, row)) sum.findings++;
  if (has_difference(columns, row)) sum.differences++;
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

// Of the calls of several clients or servers together.
export function median_of(columns: Columns, rows: Uint32Array, side: 'client' | 'server', keys: readonly number[]): number {
  const wanted = new Uint8Array(65536);
  for (const key of keys) wanted[key] = 1;
  const group = new Uint32Array(rows.length);
  const latency = new Float64Array(rows.length);
  for (let at = 0; at < rows.length; at++) {
    group[at] = wanted[columns[side][rows[at]!]!] ? 0 : 1;
    latency[at] = latency_of(columns, rows[at]!);
  }
  return nearest_rank(grouped(latency, group, 1)[0]!, 0.5);
}

export interface Facets {
  clients: Map<number, number>;
  methods: Map<number, number>;
  statuses: Map<number, number>;
  only: Record<Only, number>; // a call counts for each test that it passes
  on_wire: number;
}

// Calls that are counted and not judged.
export function out_of_scope(columns: Columns, rows: Uint32Array): number {
  let found = 0;
  for (let at = 0; at < rows.length; at++) if (columns.flags[rows[at]!]! & Flag.OutOfScope) found++;
  return found;
}

const more = (map: Map<number, number>, key: number): void => void map.set(key, (map.get(key) ?? 0) + 1);

export function facets(columns: Columns, rows: Uint32Array, status: (columns: Columns, row: number) => number): Facets {
  const found: Facets = { clients: new Map(), methods: new Map(), statuses: new Map(), only: { failed: 0, finding: 0, difference: 0, open: 0 }, on_wire: 0 };
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at]!;
    more(found.clients, columns.client[row]!);
    more(found.methods, columns.method[row]!);
    more(found.statuses, status(columns, row));
    for (const only of kOnly) if (kTests[only](columns, row)) found.only[only]++;
    if (columns.connection[row]) found.on_wire++;
  }
  return found;
}

export interface Choice {
  value: string; // '': not known
  calls: number;
}

// What can be chosen in a filter, the most calls first: a name once, however many have it, for a filter takes all of that name.
export function choices(counts: Map<number, number>, names: readonly string[], most: number): Choice[] {
  const by_name = new Map<string, number>();
  for (const [index, calls] of counts) {
    const name = filter_name(names, index);
    by_name.set(name, (by_name.get(name) ?? 0) + calls);
  }
  return [...by_name].map(([value, calls]) => ({ value, calls })).sort((a, b) => b.calls - a.calls).slice(0, most);
}

// The clients drawn singly, the busiest first kept, in order of their index; the others are gathered.
export function busiest(sums: Map<number, Sum>, most: number): { singly: number[]; gathered: number[] } {
  const all = [...sums].sort((a, b) => Number(a[0] === kNoIndex) - Number(b[0] === kNoIndex) || b[1].calls - a[1].calls || a[0] - b[0]);
  const keys = all.map(([key]) => key);
  const cut = keys.length > most ? most : keys.length;
  return { singly: keys.slice(0, cut).sort((a, b) => a - b), gathered: keys.slice(cut) };
}

export interface Counted {
  client: number;
  server: number;
  calls: number;
  ok: number;
  failed: number;
  open: number;
}

// The sums with calls as the program counted them, one entry a pair; the rest stays as the rows say.
export function counted_by(sums: Map<number, Sum>, pairs: readonly Counted[], side: 'client' | 'server'): Map<number, Sum> {
  const all = new Map([...sums].map(([key, sum]) => [key, { ...sum }]));
  const begun = new Set<number>();
  for (const pair of pairs) {
    const sum = all.get(pair[side]) ?? fresh();
    all.set(pair[side], sum);
    if (!begun.has(pair[side])) sum.calls = sum.ok = sum.failed = sum.open = 0;
    begun.add(pair[side]);
    for (const name of ['calls', 'ok', 'failed', 'open'] as const) sum[name] += pair[name];
  }
  return all;
}
