import { expect, test } from 'vitest';
import { aimed, kNowhere } from '../src/data/aim';
import type { Frame } from '../src/data/contract';

const frame = (packet: number, direction: 'to-server' | 'to-client', offset: number, octets: string): Frame =>
  ({ packet, direction, offset, octets, time_ns: 0, type: 'DATA', length: octets.length / 2 - 9 }) as Frame;
const head = '000003000000000001';
const frames = [frame(1, 'to-server', 24, `${head}0a0b0c`), frame(7, 'to-client', 0, `${head}a1b2c3`), frame(7, 'to-client', 12, `${head}0a1b2c`), frame(7, 'to-server', 0, `${head}a1b2c3`)];
const at = (aim: Parameters<typeof aimed>[1]): number[] => [...aimed(frames, aim)].map((one) => frames.indexOf(one));

test('an aim at nothing finds nothing', () => {
  expect(at(kNowhere)).toEqual([]);
  expect(at({ packet: 3 })).toEqual([]);
});

test('of a packet with several frames, those that hold the octets', () => {
  expect(at({ packet: 7 })).toEqual([1, 2, 3]);
  expect(at({ packet: 7, octets: '1b2c' })).toEqual([2]);
  expect(at({ packet: 7, octets: 'b2' })).toEqual([1, 3]);
  expect(at({ packet: 7, octets: 'ffff' })).toEqual([1, 2, 3]); // they may be cut off
});

test('where a finding says that it stands', () => {
  expect(at({ packet: 7, direction: 'to-client', offset: 11 })).toEqual([1]);
  expect(at({ packet: 7, direction: 'to-client', offset: 12 })).toEqual([2]);
  expect(at({ packet: 7, direction: 'to-server', offset: 3 })).toEqual([3]);
  expect(at({ packet: 7, direction: 'to-server', offset: 900 })).toEqual([1, 2, 3]);
});
