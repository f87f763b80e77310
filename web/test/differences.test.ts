import { describe, expect, it } from 'vitest';
import type { Detail } from '../src/data/contract';
import { astray, differences_of } from '../src/data/differences';

const detail: Detail = {
  statements: [
    { witness: 'client', name: 'client1', type: 'started', method: '/a.B/C', kind: 'unary' },
    { witness: 'server', name: 'server', type: 'received', method: '/a.B/D', kind: 'bidi' },
    { witness: 'server', name: 'server', type: 'ended', status: 0, message: '', requests: 1, replies: 2, reply: { client: 'client2', call: 3, server: 'other' } },
    { witness: 'client', name: 'client1', type: 'ended', status: 4, message: 'late', requests: 1, replies: 0, reply: { client: 'client2', call: 3, server: 'other' } },
  ],
};
const of = (field: string) => differences_of({ ...detail, differences: [{ field, text: 't' }] }, [4, 0, 0])[0];

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
    expect(differences_of({ ...detail, differences: [told] }, [4, 0, 0])).toEqual([told]);
  });

  it('of a wire that tells no status leaves it out', () => {
    expect(differences_of({ ...detail, differences: [{ field: 'status', text: '' }] }, [4, 254, 0])[0]).not.toHaveProperty('wire');
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
