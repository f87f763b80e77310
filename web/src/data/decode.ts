// base64 of zlib-deflated octets → columns.
import type { Column } from './contract';
import { array_of, empty_columns, kTypes, type ColumnName, type Columns } from './table';

export function octets_of_base64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const octets = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at++) octets[at] = binary.charCodeAt(at);
  return octets;
}

// `limit`: of inflated octets; what promises more is not read further.
export async function inflate(octets: Uint8Array<ArrayBuffer>, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const reader = new Blob([octets]).stream().pipeThrough(new DecompressionStream('deflate')).getReader();
  const inflated = new Uint8Array(limit);
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (size + value.length > limit) {
      await reader.cancel();
      throw new Error(`the columns hold more than the ${limit} octets that they should`);
    }
    inflated.set(value, size);
    size += value.length;
  }
  return inflated.subarray(0, size);
}

const kSizes: Record<string, number> = { f64: 8, u32: 4, u16: 2, u8: 1 };

export const row_size = (columns: Column[]): number =>
  columns.reduce((sum, column) => {
    const size = kSizes[column.type];
    if (!size) throw new Error(`a column of type ${column.type} is not known`);
    return sum + size;
  }, 0);

// Columns are not aligned in `octets`, so each is copied. A column of another width than ours is converted.
export function split_columns(described: Column[], kept: number, octets: Uint8Array<ArrayBuffer>): Columns {
  const expected = row_size(described) * kept;
  if (octets.length !== expected) throw new Error(`the columns have ${octets.length} octets, not ${expected}`);
  const columns = empty_columns(kept);
  const known = columns as unknown as Record<string, ReturnType<typeof array_of>>;
  let at = octets.byteOffset;
  for (const { name, type } of described) {
    const size = kSizes[type]! * kept;
    if (Object.hasOwn(kTypes, name)) {
      const column = array_of(type, kept);
      new Uint8Array(column.buffer).set(new Uint8Array(octets.buffer, at, size));
      known[name] = kTypes[name as ColumnName] === type ? column : array_of(kTypes[name as ColumnName], kept);
      if (known[name] !== column) known[name].set(column);
    }
    at += size;
  }
  return columns;
}

export async function decode_columns(described: Column[], kept: number, base64: string): Promise<Columns> {
  if (kept === 0) return empty_columns(0);
  return split_columns(described, kept, await inflate(octets_of_base64(base64), row_size(described) * kept));
}
