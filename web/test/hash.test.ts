import { describe, expect, it } from 'vitest';
import { kEverything } from '../src/data/filter';
import { hash_of, kStart, state_of, type State } from '../src/data/hash';

const full: State = {
  filter: { clients: ['client1', '', 'a&b=c#d/\u202e%'], except: ['', 'client2'], methods: ['/x.Y/Z'], statuses: [0, 14], only: ['failed', 'difference'], text: '2/9', from: 1000, to: 5_000_000_000 },
  sort: { by: 'latency', down: true },
  view: { from: 12, to: 9_000_000_000_000 },
  call: 'client1/afc40605ed6ae91a/7',
};

describe('the hash', () => {
  it('keeps the whole state', () => expect(state_of(`#${hash_of(full)}`)).toEqual(full));
  it('is empty at the start', () => {
    expect(hash_of(kStart)).toBe('');
    expect(state_of('')).toEqual(kStart);
    expect(state_of('#')).toEqual(kStart);
  });
  it('keeps a range that is open at one end', () => {
    const state = { ...kStart, filter: { ...kEverything, from: null, to: 7 } };
    expect(state_of(hash_of(state)).filter).toMatchObject({ from: null, to: 7 });
  });
  it.each([[-5, -3], [-5, 3], [-5, null], [null, -3], [0, -0.4]])('keeps a range from %s to %s', (from, to) => {
    const state = state_of(hash_of({ ...kStart, filter: { ...kEverything, from, to } })).filter;
    expect([state.from, state.to]).toEqual([from, to === null ? null : Math.round(to) + 0]);
  });
  it('keeps a view that begins before the run', () => {
    const view = { from: -120_000_000, to: 9_000_000_000 };
    expect(state_of(hash_of({ ...kStart, view })).view).toEqual(view);
  });
  it('reads well', () => expect(hash_of({ ...kStart, call: '2/135' })).toBe('call=2/135'));
  it.each(['#status=abc&only=everything&view=9-3&time=x&sort', '#%E0%A4%A=1&client', '#constructor=1&__proto__=2', '#status=999'])('passes over %s', (hash) => {
    expect(state_of(hash)).toEqual(kStart);
  });
  it('does not fail on a value that does not decode', () => expect(state_of('#q=%E0%A4%A').filter.text).toBe('%E0%A4%A'));
});
