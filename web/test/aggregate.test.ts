import { describe, expect, it } from 'vitest';
import { busiest, by_side, choices, counted_by, facets, median_of, out_of_scope } from '../src/data/aggregate';
import { Flag } from '../src/data/contract';
import { by_check, checks_by_outcome } from '../src/data/findings';
import { alone, heat, by_method, over_time } from '../src/data/latency';
import { kEverything, kOnly, select } from '../src/data/filter';
import { failed, has_difference, latency_of, status_of } from '../src/data/outcome';
import { since } from '../src/data/format';
import { roomy } from '../src/draw/ticks';
import { read } from './support';

const { table, names, document } = await read({ calls: 2500, clients: 5, servers: 2, methods: 3, seed: 8 });
const { columns } = table;
const rows = select(table, names, kEverything);
const of_client = (client: number): number[] => [...rows].filter((row) => columns.client[row] === client);
const median = (of: number[]): number => [...of].sort((a, b) => a - b)[Math.ceil(of.length / 2) - 1]!;

describe('sums', () => {
  it('of a side are those of its calls', () => {
    const sums = by_side(columns, rows, 'client');
    for (const [client, sum] of sums) {
      const calls = of_client(client);
      expect(sum.calls).toBe(calls.length);
      expect(sum.failed).toBe(calls.filter((row) => failed(columns, row)).length);
      expect(sum.differences).toBe(calls.filter((row) => has_difference(columns, row)).length);
      expect(sum.ok + sum.failed + sum.open).toBe(sum.calls);
      expect(sum.p50).toBe(median(calls.map((row) => latency_of(columns, row))));
    }
    expect([...sums.values()].reduce((all, sum) => all + sum.calls, 0)).toBe(2500);
  });

  it('tell how many calls are out of scope', () => {
    const copy = { ...columns, flags: Uint16Array.from(columns.flags, (flags, row) => flags | (row % 5 ? 0 : Flag.OutOfScope)) };
    expect(out_of_scope(columns, rows)).toBe(0);
    expect(out_of_scope(copy, rows)).toBe(500);
    expect(out_of_scope(copy, rows.filter((row) => row % 5 !== 0))).toBe(0);
  });

  it('of several together have the median of all their calls', () => {
    expect(median_of(columns, rows, 'client', [1, 3])).toBe(median([...of_client(1), ...of_client(3)].map((row) => latency_of(columns, row))));
  });

  it('draw the busiest singly, the others together', () => {
    const sums = by_side(columns, rows, 'client');
    const { singly, gathered } = busiest(sums, 2);
    expect(singly.length).toBe(2);
    expect(gathered.length).toBe(3);
    const least = Math.min(...singly.map((key) => sums.get(key)!.calls));
    for (const key of gathered) expect(sums.get(key)!.calls).toBeLessThanOrEqual(least);
    expect(busiest(sums, 9)).toEqual({ singly: [0, 1, 2, 3, 4], gathered: [] });
  });

  it('take what the program counted, and keep the rest', () => {
    const sums = counted_by(by_side(columns, rows, 'client'), [
      { client: 0, server: 0, calls: 70, ok: 60, failed: 8, open: 2 }, { client: 0, server: 1, calls: 30, ok: 30, failed: 0, open: 0 }, { client: 9, server: 1, calls: 1, ok: 1, failed: 0, open: 0 },
    ], 'client');
    expect(sums.get(0)).toMatchObject({ calls: 100, ok: 90, failed: 8, open: 2, p50: by_side(columns, rows, 'client').get(0)!.p50 });
    expect(sums.get(9)!.calls).toBe(1);
    expect(sums.get(1)!.calls).toBe(of_client(1).length);
  });

  it('of facets count each row once', () => {
    const found = facets(columns, rows, status_of);
    expect(found.on_wire).toBe(2500);
    expect(found.clients.get(2)).toBe(of_client(2).length);
    expect([...found.statuses.values()].reduce((a, b) => a + b)).toBe(2500);
  });
});

describe('what can be chosen', () => {
  it('counts what its filter shows, also of calls that have several properties', async () => {
    const some = await read({ calls: 40, seed: 3 });
    const c = some.table.columns;
    c.flags.fill(0);
    for (const name of ['client_status', 'wire_status', 'server_status'] as const) c[name].fill(0);
    c.flags[1] = Flag.Differ | Flag.Error; // failed, too
    c.client_status[1] = 13;
    c.flags[2] = Flag.Warning;
    for (const name of ['client_status', 'wire_status', 'server_status'] as const) c[name][3] = 254;
    c.flags[3] = Flag.Error; // no end, too
    const { only } = facets(c, some.table.order, status_of);
    expect(only).toEqual({ failed: 1, finding: 3, difference: 1, open: 1 });
    for (const one of kOnly) expect(only[one]).toBe(select(some.table, some.names, { ...kEverything, only: [one] }).length);
  });

  it('has a name once, however many have it, with the calls of all of them', async () => {
    const alike = await read({ calls: 90, clients: 4, methods: 2, seed: 4 });
    alike.names.clients[2]!.name = alike.names.clients[0]!.name;
    alike.names.clients[3]!.name = '';
    alike.table.columns.client[5] = 65535;
    alike.table.columns.client[6] = 900; // of no list
    const all = choices(facets(alike.table.columns, alike.table.order, status_of).clients, alike.names.clients.map((client) => client.name), 9);
    expect(all.map(({ value }) => value).sort()).toEqual(['', 'client1', 'client2']);
    expect(all.reduce((sum, { calls }) => sum + calls, 0)).toBe(90);
    for (const { value, calls } of all) expect(select(alike.table, alike.names, { ...kEverything, clients: [value] }).length, value).toBe(calls);
    expect(choices(new Map([[0, 1], [1, 5], [2, 3]]), ['a', 'b', 'c'], 2)).toEqual([{ value: 'b', calls: 5 }, { value: 'c', calls: 3 }]);
  });
});

describe('latency', () => {
  it('by method counts every call, all of them first', () => {
    const { rows: found, more } = by_method(columns, rows, 2);
    expect(found[0]!.method).toBe(null);
    expect(found[0]!.by.wire.count).toBe(2500);
    expect(found.length).toBe(3);
    expect(more).toBe(1);
    const second = [...rows].filter((row) => columns.method[row] === found[1]!.method).map((row) => columns.client_latency_ns[row]!);
    expect(found[1]!.by.client.at[4]).toBe(Math.max(...second));
    expect(found[1]!.by.client.at[0]).toBe(median(second));
  });

  it('over time puts each call into one bin', () => {
    const { times, at } = over_time(columns, rows, 'wire', 40);
    expect(times.length).toBe(40);
    expect(Math.max(...at[4]!.map((value) => value ?? 0))).toBe(Math.max(...[...rows].map((row) => columns.wire_latency_ns[row]!)));
    at[0]!.forEach((p50, bin) => p50 !== null && expect(p50).toBeLessThanOrEqual(at[4]![bin]!));
    expect(over_time(columns, new Uint32Array(0), 'wire', 9).times).toEqual([]);
  });

  it('as a heat map keeps every call, in the band of its latency', () => {
    const map = heat(columns, rows, 'wire', 50, 20)!;
    expect(map.counts.reduce((a, b) => a + b)).toBe(2500);
    expect(map.most).toBe(Math.max(...map.counts));
    const slowest = [...rows].reduce((a, b) => (columns.wire_latency_ns[a]! > columns.wire_latency_ns[b]! ? a : b));
    const x = Math.min(49, Math.floor(((columns.start_ns[slowest]! - map.begin) / (map.end - map.begin)) * 50));
    const band = Math.floor((Math.log(columns.wire_latency_ns[slowest]! / map.low) / Math.log(map.high / map.low)) * 20);
    expect(map.counts[x * 20 + band]).toBeGreaterThan(0);
    for (let above = band + 1; above < 20; above++) for (let c = 0; c < 50; c++) expect(map.counts[c * 20 + above]).toBe(0);
  });

  it('of calls that began in next to no time have a span that an axis can show', () => {
    const one = rows.subarray(7, 8);
    const start = columns.start_ns[one[0]!]!;
    for (const { begin, end } of [over_time(columns, one, 'wire', 2), heat(columns, one, 'wire', 5, 5)!]) {
      expect([(begin + end) / 2, end - begin]).toEqual([start, 100_000]);
      const { step, at } = roomy(begin, end, 500, () => 75);
      const labels = at.map((tick) => since(tick, 'es', step));
      expect(labels.length).toBeGreaterThanOrEqual(2);
      expect(new Set(labels).size).toBe(labels.length);
    }
    expect(over_time(columns, one, 'wire', 2).at[0]!.filter((value) => value !== null)).toEqual([columns.wire_latency_ns[one[0]!]]);
  });

  it('of bursts are alone where nothing is beside them', () => {
    expect(alone([])).toEqual([]);
    expect(alone([5])).toEqual([0]);
    expect(alone([null, 5, null, 7, 8, null, 9])).toEqual([1, 6]);
    expect(alone([1, null, 2, 3])).toEqual([0]);
  });

  it('of nothing measured is no map', () => expect(heat(columns, new Uint32Array(0), 'wire', 5, 5)).toBe(null));
});

describe('findings', () => {
  it('stand by check, the gravest first, the first frame first', () => {
    const groups = by_check(document.findings);
    const rank = { error: 0, warning: 1, info: 2 };
    for (let at = 1; at < groups.length; at++) expect(rank[groups[at]!.severity]).toBeGreaterThanOrEqual(rank[groups[at - 1]!.severity]);
    expect(groups.reduce((sum, group) => sum + group.findings.length, 0)).toBe(document.findings.length);
    for (const group of groups) {
      const packets = group.findings.map((finding) => finding.wire!.packet);
      expect(packets).toEqual([...packets].sort((a, b) => a - b));
    }
  });

  it('and checks stand by outcome', () => {
    const sorted = checks_by_outcome({ A1: { outcome: 'pass' }, B2: { outcome: 'not-judgeable', reason: 'late' }, C3: { outcome: 'fail', reason: 'no' } });
    expect(sorted).toEqual({ pass: [{ id: 'A1', reason: '' }], 'not-judgeable': [{ id: 'B2', reason: 'late' }], fail: [{ id: 'C3', reason: '' }], 'not-observed': [] });
  });
});
