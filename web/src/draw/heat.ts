// A heat map on a canvas: darker is more calls, in the logarithm, so that one call still shows.
import type { Heat } from '../data/latency';

export function paint_heat(context: CanvasRenderingContext2D, heat: Heat, width: number, height: number, ramp: string[]): void {
  const top = Math.log(1 + heat.most);
  for (let x = 0; x < heat.columns; x++) {
    const left = Math.floor((x * width) / heat.columns);
    const right = Math.floor(((x + 1) * width) / heat.columns);
    for (let band = 0; band < heat.bands; band++) {
      const count = heat.counts[x * heat.bands + band]!;
      if (count === 0) continue;
      const low = Math.floor(height - (band * height) / heat.bands);
      const high = Math.floor(height - ((band + 1) * height) / heat.bands);
      const shade = Math.min(ramp.length - 1, Math.floor((Math.log(1 + count) / top) * (ramp.length - 0.001)));
      context.fillStyle = ramp[shade]!;
      context.fillRect(left, high, Math.max(1, right - left), Math.max(1, low - high));
    }
  }
}

export interface Decade {
  ns: number;
  share: number; // of the height, from below
}

export function decades(heat: Heat): Decade[] {
  const found: Decade[] = [];
  for (let ns = heat.low; ns <= heat.high * 1.001; ns *= 10) {
    found.push({ ns, share: Math.log(ns / heat.low) / Math.log(heat.high / heat.low) });
  }
  return found;
}
