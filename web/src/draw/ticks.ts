// Round steps for an axis of time.
export function step_of(span: number, most: number): number {
  const rough = span / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(rough));
  const of = [1, 2, 5, 10].find((factor) => power * factor >= rough * 0.999999) ?? 10;
  return power * of;
}

export function ticks(from: number, to: number, most: number): { step: number; at: number[] } {
  if (!(to > from)) return { step: 1, at: [] };
  const step = step_of(to - from, most);
  const at: number[] = [];
  for (let tick = Math.ceil(from / step); tick * step <= to && at.length <= 2 * most; tick++) at.push(tick * step);
  return { step, at };
}
