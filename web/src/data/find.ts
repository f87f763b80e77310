// From an id or a place to the row of the call.
import { kNoIndex, type Names, type Place } from './contract';
import type { Table } from './table';

export function id_of(table: Table, names: Names, row: number): string {
  const { columns } = table;
  const process = names.processes[columns.process[row]!];
  if (!process || columns.number[row] === 0) return '';
  const client = names.clients[process.client];
  return client ? `${client.name}/${process.process}/${columns.number[row]}` : '';
}

// -1: not among the rows.
export function row_of_id(table: Table, names: Names, id: string): number {
  const last = id.lastIndexOf('/');
  const middle = id.lastIndexOf('/', last - 1);
  const number = Number(id.slice(last + 1));
  if (middle < 0 || !Number.isInteger(number) || number <= 0) return -1;
  const client = id.slice(0, middle);
  const word = id.slice(middle + 1, last);
  const process = names.processes.findIndex((p) => p.process === word && names.clients[p.client]?.name === client);
  if (process < 0) return -1;
  const { columns } = table;
  for (let row = 0; row < table.length; row++) {
    if (columns.number[row] === number && columns.process[row] === process) return row;
  }
  return -1;
}

export function row_of_place(table: Table, place: Place): number {
  if (!place.stream || !place.connection || place.other_side) return -1;
  const { columns } = table;
  for (let row = 0; row < table.length; row++) {
    if (columns.stream[row] === place.stream && columns.connection[row] === place.connection) return row;
  }
  return -1;
}

// What names a call in a link: its id, else where it was on the wire, else its row.
export function call_key(table: Table, names: Names, row: number): string {
  const id = id_of(table, names, row);
  if (id) return id;
  const { connection, stream } = table.columns;
  return connection[row] ? `${connection[row]}/${stream[row]}` : `row:${table.first + row}`;
}

export function row_of_key(table: Table, names: Names, key: string): number {
  const numbered = /^row:(\d+)$/.exec(key);
  if (numbered) return table.row_of(Number(numbered[1]));
  const place = /^(\d+)\/(\d+)$/.exec(key);
  if (place) return row_of_place(table, { packet: 0, connection: Number(place[1]), stream: Number(place[2]) });
  return row_of_id(table, names, key);
}

export const client_name = (names: Names, index: number): string | null =>
  index === kNoIndex ? null : (names.clients[index]?.name ?? `#${index}`);

export const method_name = (names: Names, index: number): string | null =>
  index === kNoIndex ? null : (names.methods[index] ?? `#${index}`);

export const server_name = (names: Names, index: number): string | null =>
  index === kNoIndex ? null : (names.servers[index]?.name ?? `#${index}`);

// The command that shows the packets of a call, made from the one that shows them all.
export function tshark_of(all: string | undefined, packets: number[]): string | null {
  const wanted = [...new Set(packets.filter((packet) => packet > 0))].sort((a, b) => a - b);
  const shown = / -Y (http2|tls|'http2\|\|tls')$/.exec(all ?? '');
  if (!all || wanted.length === 0 || !shown) return null;
  const filter = wanted.map((packet) => `frame.number==${packet}`).join('||');
  const protocols = shown[1]!.replaceAll("'", '').replace('||', ',');
  return `${all.slice(0, shown.index)} -Y '${filter}' -O ${protocols} -x`;
}
