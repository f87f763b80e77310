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

// As many as have room for their labels, which grow as the span narrows; `wide`: px of a label at such a step.
export function roomy(from: number, to: number, px: number, wide: (step: number) => number): { step: number; at: number[] } {
  const some = ticks(from, to, Math.max(2, Math.floor(px / 85)));
  return ticks(from, to, Math.max(2, Math.floor(px / Math.max(85, wide(some.step) + 24))));
}
