// Numbers, durations and times for people. Durations keep three digits, as the program prints them.
import { inert } from './inert';

const kUnits: [number, string][] = [
  [3_600e9, 'h'],
  [60e9, 'min'],
  [1e9, 's'],
  [1e6, 'ms'],
  [1e3, 'µs'],
];

// Formats are costly to make, and a table asks for thousands.
const kFormats = new Map<string, Intl.NumberFormat>();
function decimal(value: number, lang: string, least: number, most: number, grouped = false): string {
  const key = `${lang} ${least} ${most} ${grouped}`;
  let format = kFormats.get(key);
  if (!format) {
    const options = { minimumFractionDigits: least, maximumFractionDigits: most, useGrouping: grouped ? 'always' : false };
    format = new Intl.NumberFormat(lang, options as Intl.NumberFormatOptions);
    kFormats.set(key, format);
  }
  return format.format(value === 0 ? 0 : value); // no minus zero
}

function three(value: number, lang: string, fixed = false): string {
  const digits = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return decimal(value, lang, fixed ? digits : 0, digits);
}

// `fixed`: three digits even where the last are 0, for columns of numbers.
export function duration(ns: number, lang: string, fixed = false): string {
  if (!(ns === ns)) return '–';
  if (ns < 0) return `−${duration(-ns, lang, fixed)}`;
  const [size, unit] = kUnits.find(([size]) => ns >= size * 0.9995) ?? ([1, 'ns'] as const);
  return `${size === 1 ? decimal(ns, lang, 0, 0) : three(ns / size, lang, fixed)} ${unit}`;
}

export const count = (value: number, lang: string): string => decimal(value, lang, 0, 0, true);

// Digits that are no number stay as they are.
export const whole = (value: number | string, lang: string): string => (typeof value === 'string' ? inert(value) : count(value, lang));

export function bytes(value: number, lang: string): string {
  if (!(value === value)) return '–';
  if (value < 1000) return `${value} B`;
  const power = Math.min(3, Math.floor(Math.log10(value) / 3));
  return `${three(value / 1000 ** power, lang)} ${['B', 'kB', 'MB', 'GB'][power]}`;
}

const kParts: [number, string][] = [
  [86_400e9, 'd'],
  [3_600e9, 'h'],
  [60e9, 'min'],
];

// Since the begin of the run, as exact as `step_ns` needs: seconds with decimals, and of an hour and more, or of steps of a
// minute and more, `1 d 6 h 30 min`, the smallest unit the largest that is not above the step.
export function since(ns: number, lang: string, step_ns = 1e6): string {
  const digits = Math.min(9, Math.max(0, Math.ceil(-Math.log10(step_ns / 1e9) - 1e-9)));
  const last = kParts.find(([size]) => step_ns >= size * 0.999999);
  const exact = Number((Math.abs(ns) / 1e9).toFixed(digits));
  if (!last && exact < 3600) return `${decimal(ns < 0 ? -exact : exact, lang, digits, digits)} s`;
  let left = last ? Math.round(Math.abs(ns) / last[0]) * last[0] : exact * 1e9;
  const parts: string[] = [];
  for (const [size, unit] of kParts) {
    if (last && size < last[0]) break;
    const whole = Math.floor(left / size + 1e-12);
    if (whole || parts.length || size === last?.[0]) parts.push(`${decimal(whole, lang, 0, 0)} ${unit}`);
    left -= whole * size;
  }
  if (!last) parts.push(`${decimal(Math.max(0, left) / 1e9, lang, digits, digits)} s`);
  return `${ns < 0 && exact > 0 ? '-' : ''}${parts.join(' ')}`;
}

// `ns` since `began` (RFC 3339, nanoseconds) as a UTC date.
export const date_of = (began: string | undefined, ns: number): string => utc(began, ns).slice(0, 10);

// As a UTC time of day, behind the date where that is wanted.
export const time_of_day = (began: string | undefined, ns: number, dated = false): string => utc(began, ns).slice(dated ? 0 : 11);

// Nanoseconds do not fit a Date: they are carried by hand.
function utc(began: string | undefined, ns: number): string {
  const found = /^(.*T\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/.exec(began ?? '');
  if (!found) return '';
  const seconds = Date.parse(`${found[1]}Z`) / 1000;
  const all = Number((found[2] ?? '').padEnd(9, '0')) + Math.round(ns);
  const whole = Math.floor(all / 1e9);
  const rest = all - whole * 1e9;
  return `${new Date((seconds + whole) * 1000).toISOString().slice(0, 19).replace('T', ' ')}.${String(Math.floor(rest / 1e3)).padStart(6, '0')}`;
}

export function span_of(began: string | undefined, ended: string | undefined): number {
  const parse = (text: string | undefined): number => {
    const found = /^(.*T\d\d:\d\d:\d\d)(\.\d{1,9})?Z$/.exec(text ?? '');
    return found ? Date.parse(`${found[1]}Z`) * 1e6 + Number(found[2] ?? 0) * 1e9 : NaN;
  };
  return parse(ended) - parse(began);
}
