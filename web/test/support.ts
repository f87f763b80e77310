import { decode_columns } from '../src/data/decode';
import type { Names, PageDocument } from '../src/data/contract';
import { Table } from '../src/data/table';
import { sample, type Options } from '../dev/sample';

export interface Read {
  document: PageDocument;
  table: Table;
  names: Names;
}

export async function read(options: Options): Promise<Read> {
  const document = sample(options);
  const { calls } = document;
  const table = new Table(await decode_columns(calls.columns, calls.kept, calls.data), calls.kept);
  return { document, table, names: document };
}

export const all_rows = (count: number): Uint32Array => Uint32Array.from({ length: count }, (_, at) => at);
