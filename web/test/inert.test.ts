import { describe, expect, it } from 'vitest';
import { cut, inert, runs, short } from '../src/data/inert';

describe('inert text', () => {
  it.each([
    ['plain', 'héllo – 你好 🎉', 'héllo – 你好 🎉'],
    ['a family of joined emoji', '👩‍👩‍👧', '👩‍👩‍👧'],
    ['C0 controls', 'a\u0000b\u001b[31m\tc\r\n', 'a\\u{0}b\\u{1b}[31m\\u{9}c\\u{d}\\u{a}'],
    ['C1 controls', '\u0080\u0085\u009f', '\\u{80}\\u{85}\\u{9f}'],
    ['delete', '\u007f', '\\u{7f}'],
    ['an override', 'user\u202egnp.exe', 'user\\u{202e}gnp.exe'],
    ['isolates and marks', '\u2066a\u2069\u200f\u200e\u061c', '\\u{2066}a\\u{2069}\\u{200f}\\u{200e}\\u{61c}'],
    ['what is invisible', 'a\u200bb\u2060c\ufeffd\u00ade', 'a\\u{200b}b\\u{2060}c\\u{feff}d\\u{ad}e'],
    ['separators of lines', '\u2028\u2029', '\\u{2028}\\u{2029}'],
    ['tags', '\u{e0041}', '\\u{e0041}'],
    ['half a pair', 'a\ud800b\udc00', 'a\\u{d800}b\\u{dc00}'],
    ['noncharacters', '\ufffe\uffff\ufdd0', '\\u{fffe}\\u{ffff}\\u{fdd0}'],
    ['what was invalid already', '\ufffd', '\ufffd'],
  ])('%s', (_, text, expected) => expect(inert(text)).toBe(expected));

  it('leaves markup as text', () => expect(inert('<img src=x onerror=alert(1)>')).toBe('<img src=x onerror=alert(1)>'));

  it('tells what is an escape from text that looks like one', () => {
    expect(runs('\\u{0}\u0000\u0001x')).toEqual([{ text: '\\u{0}', escaped: false }, { text: '\\u{0}\\u{1}', escaped: true }, { text: 'x', escaped: false }]);
    expect(runs('')).toEqual([]);
  });

  it('is quick with a megabyte of controls', () => {
    const begun = performance.now();
    expect(inert('\u0001'.repeat(1_000_000)).length).toBe(5_000_000);
    expect(performance.now() - begun).toBeLessThan(3000);
  });
});

describe('cutting', () => {
  it('never halves a pair', () => {
    expect(cut('ab🎉cd', 3)).toBe('ab');
    expect(cut('ab🎉cd', 4)).toBe('ab🎉');
    expect(cut('short', 10)).toBe('short');
  });

  it('makes short texts short and inert', () => {
    expect(short('abcdef', 4)).toBe('abc…');
    expect(short('abcd', 4)).toBe('abcd');
    expect(short('\u202e\u202e', 9)).toBe('\\u{202e}…');
    expect(short('x'.repeat(1_000_000), 10)).toBe('xxxxxxxxx…');
  });
});
