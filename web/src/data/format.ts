// Numbers, durations and times for people. Durations keep three digits, as the program prints them.
const kUnits: [number, string][] = [
  [3_600e9, 'h'],
  [60e9, 'min'],
  [1e9, 's'],
  [1e6, 'ms'],
  [1e3, 'µs'],
];

const three = (value: number, lang: string): string => {
  const digits = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return value.toLocaleString(lang, { minimumFractionDigits: 0, maximumFractionDigits: digits, useGrouping: false });
};

export function duration(ns: number, lang: string): string {
  if (!(ns === ns)) return '–';
  if (ns < 0) return `−${duration(-ns, lang)}`;
  const [size, unit] = kUnits.find(([size]) => ns >= size * 0.9995) ?? [1, 'ns'];
  return `${three(ns / size, lang)} ${unit}`;
}

export const count = (value: number, lang: string): string => value.toLocaleString(lang, { useGrouping: 'always' } as Intl.NumberFormatOptions);

export function percent(part: number, whole: number, lang: string): string {
  if (whole === 0) return '–';
  const share = part / whole;
  const digits = share > 0.001 && share < 0.999 ? 1 : share === 0 || share === 1 ? 0 : 3;
  return share.toLocaleString(lang, { style: 'percent', maximumFractionDigits: digits });
}

export function bytes(value: number, lang: string): string {
  if (!(value === value)) return '–';
  if (value < 1000) return `${value} B`;
  const power = Math.min(3, Math.floor(Math.log10(value) / 3));
  return `${three(value / 1000 ** power, lang)} ${['B', 'kB', 'MB', 'GB'][power]}`;
}

// Since the begin of the run, with as many decimals as `step_ns` needs.
export function since(ns: number, lang: string, step_ns = 1e6): string {
  const seconds = ns / 1e9;
  const digits = Math.min(9, Math.max(0, Math.ceil(-Math.log10(step_ns / 1e9) - 1e-9)));
  return `${seconds.toLocaleString(lang, { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: false })} s`;
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
