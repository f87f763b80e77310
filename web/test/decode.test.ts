import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decode_columns, inflate, octets_of_base64, row_size, split_columns } from '../src/data/decode';
import { parse_document } from '../src/data/parse';
import { calls_of, kColumns, packed, sample } from '../dev/sample';
import { kNames } from '../src/data/table';

const made = calls_of({ calls: 777, clients: 3, servers: 2, methods: 4, seed: 9 }, true).columns;

describe('columns', () => {
  it('come back as they were packed', async () => {
    const columns = await decode_columns(kColumns, 777, packed(made, 777));
    for (const name of kNames) expect(columns[name], name).toEqual(made[name]);
  });

  it('are read where their octets stand, little endian and unaligned', async () => {
    const octets = Uint8Array.from([7, 0x34, 0x12, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f]);
    const described = [{ name: 'kind', type: 'u8' }, { name: 'method', type: 'u16' }, { name: 'start_ns', type: 'f64' }];
    const columns = split_columns(described, 1, octets);
    expect([columns.kind[0], columns.method[0], columns.start_ns[0]]).toEqual([7, 0x1234, 1]);
  });

  it('pass over a column that they do not know, and fill one that is missing', async () => {
    const columns = split_columns([{ name: 'of_tomorrow', type: 'u32' }, { name: 'stream', type: 'u32' }], 1, Uint8Array.from([1, 2, 3, 4, 9, 0, 0, 0]));
    expect(columns.stream[0]).toBe(9);
    expect(columns.client[0]).toBe(65535);
    expect(columns.wire_status[0]).toBe(255);
    expect(columns.wire_latency_ns[0]).toBeNaN();
    expect(columns).not.toHaveProperty('of_tomorrow');
  });

  it('take a column of another width', () => {
    const columns = split_columns([{ name: 'method', type: 'u32' }], 2, Uint8Array.from([5, 0, 0, 0, 6, 0, 0, 0]));
    expect(columns.method).toEqual(Uint16Array.from([5, 6]));
  });

  it('are refused where octets lack, abound, or make a type that is not known', async () => {
    const cut = deflateSync(Buffer.alloc(row_size(kColumns) * 2 - 1)).toString('base64');
    const long = deflateSync(Buffer.alloc(row_size(kColumns) * 2 + 1)).toString('base64');
    await expect(decode_columns(kColumns, 2, cut)).rejects.toThrow('octets, not');
    await expect(decode_columns(kColumns, 2, long)).rejects.toThrow('more than');
    await expect(decode_columns([{ name: 'kind', type: 'i8' }], 1, long)).rejects.toThrow('i8');
    await expect(decode_columns(kColumns, 2, 'AAAA')).rejects.toThrow();
  });

  it('are not inflated beyond what they may hold', async () => {
    const bomb = deflateSync(Buffer.alloc(50_000_000));
    await expect(inflate(octets_of_base64(bomb.toString('base64')), 1000)).rejects.toThrow('more than the 1000');
  });

  it('of no call are empty', async () => {
    expect((await decode_columns(kColumns, 0, '')).start_ns.length).toBe(0);
  });
});

describe('a document', () => {
  it('of this format is read, with what is missing made empty', () => {
    const document = parse_document('{"format":"testigo-page","version":"1.7","report":null}');
    expect(document.clients).toEqual([]);
    expect(document.calls).toEqual({ total: 0, kept: 0, columns: [], data: '' });
    expect(parse_document(JSON.stringify(sample({ calls: 3 }))).calls.kept).toBe(3);
  });

  it('of another kind is refused', () => {
    expect(() => parse_document('{}')).toThrow('no testigo-page');
    expect(() => parse_document('{"format":"testigo-page","version":"2.0"}')).toThrow('version 2.0');
    expect(() => parse_document('[')).toThrow();
  });
});
