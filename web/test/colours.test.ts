// WCAG 2.2: 4.5 for text, 3 for shapes, in light and in dark.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('../src/style.css', import.meta.url), 'utf8');
const colours = new Map([...css.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(([, name, light, dark]) => [name!, [light!, dark!] as const]));

function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high! + 0.05) / (low! + 0.05);
}

const grounds = ['paper', 'surface', 'sunken'];
const texts = ['ink', 'ink-2', 'ink-3', 'accent', 'client', 'wire', 'server', 'proven', 'broken', 'inconclusive'];
// What says that something can be typed, chosen or pressed, and what a witness does not say.
const shapes = ['control', 'sign-ok', 'sign-open', 'sign-finding', 'sign-difference'];
// Drawn on paper only: how many calls, and from whom to whom.
const heat = [1, 2, 3, 4, 5, 6].map((step) => `heat-${step}`);
const drawn = [...heat, 'client-edge', 'server-edge'];
const top_bar = readFileSync(new URL('../src/view/TopBar.svelte', import.meta.url), 'utf8');
const of_pressed = (what: string, of: string): string => new RegExp(`\\.switch button\\[aria-pressed="true"\\]${of} \\{[^}]*${what}: var\\(--([\\w-]+)\\)`).exec(top_bar)?.[1] ?? 'accent';
const pairs: [string, string, number][] = [
  ...texts.flatMap((text) => grounds.map((ground): [string, string, number] => [text, ground, 4.5])),
  ...['proven', 'broken', 'inconclusive'].map((name): [string, string, number] => [name, `${name}-soft`, 4.5]),
  ['ink', 'accent-soft', 4.5], ['ink-2', 'accent-soft', 4.5], ['ink-3', 'accent-soft', 4.5], ['accent', 'accent-soft', 4.5],
  ['sign-difference', 'difference-soft', 4.5], ['ink', 'difference-soft', 4.5], ['client', 'difference-soft', 4.5], ['wire', 'difference-soft', 4.5], ['server', 'difference-soft', 4.5],
  ['paper', 'accent', 4.5], ['paper', 'ink', 4.5], ['paper', 'wire', 4.5], ['ink', 'broken-soft', 4.5], ['accent', 'broken-soft', 4.5],
  // Small words stand in these colours too.
  ['sign-failed', 'paper', 4.5], ['sign-failed', 'surface', 4.5], ['sign-finding', 'surface', 4.5], ['sign-difference', 'surface', 4.5], ['sign-finding', 'paper', 4.5],
  ...shapes.flatMap((name) => ['paper', 'surface'].map((ground): [string, string, number] => [name, ground, 3])),
  ...drawn.map((name): [string, string, number] => [name, 'paper', 3]),
  ...heat.slice(1).map((name, at): [string, string, number] => [name, heat[at]!, 1.3]),
  [of_pressed('outline-color', ':focus-visible'), of_pressed('background', ''), 3], // a ring within what is pressed
  ['control', 'sunken', 3], ['control', 'accent-soft', 3],
];

// What components draw with.
const view = (name: string): string => readFileSync(new URL(`../src/view/${name}.svelte`, import.meta.url), 'utf8');
const used = [
  ['the mark of a witness that says nothing', /\.silent \{ stroke: var\(--([\w-]+)\)/.exec(view('Marks'))],
  ['the border of a filter', /\n {2}input, select \{ border: 1px solid var\(--([\w-]+)\)/.exec(view('Filters'))],
  ['the border of an order', /\.sorting select \{ border: 1px solid var\(--([\w-]+)\)/.exec(view('CallTable'))],
  ['the edge of a client', /\.edge \{ stroke: var\(--([\w-]+)\)/.exec(view('Flow'))],
  ['the edge of a server', /\.server \.edge \{ stroke: var\(--([\w-]+)\)/.exec(view('Flow'))],
] as const;

describe('colours', () => {
  it.each(used)('%s is of a colour that is held to 3', (_, found) => expect([...shapes, ...drawn]).toContain(found?.[1]));

  it.each(pairs)('%s on %s', (text, ground, least) => {
    const [a, b] = [colours.get(text)!, colours.get(ground)!];
    expect(contrast(a[0], b[0]), 'light').toBeGreaterThanOrEqual(least);
    expect(contrast(a[1], b[1]), 'dark').toBeGreaterThanOrEqual(least);
  });
});
