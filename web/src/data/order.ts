// The table's order: a column, up or down, and time where that is equal.
import { latency_of, sign_of, status_of } from './outcome';
import type { Columns } from './table';

export const kSorts = ['time', 'client', 'method', 'status', 'latency', 'place', 'sign'] as const;
export type SortKey = (typeof kSorts)[number];

export const is_sort = (text: string): text is SortKey => (kSorts as readonly string[]).includes(text);

function key_of(columns: Columns, by: SortKey): (row: number) => number {
  switch (by) {
    case 'time':
      return (row) => columns.start_ns[row]!;
    case 'client':
      return (row) => columns.client[row]!;
    case 'method':
      return (row) => columns.method[row]!;
    case 'status':
      return (row) => status_of(columns, row);
    case 'latency':
      return (row) => latency_of(columns, row);
    case 'place':
      return (row) => columns.connection[row]! * 2 ** 32 + columns.stream[row]!;
    case 'sign':
      return (row) => sign_of(columns, row) * 65536 + columns.flags[row]!;
  }
}

// `rows` are in order of time. What has no value stands last, up or down.
export function ordered(columns: Columns, rows: Uint32Array, by: SortKey, down: boolean): Uint32Array {
  if (by === 'time') return down ? rows.slice().reverse() : rows;
  const key = key_of(columns, by);
  const keys = new Float64Array(rows.length);
  for (let at = 0; at < rows.length; at++) keys[at] = key(rows[at]!);
  const places = new Uint32Array(rows.length).map((_, at) => at);
  const sense = down ? -1 : 1;
  places.sort((a, b) => {
    const [x, y] = [keys[a]!, keys[b]!];
    if (x === y) return a - b;
    if (x !== x) return y !== y ? a - b : 1;
    if (y !== y) return -1;
    return sense * (x - y);
  });
  return places.map((place) => rows[place]!);
}
