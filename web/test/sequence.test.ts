import { describe, expect, it } from 'vitest';
import type { Detail, Frame, Statement } from '../src/data/contract';
import { layout, odd_one, space_of, type Item } from '../src/draw/sequence';

const frame = (time_ns: number, direction: Frame['direction'], type: string): Frame => ({ packet: time_ns, time_ns, direction, type, length: 1, text: type });
const statement = (witness: 'client' | 'server', type: string, time_ns?: number): Statement => ({ witness, name: witness, type, ...(time_ns === undefined ? {} : { time_ns }) });

const frames = [frame(100, 'to-server', 'HEADERS'), frame(110, 'to-server', 'DATA'), frame(300, 'to-client', 'HEADERS'), frame(310, 'to-client', 'DATA'), frame(320, 'to-client', 'HEADERS')];
const name = (item: Item): string =>
  item.kind === 'frame' ? `${item.frame.direction === 'to-server' ? '>' : '<'}${item.frame.type}` : item.kind === 'statement' ? `${item.side} ${item.statement.type}` : item.kind === 'difference' ? `! ${item.difference.field}` : '!!';
const order = (detail: Detail): string[] => layout(detail).map(name);

describe('a sequence', () => {
  const statements = [statement('client', 'started', 90), statement('client', 'ended', 400), statement('server', 'received', 150), statement('server', 'ended', 250)];
  const right = ['client started', '>HEADERS', '>DATA', 'server received', 'server ended', '<HEADERS', '<DATA', '<HEADERS', 'client ended'];

  it('follows time where clocks agree', () => expect(order({ statements, frames })).toEqual(right));

  it('does not depend on the order in the document', () => expect(order({ statements: [...statements].reverse(), frames: [...frames].reverse() })).toEqual(right));

  it('puts cause before effect where a clock is late or early', () => {
    for (const off of [-1e9, 1e9]) {
      const shifted = statements.map((one) => ({ ...one, time_ns: Number(one.time_ns) + off }));
      const items = layout({ statements: shifted, frames });
      const names = items.map(name);
      expect(names.indexOf('client started')).toBe(0);
      expect(names.indexOf('server received')).toBeGreaterThan(names.indexOf('>HEADERS'));
      expect(names.indexOf('server ended')).toBeGreaterThan(names.indexOf('server received'));
      expect(names.indexOf('client ended')).toBeGreaterThan(names.indexOf('<HEADERS'));
      expect(items.some((item) => item.kind === 'statement' && item.moved)).toBe(true);
    }
  });

  it('says of no statement that it was moved where it was not', () => {
    for (const item of layout({ statements, frames })) if (item.kind === 'statement') expect(item.moved).toBe(false);
  });

  it('takes a time that no double holds', () => {
    const items = layout({ statements: [{ ...statement('client', 'ended'), time_ns: '9007199254740993' }], frames });
    expect(items.at(-1)).toMatchObject({ kind: 'statement', at: 9007199254740992, moved: false });
  });

  it('keeps statements without a time, and without frames', () => {
    expect(order({ statements: [statement('server', 'ended'), statement('client', 'started')], frames })[0]).toBe('client started');
    expect(order({ statements, frames: [] })).toEqual(['client started', 'server received', 'server ended', 'client ended']);
    expect(order({})).toEqual([]);
  });

  it('marks a difference where its field was said', () => {
    const differences = ['reply.client', 'status', 'method', 'requests', 'colour'].map((field) => ({ field, text: '' }));
    const names = order({ statements, frames, differences });
    expect(names[names.indexOf('! reply.client') - 1]).toBe('<DATA');
    expect(names[names.indexOf('! status') - 1]).toBe('<HEADERS');
    expect(names[names.indexOf('! method') - 1]).toBe('>HEADERS');
    expect(names[names.indexOf('! requests') - 1]).toBe('>DATA');
    expect(names.at(-1)).toBe('! colour');
    expect(names.filter((one) => !one.startsWith('!'))).toEqual(right);
  });

  it('knows the names that the program gives', () => {
    const after = (field: string): string => {
      const names = order({ statements, frames, differences: [{ field, text: '' }] });
      return names[names.indexOf(`! ${field}`) - 1]!;
    };
    expect(['number of replies', 'reply', 'server', 'status', 'status message', 'number of requests', 'kind', 'method'].map(after)).toEqual([
      '<DATA', '<DATA', '<DATA', '<HEADERS', '<HEADERS', '>DATA', '>HEADERS', '>HEADERS',
    ]);
  });

  it('says behind the reply that it names somebody else', () => {
    const items = layout({ statements, frames }, { asked: 'a #1', named: 'b #2' });
    const at = items.findIndex((item) => item.kind === 'astray');
    expect(name(items[at - 1]!)).toBe('<DATA');
  });

  it('gives more room to more time', () => {
    expect(space_of(0)).toBe(0);
    expect(space_of(-5)).toBe(0);
    expect(space_of(1e6)).toBeGreaterThan(space_of(1e5));
    expect(space_of(1e15)).toBeLessThanOrEqual(40);
  });

  it('names who stands alone', () => {
    expect(odd_one({ field: 'x', client: 'a', wire: 'b', server: 'b', text: '' })).toBe('client');
    expect(odd_one({ field: 'x', client: 'b', wire: 'a', server: 'b', text: '' })).toBe('wire');
    expect(odd_one({ field: 'x', client: 'b', wire: 'b', server: 'a', text: '' })).toBe('server');
    expect(odd_one({ field: 'x', client: 'a', wire: 'b', server: 'c', text: '' })).toBe(null);
    expect(odd_one({ field: 'x', client: 'a', wire: 'b', text: '' })).toBe(null);
  });
});
