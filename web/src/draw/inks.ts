// Colours of the style sheet for canvases: as computed, since a custom property is text and may hold light-dark().
import { kSigns } from '../data/outcome';
import type { Inks } from './timeline';

export function ink(of: Element, name: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(--${name})`;
  of.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

export const inks_of = (of: Element): Inks => ({
  signs: kSigns.map((sign) => ink(of, `sign-${sign}`)),
  rule: ink(of, 'rule'),
  paper: ink(of, 'paper'),
  ink: ink(of, 'ink'),
  soft: ink(of, 'ink-3'),
  mark: ink(of, 'accent'),
});

export const ramp_of = (of: Element): string[] => [1, 2, 3, 4, 5, 6].map((step) => ink(of, `heat-${step}`));

// A canvas of `width` × `height` CSS px, sharp on this screen.
export function sized(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D | null {
  const ratio = Math.min(3, window.devicePixelRatio || 1);
  const [w, h] = [Math.max(1, Math.round(width * ratio)), Math.max(1, Math.round(height * ratio))];
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
  }
  const context = canvas.getContext('2d');
  context?.setTransform(ratio, 0, 0, ratio, 0, 0);
  context?.clearRect(0, 0, width, height);
  return context;
}
