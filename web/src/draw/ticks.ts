const kMinutes = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720]; // between seconds and days

// Round steps for an axis of time, in ns.
export function step_of(span: number, most: number): number {
  const rough = span / Math.max(1, most);
  if (rough <= 50.00005e9) return decimal(rough);
  const minutes = kMinutes.find((each) => each * 60e9 >= rough * 0.999999);
  return minutes ? minutes * 60e9 : 86_400e9 * Math.max(1, decimal(rough / 86_400e9));
}

function decimal(rough: number): number {
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
