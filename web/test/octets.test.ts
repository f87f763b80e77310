import { describe, expect, it } from 'vitest';
import type { Frame } from '../src/data/contract';
import { content_of, octets_of_hex, part_at, parts_of, printable, within } from '../src/data/octets';
import { sample } from '../dev/sample';

const frame: Frame = { packet: 1, time_ns: 0, direction: 'to-server', type: 'DATA', length: 16, text: '', octets: '00'.repeat(25), size: 25 };

describe('octets', () => {
  it('are read from hexadecimal', () => {
    expect([...octets_of_hex('00ff7F')]).toEqual([0, 255, 127]);
    expect([...octets_of_hex('0')]).toEqual([]);
    expect([...octets_of_hex('zz41')]).toEqual([0, 0x41]);
    expect([0x1f, 0x20, 0x7e, 0x7f, 0xff].map(printable)).toEqual(['·', ' ', '~', '·', '·']);
  });

  it('mean what the shortest part says', () => {
    const parts = [{ begin: 0, end: 9, text: 'header' }, { begin: 3, end: 4, text: 'type' }, { begin: 3, end: 9, text: 'rest' }];
    expect([2, 3, 4, 8, 9].map((octet) => part_at(parts, octet))).toEqual([0, 1, 2, 2, -1]);
  });

  it('of a frame without parts have those of any frame', () => {
    expect(parts_of(frame).map((part) => [part.begin, part.end])).toEqual([[0, 3], [3, 4], [4, 5], [5, 9]]);
    expect(parts_of({ ...frame, octets: '' })).toEqual([]);
  });

  it('of a message are its content, not its prefix', () => {
    expect(content_of({ ...frame, messages: [{ number: 1, length: 11, begin: 9, end: 25 }] })).toEqual([{ begin: 14, end: 25 }]);
    // The message goes on in another frame: all of it here is hidden.
    expect(content_of({ ...frame, messages: [{ number: 1, length: 1000, begin: 9, end: 25 }] })).toEqual([{ begin: 9, end: 25 }]);
    expect(content_of(frame)).toEqual([{ begin: 9, end: 25 }]);
    expect(content_of({ ...frame, type: 'HEADERS' })).toEqual([]);
    // Two messages, the second whole; the end of one before them, and the begin of one behind.
    const told = [{ number: 1, length: 30, begin: 9, end: 11 }, { number: 2, length: 3, begin: 11, end: 19 }];
    expect(content_of({ ...frame, messages: told })).toEqual([{ begin: 9, end: 11 }, { begin: 16, end: 25 }]);
    expect(content_of({ ...frame, messages: [{ number: 2, length: 0, begin: 9, end: 14 }, { number: 3, length: 6, begin: 14, end: 25 }] })).toEqual([{ begin: 19, end: 25 }]);
    expect([13, 14, 24, 25].map((octet) => within([{ begin: 14, end: 25 }], octet))).toEqual([false, true, true, false]);
  });

  it('of the samples lie where their parts and fields say', () => {
    for (const detail of sample({ calls: 300 }).details) {
      for (const one of detail.frames ?? []) {
        const octets = octets_of_hex(one.octets!);
        for (const part of one.parts ?? []) expect(part.begin < part.end && part.end <= octets.length).toBe(true);
        for (const field of one.fields ?? []) {
          const text = Buffer.from(octets.subarray(field.begin, field.end)).toString('latin1');
          expect(text).toContain(field.name!);
        }
      }
    }
  });
});
