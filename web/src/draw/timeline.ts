// The time line: what is drawn at which place. Zoomed out, a column of pixels is a bar of how many calls began there;
// zoomed in, each call is a bar of its own. What is not OK has a shape besides its colour, and is never hidden by others.
import { Sign, latency_of, sign_of } from '../data/outcome';
import type { Columns } from '../data/table';

export const kSlots = 5; // rows in a lane at most, for calls that overlap

export interface Scene {
  count: number;
  start: Float64Array;
  stop: Float64Array;
  sign: Uint8Array;
  lane: Uint8Array;
  slot: Uint8Array;
  slots: number; // rows in use
  longest: number;
}

// `rows` in order of time; `lane_of`: by client index.
export function scene_of(columns: Columns, rows: Uint32Array, lane_of: (client: number) => number): Scene {
  const count = rows.length;
  const scene: Scene = {
    count,
    start: new Float64Array(count),
    stop: new Float64Array(count),
    sign: new Uint8Array(count),
    lane: new Uint8Array(count),
    slot: new Uint8Array(count),
    slots: 2,
    longest: 0,
  };
  const free = new Float64Array(256 * kSlots).fill(-Infinity);
  for (let at = 0; at < count; at++) {
    const row = rows[at]!;
    const start = columns.start_ns[row]!;
    const took = latency_of(columns, row);
    const stop = start + (took > 0 ? took : 0);
    const lane = lane_of(columns.client[row]!);
    scene.start[at] = start;
    scene.stop[at] = stop;
    scene.sign[at] = sign_of(columns, row);
    scene.lane[at] = lane;
    if (took > scene.longest) scene.longest = took;
    let slot = 0;
    for (let next = 0; next < kSlots; next++) {
      if (free[lane * kSlots + next]! <= start) {
        slot = next;
        break;
      }
      if (free[lane * kSlots + next]! < free[lane * kSlots + slot]!) slot = next;
    }
    free[lane * kSlots + slot] = Math.max(stop, free[lane * kSlots + slot]!);
    scene.slot[at] = slot;
    if (slot >= scene.slots) scene.slots = slot + 1;
  }
  return scene;
}

export function first_at(scene: Scene, time: number): number {
  let low = 0;
  let high = scene.count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (scene.start[middle]! < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

// Where a row stands among those of a scene; -1: it is none of them.
export function place_of(scene: Scene, rows: Uint32Array, columns: Columns, row: number): number {
  if (row < 0) return -1;
  const start = columns.start_ns[row]!;
  for (let at = first_at(scene, start); at < scene.count && scene.start[at] === start; at++) if (rows[at] === row) return at;
  return -1;
}

export interface Frame {
  left: number; // px where time begins
  width: number;
  top: number;
  lane_height: number;
  lanes: number;
  from: number; // ns
  to: number;
}

export const x_of = (frame: Frame, time: number): number =>
  frame.left + ((time - frame.from) / (frame.to - frame.from)) * frame.width;

export const time_of = (frame: Frame, x: number): number =>
  frame.from + ((x - frame.left) / frame.width) * (frame.to - frame.from);

export const kHead = 13; // px at the top of a lane for the shapes

export interface Inks {
  signs: string[]; // beside kSigns
  rule: string;
  paper: string;
  ink: string;
  soft: string;
  mark: string;
}

// Few enough to draw each call.
export const sparse = (scene: Scene, frame: Frame): boolean =>
  first_at(scene, frame.to) - first_at(scene, frame.from) <= frame.width * 1.2;

export function slot_box(scene: Scene, frame: Frame, lane: number, slot: number): { y: number; h: number } {
  const room = (frame.lane_height - kHead - 4) / scene.slots;
  const h = Math.max(2, Math.floor(room) - 1);
  return { y: Math.floor(frame.top + lane * frame.lane_height + kHead + slot * room), h };
}

export function shape(context: CanvasRenderingContext2D, sign: number, x: number, y: number, r: number): void {
  context.beginPath();
  if (sign === Sign.Failed) {
    context.moveTo(x - r * 0.8, y - r * 0.8);
    context.lineTo(x + r * 0.8, y + r * 0.8);
    context.moveTo(x + r * 0.8, y - r * 0.8);
    context.lineTo(x - r * 0.8, y + r * 0.8);
    context.lineWidth = 2;
    context.stroke();
  } else if (sign === Sign.Finding) {
    context.moveTo(x, y - r);
    context.lineTo(x + r, y + r * 0.8);
    context.lineTo(x - r, y + r * 0.8);
    context.closePath();
    context.fill();
  } else if (sign === Sign.Difference) {
    context.moveTo(x, y - r * 1.15);
    context.lineTo(x + r * 1.15, y);
    context.lineTo(x, y + r * 1.15);
    context.lineTo(x - r * 1.15, y);
    context.closePath();
    context.fill();
  } else if (sign === Sign.Open) {
    context.arc(x, y, r * 0.75, 0, Math.PI * 2);
    context.lineWidth = 1.5;
    context.stroke();
  }
}

// Width of a column in px: wide enough that it holds some calls.
export function cell_of(scene: Scene, frame: Frame): number {
  const calls = first_at(scene, frame.to) - first_at(scene, frame.from);
  const wanted = (frame.width * frame.lanes * 4) / Math.max(1, calls);
  return wanted <= 2 ? 2 : wanted <= 4 ? 4 : wanted <= 6 ? 6 : 8;
}

export interface Cells {
  cell: number; // px
  left: number; // px where the first begins; columns hold still in time while the view moves
  across: number;
  counts: Uint32Array; // [lane * across + x]
  worst: Uint8Array; // beside it: the rarest sign there
  bad: Uint32Array; // how many are not OK
  most: number;
}

export function cells_of(scene: Scene, frame: Frame): Cells {
  const cell = cell_of(scene, frame);
  const per_px = (frame.to - frame.from) / frame.width;
  const first = Math.floor(frame.from / (cell * per_px));
  const across = Math.ceil(frame.width / cell) + 1;
  const counts = new Uint32Array(across * frame.lanes);
  const worst = new Uint8Array(across * frame.lanes);
  const bad = new Uint32Array(across * frame.lanes);
  const end = first_at(scene, frame.to);
  const scale = 1 / (cell * per_px);
  let most = 0;
  for (let at = first_at(scene, frame.from); at < end; at++) {
    const x = Math.min(across - 1, Math.max(0, Math.floor(scene.start[at]! * scale) - first));
    const place = scene.lane[at]! * across + x;
    const count = ++counts[place]!;
    if (count > most) most = count;
    const sign = scene.sign[at]!;
    if (sign !== Sign.Ok) {
      bad[place]!++;
      if (sign > worst[place]!) worst[place] = sign;
    }
  }
  return { cell, left: frame.left + (first * cell * per_px - frame.from) / per_px, across, counts, worst, bad, most };
}

// At most one shape in so many px, the rarest there, at the place of its call.
class Shapes {
  static readonly step = 12;
  #per: number;
  #signs: Uint8Array;
  #x: Float32Array;

  constructor(readonly frame: Frame) {
    this.#per = Math.ceil(frame.width / Shapes.step);
    this.#signs = new Uint8Array(this.#per * frame.lanes);
    this.#x = new Float32Array(this.#signs.length);
  }

  add(lane: number, sign: number, x: number): void {
    const place = lane * this.#per + Math.min(this.#per - 1, Math.max(0, Math.floor((x - this.frame.left) / Shapes.step)));
    if (sign <= this.#signs[place]!) return;
    this.#signs[place] = sign;
    this.#x[place] = x;
  }

  paint(context: CanvasRenderingContext2D, inks: Inks): void {
    this.#signs.forEach((sign, place) => {
      if (sign === Sign.Ok) return;
      const y = this.frame.top + Math.floor(place / this.#per) * this.frame.lane_height + kHead / 2 + 1;
      context.fillStyle = context.strokeStyle = inks.signs[sign]!;
      shape(context, sign, this.#x[place]!, y, 4.5);
    });
  }
}

function paint_dense(context: CanvasRenderingContext2D, scene: Scene, frame: Frame, inks: Inks): void {
  const { cell: wide, left, across, counts, worst, bad, most } = cells_of(scene, frame);
  const ink = wide > 2 ? wide - 1 : wide;
  const room = frame.lane_height - kHead - 5;
  const shapes = new Shapes(frame);
  const per_log = room / Math.log(1 + most);
  const rare: [number, number, number, number][] = [];
  context.fillStyle = inks.signs[Sign.Ok]!;
  for (let lane = 0; lane < frame.lanes; lane++) {
    const base = Math.floor(frame.top + (lane + 1) * frame.lane_height) - 4;
    for (let x = 0; x < across; x++) {
      const cell = lane * across + x;
      const count = counts[cell]!;
      if (count === 0) continue;
      const h = Math.max(2, Math.round(Math.log(1 + count) * per_log));
      const from = Math.round(left + x * wide);
      if (from + ink <= frame.left) continue;
      context.fillRect(Math.max(frame.left, from), base - h, from + ink - Math.max(frame.left, from), h);
      const sign = worst[cell]!;
      if (sign === Sign.Ok) continue;
      rare.push([sign, Math.max(frame.left, from), base, Math.max(3, Math.round((bad[cell]! / count) * h))]);
      shapes.add(lane, sign, from + ink / 2);
    }
  }
  for (const [sign, x, base, h] of rare) {
    context.fillStyle = inks.signs[sign]!;
    context.fillRect(x, base - h, ink, h);
  }
  shapes.paint(context, inks);
}

function paint_sparse(context: CanvasRenderingContext2D, scene: Scene, frame: Frame, inks: Inks): void {
  const begin = first_at(scene, frame.from - scene.longest);
  const end = first_at(scene, frame.to);
  const right = frame.left + frame.width;
  const shapes = new Shapes(frame);
  for (let at = begin; at < end; at++) {
    const sign = scene.sign[at]!;
    const from = Math.max(frame.left, x_of(frame, scene.start[at]!));
    const to = Math.min(right, x_of(frame, scene.stop[at]!));
    if (scene.stop[at]! < frame.from) continue;
    const { y, h } = slot_box(scene, frame, scene.lane[at]!, scene.slot[at]!);
    context.fillStyle = inks.signs[sign]!;
    context.fillRect(from, y, Math.max(3, to - from), h);
    if (sign !== Sign.Ok) shapes.add(scene.lane[at]!, sign, from + 1);
  }
  shapes.paint(context, inks);
}

export function paint(context: CanvasRenderingContext2D, scene: Scene, frame: Frame, inks: Inks): void {
  context.strokeStyle = inks.rule;
  context.lineWidth = 1;
  context.beginPath();
  for (let lane = 0; lane <= frame.lanes; lane++) {
    const y = Math.floor(frame.top + lane * frame.lane_height) + 0.5;
    context.moveTo(0, y);
    context.lineTo(frame.left + frame.width, y);
  }
  context.stroke();
  if (scene.count === 0) return;
  if (sparse(scene, frame)) paint_sparse(context, scene, frame, inks);
  else paint_dense(context, scene, frame, inks);
}

// The call under a point, the rarest sign among those as near; -1: none.
export function hit(scene: Scene, frame: Frame, x: number, y: number): number {
  const lane = Math.floor((y - frame.top) / frame.lane_height);
  if (lane < 0 || lane >= frame.lanes || x < frame.left || x > frame.left + frame.width || scene.count === 0) return -1;
  const time = time_of(frame, x);
  const reach = ((frame.to - frame.from) / frame.width) * 6;
  const each = sparse(scene, frame);
  const head = y - frame.top - lane * frame.lane_height < kHead;
  let best = -1;
  let nearest = Infinity;
  for (let at = first_at(scene, time - reach - (each ? scene.longest : 0)); at < scene.count; at++) {
    const start = scene.start[at]!;
    if (start > time + reach) break;
    if (scene.lane[at] !== lane || scene.stop[at]! < time - reach) continue;
    if (head && scene.sign[at] === Sign.Ok) continue;
    const box = slot_box(scene, frame, lane, scene.slot[at]!);
    const off_row = each && !head ? Math.max(0, box.y - y, y - box.y - box.h) : 0;
    const off = Math.max(0, start - time, time - Math.max(scene.stop[at]!, start)) / reach + off_row - scene.sign[at]! * 0.01;
    if (off < nearest) {
      nearest = off;
      best = at;
    }
  }
  return best;
}

// The next (+1) or previous (-1) call after a place that `test` takes; -1: none.
export function step_to(scene: Scene, at: number, by: 1 | -1, test: (sign: number) => boolean): number {
  for (let next = at + by; next >= 0 && next < scene.count; next += by) if (test(scene.sign[next]!)) return next;
  return -1;
}

// A view zoomed around `centre` and kept within the run.
export function zoomed(view: { from: number; to: number }, all: { from: number; to: number }, by: number, centre: number): { from: number; to: number } {
  const span = Math.min(all.to - all.from, Math.max(1000, (view.to - view.from) * by));
  const share = (centre - view.from) / (view.to - view.from);
  return held({ from: centre - span * share, to: centre + span * (1 - share) }, all);
}

export function held(view: { from: number; to: number }, all: { from: number; to: number }): { from: number; to: number } {
  const span = Math.min(view.to - view.from, all.to - all.from);
  const from = Math.min(Math.max(view.from, all.from), all.to - span);
  return { from, to: from + span };
}
