// The calls as columns of typed arrays: no object for each row. A table that grows keeps the newest `capacity` rows.
import { kNoIndex, kSilent } from './contract';

export interface Columns {
  start_ns: Float64Array;
  client: Uint16Array;
  server: Uint16Array;
  method: Uint16Array;
  kind: Uint8Array;
  process: Uint16Array;
  number: Uint32Array;
  connection: Uint32Array;
  stream: Uint32Array;
  packet: Uint32Array;
  end_packet: Uint32Array;
  ending: Uint8Array;
  client_status: Uint8Array;
  wire_status: Uint8Array;
  server_status: Uint8Array;
  client_latency_ns: Float64Array;
  wire_latency_ns: Float64Array;
  server_latency_ns: Float64Array;
  requests: Uint32Array;
  replies: Uint32Array;
  request_bytes: Float64Array;
  reply_bytes: Float64Array;
  flags: Uint16Array;
}

export type ColumnName = keyof Columns;

export const kTypes: Record<ColumnName, 'f64' | 'u8' | 'u16' | 'u32'> = {
  start_ns: 'f64',
  client: 'u16',
  server: 'u16',
  method: 'u16',
  kind: 'u8',
  process: 'u16',
  number: 'u32',
  connection: 'u32',
  stream: 'u32',
  packet: 'u32',
  end_packet: 'u32',
  ending: 'u8',
  client_status: 'u8',
  wire_status: 'u8',
  server_status: 'u8',
  client_latency_ns: 'f64',
  wire_latency_ns: 'f64',
  server_latency_ns: 'f64',
  requests: 'u32',
  replies: 'u32',
  request_bytes: 'f64',
  reply_bytes: 'f64',
  flags: 'u16',
};

// What a column holds that the document does not have.
const kAbsent: Partial<Record<ColumnName, number>> = {
  client: kNoIndex,
  server: kNoIndex,
  method: kNoIndex,
  process: kNoIndex,
  kind: 255,
  ending: 255,
  client_status: kSilent,
  wire_status: kSilent,
  server_status: kSilent,
  client_latency_ns: NaN,
  wire_latency_ns: NaN,
  server_latency_ns: NaN,
  request_bytes: NaN,
  reply_bytes: NaN,
};

export const kNames = Object.keys(kTypes) as ColumnName[];

export function array_of(type: string, length: number): Float64Array | Uint32Array | Uint16Array | Uint8Array {
  switch (type) {
    case 'f64':
      return new Float64Array(length);
    case 'u32':
      return new Uint32Array(length);
    case 'u16':
      return new Uint16Array(length);
    case 'u8':
      return new Uint8Array(length);
    default:
      throw new Error(`a column of type ${type} is not known`);
  }
}

export function empty_columns(length: number): Columns {
  const columns: Partial<Record<ColumnName, ArrayLike<number>>> = {};
  for (const name of kNames) {
    const column = array_of(kTypes[name], length);
    const absent = kAbsent[name];
    if (absent !== undefined) column.fill(absent);
    columns[name] = column;
  }
  return columns as unknown as Columns;
}

export class Table {
  columns: Columns;
  length: number;
  capacity: number;
  first = 0; // the number of the oldest row kept, counted from the begin of the run
  order: Uint32Array; // rows by start, then as they came

  constructor(columns: Columns, length: number, capacity = length) {
    this.columns = columns;
    this.length = length;
    this.capacity = Math.max(capacity, length);
    this.order = sorted_by_start(columns.start_ns, 0, length);
    if (this.capacity > columns.start_ns.length) this.#grow();
  }

  // Row `number` of the run, or -1 where it is not kept.
  row_of(number: number): number {
    const row = number - this.first;
    return row >= 0 && row < this.length ? row : -1;
  }

  append(part: Columns, count: number): void {
    const skip = Math.max(0, count - this.capacity);
    const added = count - skip;
    const over = this.length + added - this.capacity;
    if (over > 0) this.#drop(Math.min(this.length, Math.max(over, Math.floor(this.capacity / 20))));
    this.first += skip;
    const begin = this.length;
    for (const name of kNames) this.columns[name].set(part[name].subarray(skip, count), begin);
    this.length += added;
    this.#merge(sorted_by_start(this.columns.start_ns, begin, this.length));
  }

  #grow(): void {
    const wide = empty_columns(this.capacity);
    for (const name of kNames) wide[name].set(this.columns[name].subarray(0, this.length));
    this.columns = wide;
  }

  #drop(count: number): void {
    for (const name of kNames) this.columns[name].copyWithin(0, count, this.length);
    this.order = this.order.filter((row) => row >= count).map((row) => row - count);
    this.first += count;
    this.length -= count;
  }

  #merge(fresh: Uint32Array): void {
    const start = this.columns.start_ns;
    const merged = new Uint32Array(this.order.length + fresh.length);
    let left = this.order.length - 1;
    let right = fresh.length - 1;
    for (let at = merged.length - 1; at >= 0; at--) {
      const take_left = right < 0 || (left >= 0 && start[this.order[left]!]! > start[fresh[right]!]!);
      merged[at] = take_left ? this.order[left--]! : fresh[right--]!;
    }
    this.order = merged;
  }
}

function sorted_by_start(start: Float64Array, begin: number, end: number): Uint32Array {
  const rows = new Uint32Array(end - begin);
  let sorted = true;
  for (let row = begin; row < end; row++) {
    rows[row - begin] = row;
    if (row > begin && start[row]! < start[row - 1]!) sorted = false;
  }
  return sorted ? rows : rows.sort((a, b) => start[a]! - start[b]! || a - b);
}
