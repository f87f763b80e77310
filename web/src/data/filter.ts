// Which calls are looked at. Names, not indexes, so that a link means the same tomorrow.
import { kNoIndex, type Names } from './contract';
import { end_of, failed, has_difference, has_finding, open, status_of } from './outcome';
import type { Columns, Table } from './table';

export const kOnly = ['failed', 'finding', 'difference', 'open'] as const;
export type Only = (typeof kOnly)[number];

export interface Filter {
  clients: string[]; // '' is: not known
  except: string[]; // these left out, all other clients, besides `clients`; none where it is empty
  methods: string[];
  statuses: number[];
  only: Only[]; // any of these
  text: string;
  from: number | null; // ns since the begin
  to: number | null;
}

export const kEverything: Filter = { clients: [], except: [], methods: [], statuses: [], only: [], text: '', from: null, to: null };

export const filters_anything = (filter: Filter): boolean =>
  filter.clients.length + filter.except.length + filter.methods.length + filter.statuses.length + filter.only.length > 0 ||
  filter.text.trim() !== '' || filter.from !== null || filter.to !== null;

type Test = (columns: Columns, row: number) => boolean;

// The name of who or what `index` is in a filter; '' where it is not known.
export const filter_name = (names: readonly string[], index: number): string => (index === kNoIndex ? '' : (names[index] ?? ''));

// Whether clients of a name are chosen.
export function chooses(filter: Pick<Filter, 'clients' | 'except'>): (name: string) => boolean {
  const [wanted, except] = [new Set(filter.clients), new Set(filter.except)];
  return (name) => wanted.has(name) || (except.size > 0 && !except.has(name));
}

// The filter with clients of this name chosen where they were not, and the other way round.
export function toggled(filter: Filter, name: string): Pick<Filter, 'clients' | 'except'> {
  const { clients, except } = filter;
  if (!chooses(filter)(name)) return { clients: [...clients, name], except };
  const others = except.length > 0 && !except.includes(name) ? [...except, name] : except;
  return { clients: clients.filter((client) => client !== name), except: others };
}

function one_of(wanted: (name: string) => boolean, names: readonly string[], column: 'client' | 'method'): Test {
  const yes = names.map(wanted);
  const unknown = wanted('');
  return (columns, row) => yes[columns[column][row]!] ?? unknown;
}

export const kTests: Record<Only, Test> = { failed, finding: has_finding, difference: has_difference, open };

// `7` a call's number or a packet; `2/9` connection/stream; `client1/ab12/7` an id; anything else a part of a name.
export function text_test(text: string, names: Names): Test | null {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return null;
  if (/^#?\d+$/.test(wanted)) {
    const number = Number(wanted.replace('#', ''));
    return (c, row) => c.number[row] === number || c.packet[row] === number || c.end_packet[row] === number;
  }
  const place = /^(\d+)\/(\d+)$/.exec(wanted);
  if (place) {
    const [connection, stream] = [Number(place[1]), Number(place[2])];
    return (c, row) => c.connection[row] === connection && c.stream[row] === stream;
  }
  const id = /^(.+)\/([^/]+)\/(\d+)?$/.exec(wanted);
  const contains = (all: readonly string[]): boolean[] => all.map((name) => name.toLowerCase().includes(wanted));
  const client = contains(names.clients.map((c) => c.name));
  const method = contains(names.methods);
  const process = names.processes.map((p) => p.process.toLowerCase().includes(wanted));
  const by_id = names.processes.map(
    (p) => id !== null && p.process.toLowerCase() === id[2] && names.clients[p.client]?.name.toLowerCase() === id[1],
  );
  const number = id?.[3] === undefined ? null : Number(id[3]);
  return (c, row) =>
    (client[c.client[row]!] ?? false) || (method[c.method[row]!] ?? false) || (process[c.process[row]!] ?? false) ||
    ((by_id[c.process[row]!] ?? false) && (number === null || c.number[row] === number));
}

export function tests_of(filter: Filter, names: Names): Test[] {
  const tests: Test[] = [];
  if (filter.clients.length || filter.except.length) tests.push(one_of(chooses(filter), names.clients.map((c) => c.name), 'client'));
  if (filter.methods.length) {
    const wanted = new Set(filter.methods);
    tests.push(one_of((name) => wanted.has(name), names.methods, 'method'));
  }
  if (filter.statuses.length) {
    const yes = new Uint8Array(256);
    for (const status of filter.statuses) yes[status & 255] = 1;
    tests.push((columns, row) => yes[status_of(columns, row)] === 1);
  }
  if (filter.only.length) {
    const any = filter.only.map((only) => kTests[only]);
    tests.push((columns, row) => any.some((test) => test(columns, row)));
  }
  const text = text_test(filter.text, names);
  if (text) tests.push(text);
  return tests;
}

// First place in `rows` whose start is not before `time_ns`.
export function lower_bound(start: Float64Array, rows: Uint32Array, time_ns: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (start[rows[middle]!]! < time_ns) low = middle + 1;
    else high = middle;
  }
  return low;
}

// Rows in order of time, that started in [from, to], had ended by `until`, and pass every test.
export function select(table: Table, names: Names, filter: Filter, until = Infinity): Uint32Array {
  const { columns, order } = table;
  const last = Math.min(filter.to ?? Infinity, until);
  const begin = filter.from === null ? 0 : lower_bound(columns.start_ns, order, filter.from);
  const end = last === Infinity ? order.length : lower_bound(columns.start_ns, order, last + 0.5);
  const range = order.subarray(begin, Math.max(begin, end));
  const tests = tests_of(filter, names);
  if (until !== Infinity) tests.push((columns, row) => end_of(columns, row) <= until);
  if (tests.length === 0) return range;
  const rows = new Uint32Array(range.length);
  let kept = 0;
  next: for (let at = 0; at < range.length; at++) {
    const row = range[at]!;
    for (const test of tests) if (!test(columns, row)) continue next;
    rows[kept++] = row;
  }
  return rows.subarray(0, kept);
}
