import { describe, expect, it } from 'vitest';
import { chooses, kEverything, lower_bound, select, toggled, type Filter } from '../src/data/filter';
import { id_of } from '../src/data/find';
import { hash_of, kStart, state_of } from '../src/data/hash';
import { failed, has_difference, has_finding, status_of, latency_of } from '../src/data/outcome';
import { Table } from '../src/data/table';
import { read } from './support';

const { table, names } = await read({ calls: 3000, clients: 4, servers: 2, methods: 3, seed: 3 });
const { columns } = table;

// The same question, asked of each row in the plainest way.
function naive(filter: Partial<Filter>, until = Infinity): number[] {
  const f = { ...kEverything, ...filter };
  const number = /^#?(\d+)$/.exec(f.text)?.[1];
  const place = /^(\d+)\/(\d+)$/.exec(f.text);
  return [...table.order].filter((row) => {
    const start = columns.start_ns[row]!;
    if (f.from !== null && start < f.from) return false;
    if (f.to !== null && start > f.to + 0.5) return false;
    if (start > until || start + latency_of(columns, row) > until) return false;
    if (f.clients.length && !f.clients.includes(names.clients[columns.client[row]!]!.name)) return false;
    if (f.except.length && f.except.includes(names.clients[columns.client[row]!]!.name)) return false;
    if (f.methods.length && !f.methods.includes(names.methods[columns.method[row]!]!)) return false;
    if (f.statuses.length && !f.statuses.includes(status_of(columns, row))) return false;
    const kinds = { failed: failed(columns, row), finding: has_finding(columns, row), difference: has_difference(columns, row), open: false };
    if (f.only.length && !f.only.some((only) => kinds[only])) return false;
    if (number) return [columns.number[row], columns.packet[row], columns.end_packet[row]].includes(Number(number));
    if (place) return columns.connection[row] === Number(place[1]) && columns.stream[row] === Number(place[2]);
    if (f.text) return `${names.clients[columns.client[row]!]!.name} ${names.methods[columns.method[row]!]} ${id_of(table, names, row)}`.toLowerCase().includes(f.text.toLowerCase());
    return true;
  });
}

const middle = columns.start_ns[table.order[1500]!]!;
const cases: [string, Partial<Filter>][] = [
  ['everything', {}],
  ['a client', { clients: ['client2'] }],
  ['two clients and a method', { clients: ['client1', 'client3'], methods: [names.methods[1]!] }],
  ['all clients but two', { except: ['client2', 'client4'] }],
  ['a status', { statuses: [0] }],
  ['statuses that failed', { statuses: [14, 4] }],
  ['failed', { only: ['failed'] }],
  ['findings or differences', { only: ['finding', 'difference'] }],
  ['from a time', { from: middle }],
  ['to a time', { to: middle }],
  ['a range and a client', { from: middle - 2e8, to: middle + 2e8, clients: ['client1'] }],
  ['a number or packet', { text: '120' }],
  ['a number with #', { text: '#7' }],
  ['a place', { text: `${columns.connection[900]}/${columns.stream[900]}` }],
  ['a part of a name', { text: 'greetmany' }],
  ['a client by text', { text: 'client4' }],
  ['a process', { text: names.processes[1]!.process }],
  ['nobody', { clients: ['client9'] }],
];

describe('a filter', () => {
  it.each(cases)('%s', (name, filter) => {
    const rows = [...select(table, names, { ...kEverything, ...filter })];
    expect(rows).toEqual(naive(filter));
    if (name !== 'nobody') expect(rows.length).toBeGreaterThan(0);
    if (Object.keys(filter).length) expect(rows.length).toBeLessThan(3000);
  });

  it('finds a call by its whole id', () => {
    const row = table.order[700]!;
    const rows = select(table, names, { ...kEverything, text: id_of(table, names, row) });
    expect([...rows]).toContain(row);
    for (const found of rows) expect(id_of(table, names, found)).toBe(id_of(table, names, row));
  });

  it.each(['Worker_1.a-B', 'ZZ', '5f0c2a7be1940d36'])('finds a call by its id where the process is %s', async (process) => {
    const other = await read({ calls: 60, clients: 2, seed: 6 });
    other.names.processes.forEach((one, at) => (one.process = `${process}${at}`));
    const row = other.table.order[40]!;
    const id = id_of(other.table, other.names, row);
    for (const text of [id, id.toUpperCase()]) expect([...new Set([...select(other.table, other.names, { ...kEverything, text })].map((found) => id_of(other.table, other.names, found)))]).toEqual([id]);
  });

  it('takes clients together, and single ones in and out of them', () => {
    const some = (clients: string[], except: string[]) => ({ ...kEverything, clients, except });
    const chosen = (filter: Pick<Filter, 'clients' | 'except'>) => ['', 'a', 'b', 'c'].filter(chooses(filter));
    expect(chosen(some([], []))).toEqual([]);
    expect(chosen(some(['b'], ['b', 'c']))).toEqual(['', 'a', 'b']);
    for (const filter of [some([], []), some(['a'], []), some([], ['a']), some(['a'], ['b']), some(['a'], ['a', 'b'])]) {
      const before = chosen(filter);
      for (const name of ['', 'a', 'b', 'c']) {
        const after = chosen(toggled(filter, name));
        expect(after.includes(name), name).toBe(!before.includes(name));
        expect(after.filter((other) => other !== name)).toEqual(before.filter((other) => other !== name));
      }
    }
  });

  it('of ten thousand clients but ten is found at once, and is short in a link', () => {
    const many = Array.from({ length: 10_000 }, (_, at) => `client${at}`);
    const filter = { ...kEverything, except: many.slice(0, 10) };
    expect(many.filter(chooses(filter)).length).toBe(9990);
    expect(hash_of({ ...kStart, filter }).length).toBeLessThan(200);
  });

  it('shows nothing later than what is looked back at', () => {
    expect([...select(table, names, kEverything, middle)]).toEqual(naive({}, middle));
    expect([...select(table, names, { ...kEverything, to: middle + 1e9 }, middle)]).toEqual(naive({}, middle));
  });

  it('finds calls that began before the run was heard of', async () => {
    const other = await read({ calls: 10, seed: 1 });
    const start = other.table.columns.start_ns;
    other.table.columns.start_ns = start.map((ns) => Math.round(ns - start[3]! - 51e6));
    const early = new Table(other.table.columns, 10);
    const first = early.columns.start_ns[early.order[0]!]!;
    expect(first).toBeLessThan(0);
    const { filter } = state_of(hash_of({ ...kStart, filter: { ...kEverything, from: first, to: null } }));
    expect(select(early, other.names, filter).length).toBe(10);
  });

  it('of a range turned round is empty', () => expect(select(table, names, { ...kEverything, from: middle, to: middle - 1e9 }).length).toBe(0));

  it('finds calls whose client is not known', async () => {
    const other = await read({ calls: 10, seed: 1 });
    other.table.columns.client[4] = 65535;
    expect([...select(other.table, other.names, { ...kEverything, clients: [''] })]).toEqual([4]);
  });
});

describe('a bound', () => {
  it('is the first row not before a time', () => {
    for (const time of [-1, 0, middle, middle + 1, 1e18]) {
      const at = lower_bound(columns.start_ns, table.order, time);
      if (at > 0) expect(columns.start_ns[table.order[at - 1]!]!).toBeLessThan(time);
      if (at < table.length) expect(columns.start_ns[table.order[at]!]!).toBeGreaterThanOrEqual(time);
    }
  });
});
