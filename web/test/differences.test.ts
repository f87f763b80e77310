import { describe, expect, it } from 'vitest';
import type { Detail } from '../src/data/contract';
import { astray, differences_of, type Statuses } from '../src/data/differences';
import { kWords } from '../src/words';
import { stated_status, status_word } from '../src/words/status';

const detail: Detail = {
  statements: [
    { witness: 'client', name: 'client1', type: 'started', method: '/a.B/C', kind: 'unary' },
    { witness: 'server', name: 'server', type: 'received', method: '/a.B/D', kind: 'bidi' },
    { witness: 'server', name: 'server', type: 'ended', status: 0, message: '', requests: 1, replies: 2, reply: { client: 'client2', call: 3, server: 'other' } },
    { witness: 'client', name: 'client1', type: 'ended', status: 4, message: 'late', requests: 1, replies: 0, reply: { client: 'client2', call: 3, server: 'other' } },
  ],
};
const words = { of_row: (status: number) => status_word(kWords.en, status), stated: (status: number | string) => stated_status(kWords.en, status) };
const completed = (detail: Detail, statuses: Statuses) => differences_of(detail, statuses, words);
const of = (field: string) => completed({ ...detail, differences: [{ field, text: 't' }] }, [4, 0, 0])[0];

describe('a difference', () => {
  it.each([
    ['method', '/a.B/C', undefined, '/a.B/D'],
    ['kind', 'unary', undefined, 'bidi'],
    ['status', 'DEADLINE_EXCEEDED', 'OK', 'OK'],
    ['status message', 'late', undefined, ''],
    ['number of requests', '1', undefined, '1'],
    ['number of replies', '0', undefined, '2'],
    ['reply', 'client2 #3, other', undefined, 'client2 #3, other'],
    ['server', 'other', undefined, 'server'],
    ['something new', undefined, undefined, undefined],
  ])('in %s is completed', (field, client, wire, server) => expect(of(field)).toMatchObject({ field, text: 't', ...(client === undefined ? {} : { client }), ...(wire === undefined ? {} : { wire }), ...(server === undefined ? {} : { server }) }));

  it('that is told stays as it is', () => {
    const told = { field: 'status', client: 'a', wire: 'b', server: 'b', text: '' };
    expect(completed({ ...detail, differences: [told] }, [4, 0, 0])).toEqual([told]);
  });

  it('of a wire that tells no status leaves it out', () => {
    expect(completed({ ...detail, differences: [{ field: 'status', text: '' }] }, [4, 254, 0])[0]).not.toHaveProperty('wire');
  });
});

describe('a status', () => {
  const ended = (status: number | string): Detail => ({ statements: [{ witness: 'client', name: 'c', type: 'ended', status }], differences: [{ field: 'status', text: '' }] });
  it('of the wire that is none of gRPC is a word', () => expect(completed(ended(0), [0, 253, 0])[0]).toMatchObject({ client: 'OK', wire: 'no status of gRPC' }));
  it.each([[99, '99 (no status of gRPC)'], [253, '253 (no status of gRPC)'], [254, '254 (no status of gRPC)'], [255, '255 (no status of gRPC)'], [1000, '1000 (no status of gRPC)'], ['9007199254740993', '9007199254740993 (no status of gRPC)'], ['', ' (no status of gRPC)'], [14, 'UNAVAILABLE']])('that is stated as %s is no code of a row', (status, word) => {
    expect(completed(ended(status), [0, 0, 0])[0]!.client).toBe(word);
  });
  it('of a row is one of its codes', () => expect([0, 16, 17, 253, 254, 255].map((status) => status_word(kWords.es, status))).toEqual(['OK', 'UNAUTHENTICATED', 'no es un estado de gRPC', 'no es un estado de gRPC', 'sin estado', 'sin estado']));
});

describe('an integer that no double holds', () => {
  const big = '9007199254740993';
  const told: Detail = { statements: [{ witness: 'client', name: 'client1', type: 'ended', requests: big, replies: 2, reply: { client: 'client1', call: big } }] };
  it('stays as it is', () => {
    expect(completed({ ...told, differences: [{ field: 'number of requests', text: '' }, { field: 'reply', text: '' }] }, [0, 0, 0])).toMatchObject([{ client: big }, { client: `client1 #${big}` }]);
  });
  it('tells one call from another', () => {
    expect(astray(told, `client1/ab/${big}`)).toBe(null);
    expect(astray(told, 'client1/ab/9007199254740992')).toEqual({ asked: 'client1 #9007199254740992', named: `client1 #${big}` });
  });
});

describe('a reply', () => {
  it('names somebody else', () => expect(astray(detail, 'client1/ab/4')).toEqual({ asked: 'client1 #4', named: 'client2 #3' }));
  it('names another call of the same client', () => expect(astray(detail, 'client2/ab/4')).toEqual({ asked: 'client2 #4', named: 'client2 #3' }));
  it('is said once', () => expect(astray({ ...detail, differences: [{ field: 'reply', text: '' }] }, 'client1/ab/4')).toBe(null));
  it('names who asked', () => expect(astray(detail, 'client2/ab/3')).toBe(null));
  it('is not there, or nobody asked by id', () => {
    expect(astray({}, 'client1/ab/4')).toBe(null);
    expect(astray(detail, '')).toBe(null);
  });
});
