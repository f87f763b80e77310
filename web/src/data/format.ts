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

// Since the begin of the run, with as many decimals as `step_ns` needs.
export function since(ns: number, lang: string, step_ns = 1e6): string {
  const digits = Math.min(9, Math.max(0, Math.ceil(-Math.log10(step_ns / 1e9) - 1e-9)));
  const seconds = Number((ns / 1e9).toFixed(digits));
  return `${decimal(seconds, lang, digits, digits)} s`;
}

// `ns` since `began` (RFC 3339, nanoseconds) as a UTC time of day. Nanoseconds do not fit a Date: they are carried by hand.
export function time_of_day(began: string | undefined, ns: number): string {
  const found = /^(.*T\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/.exec(began ?? '');
  if (!found) return '';
  const seconds = Date.parse(`${found[1]}Z`) / 1000;
  const all = Number((found[2] ?? '').padEnd(9, '0')) + Math.round(ns);
  const whole = Math.floor(all / 1e9);
  const rest = all - whole * 1e9;
  return `${new Date((seconds + whole) * 1000).toISOString().slice(11, 19)}.${String(Math.floor(rest / 1e3)).padStart(6, '0')}`;
}

export function span_of(began: string | undefined, ended: string | undefined): number {
  const parse = (text: string | undefined): number => {
    const found = /^(.*T\d\d:\d\d:\d\d)(\.\d{1,9})?Z$/.exec(text ?? '');
    return found ? Date.parse(`${found[1]}Z`) * 1e6 + Number(found[2] ?? 0) * 1e9 : NaN;
  };
  return parse(ended) - parse(began);
}
