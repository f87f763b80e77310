import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Report } from '../src/data/contract';
import { kEverything } from '../src/data/filter';
import { empty_columns, Table, type Columns } from '../src/data/table';
import type { Feed } from '../src/live/feed';
import { page } from '../src/state.svelte';
import { sample } from '../dev/sample';
import { read } from './support';

beforeEach(() => void vi.stubGlobal('requestAnimationFrame', () => 0));
afterEach(() => void vi.unstubAllGlobals());

it('of a run that ended nothing is left that has indexes into the names of before', async () => {
  const live = await read({ calls: 5, live: true });
  page.take(live.document, live.table);
  page.flow = [{ client: 1, server: 0, calls: 7, ok: 7, failed: 0, open: 0 }];
  page.fresh = [{ client: 1, server: 0, bad: false }];
  page.fresh_of = 9;
  page.pointed_client = 1;
  const last = await read({ calls: 5 });
  page.take(last.document, last.table);
  expect([page.flow, page.fresh, page.fresh_of, page.pointed_client]).toEqual([[], [], 0, null]);
});

it('findings are those of the document and of the report', async () => {
  const { document, table } = await read({ calls: 5, verdict: 'PROVEN' });
  const report: Report = { verdict: 'BROKEN', findings: { errors: 2, first: [{ check: 'BH02', severity: 'error', text: 'of the report' }] } };
  page.take({ ...document, report, findings: [{ check: 'RQ01', severity: 'error', text: 'of the document' }] }, table);
  expect(page.listed.map(({ check }) => check)).toEqual(['RQ01', 'BH02']);
});

it('a language that was chosen stays where nothing can be stored', async () => {
  vi.stubGlobal('localStorage', new Proxy({}, { get: () => { throw new Error('denied'); } }));
  const { document, table } = await read({ calls: 5 });
  page.take({ ...document, lang: 'es' }, table);
  expect(page.lang).toBe('es');
  page.set_lang('en');
  page.take({ ...document, lang: 'es' }, table);
  expect(page.lang).toBe('en');
});

it('of a connection that is lost it is said when it is tried again, until it is', async () => {
  vi.useFakeTimers();
  vi.stubGlobal('document', { getElementById: () => null, documentElement: { dataset: {} } });
  vi.stubGlobal('location', { hash: '' });
  const answers: ((got: Response) => void)[] = [];
  vi.stubGlobal('fetch', () => new Promise<Response>((got) => void answers.push(got)));
  const lost = async (): Promise<void> => {
    answers.shift()!(new Response('', { status: 503 }));
    await vi.advanceTimersByTimeAsync(0);
  };
  void page.begin();
  await lost();
  expect(page.trouble).toEqual({ why: 'data: 503', again: 1 });
  await vi.advanceTimersByTimeAsync(1000);
  expect(page.trouble?.again).toBe(0);
  await lost();
  const again: (number | undefined)[] = [];
  for (let second = 0; second < 3; second++) {
    again.push(page.trouble?.again);
    await vi.advanceTimersByTimeAsync(1000);
  }
  expect(again).toEqual([2, 1, 0]);
  await lost();
  expect(page.trouble?.again).toBe(4);
  void page.feed!.open();
  expect(page.trouble?.again).toBe(0);
  vi.useRealTimers();
  answers.pop()!(new Response(JSON.stringify(sample({ calls: 5 }))));
  await vi.waitFor(() => expect(page.trouble).toBe(null));
  page.feed!.close();
});

describe('looking back at a run that goes on', () => {
  const at = (...calls: [start_ns: number, took_ns: number, client: number][]): Columns => {
    const columns = empty_columns(calls.length);
    calls.forEach(([start, took, client], row) => {
      columns.start_ns[row] = start;
      columns.wire_latency_ns[row] = took;
      columns.client[row] = client;
      columns.wire_status[row] = 0;
    });
    return columns;
  };
  const told = (columns: Columns): void => {
    page.hold.calls(columns, columns.start_ns.length, columns.start_ns.length);
    vi.advanceTimersByTime(1000);
  };
  const counted = (): unknown => ({ rows: [...page.rows], clients: [...page.facets.clients], span: page.span, newest: page.newest, seen: page.seen, findings: page.findings.length, verdict: page.report?.verdict });

  beforeEach(async () => {
    vi.useFakeTimers();
    const { document } = await read({ calls: 5, live: true });
    const columns = at([1e9, 1e6, 0], [2e9, 1e6, 1], [3e9, 2e9, 0]);
    page.filter = kEverything;
    page.take({ ...document, began: '2026-01-01T00:00:00Z', ended: '2026-01-01T00:00:04Z', report: null, findings: [], calls: { ...document.calls, total: 3, kept: 3 } }, new Table(columns, 3, 100));
  });
  afterEach(() => {
    page.look_on();
    vi.useRealTimers();
  });

  it('nothing enters or moves that comes later, wherever it began', () => {
    page.hold.calls(at([3.5e9, 1e9, 1]), 1, 1); // not in the table yet
    page.look_back();
    expect(page.until).toBe(5e9);
    const before = counted();
    expect(before).toMatchObject({ rows: [0, 1, 2, 3], clients: [[0, 2], [1, 2]] });
    told(at([2.5e9, 4e9, 0], [6e9, 1e9, 2]));
    page.hold.findings([{ check: 'RQ01', severity: 'error', text: '' }], { errors: 1 });
    page.hold.flow(8e9, [{ client: 0, server: 0, calls: 9, ok: 9, failed: 0, open: 0 }]);
    page.hold.report({ verdict: 'BROKEN' });
    vi.advanceTimersByTime(1000);
    expect(counted()).toEqual(before);
    expect([page.flow, page.hold.newer]).toEqual([[], 2]);
    page.look_on();
    vi.advanceTimersByTime(1000);
    expect(counted()).toMatchObject({ rows: [0, 1, 4, 2, 3, 5], newest: 8e9, seen: 6, findings: 1, verdict: 'BROKEN' });
    expect([page.flow.length, page.hold.newer]).toEqual([1, 0]);
  });

  it('is at the moment of pausing, though no call ended then', () => {
    page.hold.flow(9.5e9, []);
    page.look_back();
    expect(page.until).toBe(9.5e9);
  });

  it('counts and spans what had ended by then', () => {
    page.look_back(4e9);
    expect(counted()).toMatchObject({ rows: [0, 1], clients: [[0, 1], [1, 1]] });
    expect(page.span.to).toBeCloseTo(2.001e9 + 1.001e7, -3);
    page.look_back(5e9);
    expect(page.rows.length).toBe(3);
  });

  it('a run that is over is being judged, which who looks back is not told', async () => {
    page.look_back();
    page.hold.judging();
    expect(page.judging).toBe(false);
    page.look_on();
    expect([page.live, page.judging]).toEqual([true, true]);
    page.hold.end();
    expect([page.live, page.judging]).toEqual([false, false]);
    const judged = await read({ calls: 5, live: true });
    page.take({ ...judged.document, judging: true, statement_files_passed_over: 3 }, judged.table);
    expect([page.judging, page.not_followed]).toEqual([true, 3]);
    page.hold.not_followed(4);
    expect(page.not_followed).toBe(4);
    page.take(judged.document, judged.table);
    expect([page.judging, page.not_followed]).toEqual([false, 0]);
  });

  it('goes on with the document of the run that ended meanwhile', async () => {
    page.look_back();
    const before = counted();
    page.hold.end();
    const over = await read({ calls: 7, verdict: 'PROVEN' });
    page.hold.document(over.document, over.table.columns);
    expect(counted()).toEqual(before);
    expect([page.live, page.hold.ended, page.hold.newer, page.until]).toEqual([true, true, 4, 5e9]);
    page.look_on();
    expect([page.live, page.hold.ended, page.hold.newer, page.until, page.table.length]).toEqual([false, false, 0, Infinity, 7]);
  });

  it('reads the document anew where more came than can be held', () => {
    const again = vi.fn();
    page.feed = { open: again } as unknown as Feed;
    page.look_back();
    page.hold.calls(at([6e9, 1, 0]), 200_001, 300_000);
    page.hold.calls(at([7e9, 1, 0]), 1, 1);
    expect(page.hold.newer).toBe(300_001);
    page.look_on();
    vi.advanceTimersByTime(1000);
    expect(page.rows.length).toBe(3);
    expect(again).toHaveBeenCalledOnce();
    page.feed = null;
  });
});
