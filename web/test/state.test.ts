import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Report } from '../src/data/contract';
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
