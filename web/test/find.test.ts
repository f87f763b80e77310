import { describe, expect, it } from 'vitest';
import { call_key, id_of, row_of_id, row_of_key, row_of_place, tshark_of } from '../src/data/find';
import { ordered } from '../src/data/order';
import { read } from './support';

const { table, names } = await read({ calls: 400, clients: 3, seed: 5 });

describe('a call', () => {
  it('is found by what names it', () => {
    for (let row = 0; row < 400; row += 13) {
      const id = id_of(table, names, row);
      expect(id).toMatch(/^client\d\/[0-9a-f]{16}\/\d+$/);
      expect(id_of(table, names, row_of_id(table, names, id))).toBe(id);
      const place = { packet: 0, connection: table.columns.connection[row]!, stream: table.columns.stream[row]! };
      expect(row_of_place(table, place)).toBe(row);
      expect(row_of_key(table, names, `row:${row}`)).toBe(row);
      expect(row_of_key(table, names, `${place.connection}/${place.stream}`)).toBe(row);
    }
  });

  it('without an id is named by its place, without that by its row', async () => {
    const other = await read({ calls: 3 });
    other.table.columns.number[1] = 0;
    expect(call_key(other.table, other.names, 1)).toBe(`${other.table.columns.connection[1]}/${other.table.columns.stream[1]}`);
    other.table.columns.connection[1] = 0;
    expect(call_key(other.table, other.names, 1)).toBe('row:1');
  });

  it('that is not there is not found', () => {
    for (const key of ['', 'x', 'client1/ffff/1', 'client1/0000afc40605ed6a/0', '99/1', '0/0', 'row:400', 'row:-1', '///']) expect(row_of_key(table, names, key), key).toBe(-1);
    expect(row_of_place(table, { packet: 3, connection: 1, stream: 1, other_side: true })).toBe(-1);
  });
});

describe('the command', () => {
  const all = 'tshark -r w.pcapng -d tcp.port==5,http2 -Y http2';
  it('shows the packets of the call', () => expect(tshark_of(all, [9, 7, 9, 0])).toBe("tshark -r w.pcapng -d tcp.port==5,http2 -Y 'frame.number==7||frame.number==9' -O http2 -x"));
  it('is of the protocols that the wire showed', () => {
    expect(tshark_of('tshark -r w -d tcp.port==443,tls -Y tls', [7])).toBe("tshark -r w -d tcp.port==443,tls -Y 'frame.number==7' -O tls -x");
    expect(tshark_of("tshark -r 'a -Y tls' -d tcp.port==80,http2 -d tcp.port==443,tls -Y 'http2||tls'", [7])).toBe("tshark -r 'a -Y tls' -d tcp.port==80,http2 -d tcp.port==443,tls -Y 'frame.number==7' -O http2,tls -x");
  });
  it('is not guessed', () => {
    expect(tshark_of(all, [0])).toBe(null);
    expect(tshark_of(undefined, [1])).toBe(null);
    expect(tshark_of('tshark -r w.pcapng -Y quic', [1])).toBe(null);
  });
});

describe('the order', () => {
  const rows = table.order;
  it('is by time, or by a column, up or down', () => {
    expect(ordered(table.columns, rows, 'time', false)).toBe(rows);
    expect([...ordered(table.columns, rows, 'time', true)]).toEqual([...rows].reverse());
    const down = [...ordered(table.columns, rows, 'latency', true)].map((row) => table.columns.wire_latency_ns[row]!);
    expect(down).toEqual([...down].sort((a, b) => b - a));
    const clients = [...ordered(table.columns, rows, 'client', false)];
    for (let at = 1; at < clients.length; at++) {
      const [a, b] = [clients[at - 1]!, clients[at]!];
      expect(table.columns.client[a]! < table.columns.client[b]! || (table.columns.client[a] === table.columns.client[b] && table.columns.start_ns[a]! <= table.columns.start_ns[b]!)).toBe(true);
    }
  });

  it('puts what has no value last, up and down', async () => {
    const other = await read({ calls: 9, seed: 2 });
    for (const name of ['wire_latency_ns', 'client_latency_ns', 'server_latency_ns'] as const) other.table.columns[name][3] = NaN;
    expect(ordered(other.table.columns, other.table.order, 'latency', false).at(-1)).toBe(3);
    expect(ordered(other.table.columns, other.table.order, 'latency', true).at(-1)).toBe(3);
  });
});
