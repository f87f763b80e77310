import { describe, expect, it } from 'vitest';
import { Sign } from '../src/data/outcome';
import { along, flow_layout, way } from '../src/draw/flow';
import { roomy, step_of, ticks } from '../src/draw/ticks';
import { cells_of, first_at, held, hit, kSlots, scene_of, slot_box, sparse, step_to, time_of, x_of, zoomed, type Frame } from '../src/draw/timeline';
import { all_rows, read } from './support';

const { table } = await read({ calls: 5000, clients: 3, seed: 2 });
const scene = scene_of(table.columns, all_rows(5000), (client) => client);
const whole: Frame = { left: 100, width: 1000, top: 0, lane_height: 60, lanes: 3, from: scene.start[0]!, to: scene.start[4999]! + 1 };
const near: Frame = { ...whole, from: scene.start[2000]!, to: scene.start[2100]! };

describe('the time line', () => {
  it('counts every call of a view once', () => {
    for (const frame of [whole, { ...whole, from: scene.start[500]!, to: scene.start[4200]! }]) {
      const inside = first_at(scene, frame.to) - first_at(scene, frame.from);
      const cells = cells_of(scene, frame);
      expect(cells.counts.reduce((a, b) => a + b)).toBe(inside);
      expect(cells.most).toBe(Math.max(...cells.counts));
    }
  });

  it('shows every column where something is not OK', () => {
    const cells = cells_of(scene, whole);
    const bad = [...scene.sign].filter((sign) => sign !== Sign.Ok).length;
    expect(bad).toBeGreaterThan(10);
    expect(cells.bad.reduce((a, b) => a + b)).toBe(bad);
    cells.bad.forEach((count, at) => expect(cells.worst[at]! !== Sign.Ok).toBe(count > 0));
  });

  it('keeps columns at their time while it moves', () => {
    const frame = { ...whole, from: scene.start[500]!, to: scene.start[4500]! };
    const shift = ((frame.to - frame.from) / frame.width) * cells_of(scene, frame).cell * 3;
    const [a, b] = [cells_of(scene, frame), cells_of(scene, { ...frame, from: frame.from + shift, to: frame.to + shift })];
    expect(a.cell).toBe(b.cell);
    expect([...b.counts.subarray(1, 100)]).toEqual([...a.counts.subarray(4, 103)]);
  });

  it('draws each call only where there is room', () => {
    expect(sparse(scene, whole)).toBe(false);
    expect(sparse(scene, near)).toBe(true);
  });

  it('lets calls overlap in no row while a row is free', () => {
    const ends = new Map<string, number>();
    let overlaps = 0;
    for (let at = 0; at < 300; at++) {
      const key = `${scene.lane[at]}/${scene.slot[at]}`;
      const running = Array.from({ length: kSlots }, (_, slot) => ends.get(`${scene.lane[at]}/${slot}`) ?? -1).filter((end) => end > scene.start[at]!).length;
      if ((ends.get(key) ?? -1) > scene.start[at]! && running < kSlots) overlaps++;
      ends.set(key, Math.max(ends.get(key) ?? -1, scene.stop[at]!));
    }
    expect(overlaps).toBe(0);
  });

  it('hits the call that is drawn there', () => {
    for (let at = 2005; at < 2090; at += 7) {
      const { y, h } = slot_box(scene, near, scene.lane[at]!, scene.slot[at]!);
      const found = hit(scene, near, x_of(near, scene.start[at]!) + 0.5, y + h / 2);
      expect(scene.lane[found]).toBe(scene.lane[at]);
      expect(Math.abs(x_of(near, scene.start[found]!) - x_of(near, scene.start[at]!))).toBeLessThan(14);
    }
    expect(hit(scene, near, 500, 1000)).toBe(-1);
  });

  it('hits nothing beside what is drawn', () => {
    const { y, h } = slot_box(scene, near, scene.lane[1999]!, scene.slot[1999]!);
    const x = x_of(near, scene.start[1999]!);
    expect(x).toBeLessThan(near.left);
    expect(hit(scene, near, x, y + h / 2)).toBe(-1);
    const frame = { ...near, to: scene.start[2090]! };
    const after = slot_box(scene, frame, scene.lane[2100]!, scene.slot[2100]!);
    expect(hit(scene, frame, x_of(frame, scene.start[2100]!), after.y + after.h / 2)).toBe(-1);
  });

  it('steps through calls that are not OK', () => {
    const bad = [...scene.sign].flatMap((sign, at) => (sign === Sign.Ok ? [] : [at]));
    expect(step_to(scene, -1, 1, (sign) => sign !== Sign.Ok)).toBe(bad[0]);
    expect(step_to(scene, bad[0]!, 1, (sign) => sign !== Sign.Ok)).toBe(bad[1]);
    expect(step_to(scene, bad[1]!, -1, (sign) => sign !== Sign.Ok)).toBe(bad[0]);
  });

  it('steps nowhere where there is none', () => {
    const bad = [...scene.sign].flatMap((sign, at) => (sign === Sign.Ok ? [] : [at]));
    expect(step_to(scene, bad[0]!, -1, (sign) => sign !== Sign.Ok)).toBe(-1);
    expect(step_to(scene, bad[bad.length - 1]!, 1, (sign) => sign !== Sign.Ok)).toBe(-1);
    expect(step_to(scene, scene.count - 1, 1, () => true)).toBe(-1);
  });

  it('zooms about a point and stays within the run', () => {
    const all = { from: 0, to: 1000_000 };
    const view = zoomed({ from: 200_000, to: 600_000 }, all, 0.5, 300_000);
    expect((300_000 - view.from) / (view.to - view.from)).toBeCloseTo(0.25);
    expect(zoomed(view, all, 1000, 300_000)).toEqual(all);
    expect(held({ from: -50, to: 50 }, all)).toEqual({ from: 0, to: 100 });
    const smallest = zoomed({ from: 0, to: 2000 }, all, 1e-9, 1000);
    expect(smallest.to - smallest.from).toBe(1000);
    expect(time_of(whole, x_of(whole, 12345))).toBeCloseTo(12345, 3);
  });
});

describe('ticks', () => {
  it('are round and within', () => {
    expect(step_of(10, 5)).toBe(2);
    expect(step_of(9.1e9, 10)).toBe(1e9);
    const { step, at } = ticks(0.3e9, 4.2e9, 5);
    expect(step).toBe(1e9);
    expect(at).toEqual([1e9, 2e9, 3e9, 4e9]);
    for (const [span, step] of [[500, 50], [600, 60], [7200, 900], [86_400, 10_800], [5 * 86_400, 43_200], [365 * 86_400, 50 * 86_400]] as const) expect(step_of(span * 1e9, 10), `${span} s`).toBe(step * 1e9);
    expect(ticks(5, 5, 3).at).toEqual([]);
    for (let most = 2; most < 12; most++) expect(ticks(123, 98765, most).at.length).toBeLessThanOrEqual(most + 1);
  });
});

describe('ticks with labels', () => {
  it('leave room for them', () => {
    const wide = (step: number): number => 30 + 8 * Math.max(0, Math.ceil(-Math.log10(step / 1e9)));
    for (const span of [1e5, 3e6, 7e9]) {
      for (const px of [240, 500, 1100]) {
        const { step, at } = roomy(5e9, 5e9 + span, px, wide);
        expect((step / span) * px, `${span} ns on ${px} px`).toBeGreaterThan(wide(step));
        expect(at.length).toBeGreaterThanOrEqual(1);
      }
    }
  });
});

describe('the flow', () => {
  it('keeps boxes apart and within its width', () => {
    for (const [width, clients, servers] of [[1200, 11, 3], [768, 2, 1], [328, 11, 7], [320, 0, 0]] as const) {
      const layout = flow_layout(width, clients, servers);
      expect(layout.clients.length).toBe(clients);
      for (const boxes of [layout.clients, layout.servers]) {
        boxes.forEach((box, at) => {
          expect(box.x).toBeGreaterThanOrEqual(0);
          expect(box.x + box.w).toBeLessThanOrEqual(width);
          expect(box.y).toBeGreaterThanOrEqual(20);
          expect(box.y + box.h).toBeLessThanOrEqual(layout.height);
          if (at) expect(box.y).toBeGreaterThanOrEqual(boxes[at - 1]!.y + boxes[at - 1]!.h);
        });
      }
      for (const box of layout.clients) expect(box.x + box.w).toBeLessThan(layout.wire.x);
      for (const box of layout.servers) expect(box.x).toBeGreaterThan(layout.wire.x + layout.wire.w);
    }
  });

  it('leads a call from its client over the wire to its server', () => {
    const layout = flow_layout(1000, 3, 2);
    const points = way(layout, 2, 0);
    expect(along(points, 0)).toEqual(points[0]);
    expect(along(points, 1)).toEqual(points[3]);
    expect(along(points, 0.5).x).toBeGreaterThanOrEqual(layout.wire.x);
    expect(way(layout, 9, 0)).toEqual([]);
  });
});
