import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Detail, PageDocument } from '../src/data/contract';
import type { Columns } from '../src/data/table';
import { Feed, type Listener } from '../src/live/feed';
import { calls_of, packed, sample } from '../dev/sample';

class Source {
  static made: Source[] = [];
  listeners = new Map<string, (event: { data: string }) => void>();
  onerror: (() => void) | null = null;
  onopen: (() => void) | null = null;
  closed = false;
  constructor(public url: string) {
    Source.made.push(this);
  }
  addEventListener(type: string, take: (event: { data: string }) => void): void {
    this.listeners.set(type, take);
  }
  close(): void {
    this.closed = true;
  }
  send(type: string, data: unknown): void {
    this.listeners.get(type)!({ data: JSON.stringify(data) });
  }
}

const heard: string[] = [];
let tries = 0;
let columns: Columns | null = null;
const listener: Listener = {
  document: (document: PageDocument) => heard.push(`document ${document.calls.kept}`),
  calls: (part, kept, seen) => {
    columns = part;
    heard.push(`calls ${kept} of ${seen}`);
  },
  flow: (time_ns, pairs) => heard.push(`flow ${time_ns} ${pairs.length}`),
  names: (names, wire) => heard.push(`names ${names.clients?.length} ${wire}`),
  findings: (findings, found) => heard.push(`findings ${findings.length} of ${found.errors}`),
  detail: (detail: Detail) => heard.push(`detail ${detail.row}`),
  report: (report) => heard.push(`report ${report.verdict}`),
  judging: () => heard.push('judging'),
  not_followed: (files) => heard.push(`not followed ${files}`),
  end: () => heard.push('end'),
  trying: () => void tries++,
  lost: (why, again) => heard.push(`lost ${why} ${again}`),
  connected: () => heard.push('connected'),
};

let answers: (() => Response)[] = [];
const page = (live: boolean) => () => new Response(JSON.stringify(sample({ calls: 5, live })));

beforeEach(() => {
  vi.useFakeTimers();
  heard.length = 0;
  tries = 0;
  Source.made = [];
  vi.stubGlobal('EventSource', Source);
  vi.stubGlobal('fetch', () => Promise.resolve().then(() => answers.shift()!()));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

// Until so much was heard.
const settle = async (heard_of: number): Promise<void> => {
  vi.useRealTimers();
  await vi.waitFor(() => expect(heard.length).toBeGreaterThanOrEqual(heard_of), 5000);
};

describe('what is served', () => {
  it('is followed in its order', async () => {
    answers = [page(true), page(false)];
    await new Feed(listener).open();
    const source = Source.made[0]!;
    expect(source.url).toBe('events');
    const made = calls_of({ calls: 40, clients: 2, servers: 1, methods: 1, seed: 7 }, false).columns;
    source.send('names', { clients: [{ name: 'a' }], wire: 'tap' });
    source.send('calls', { columns_data: packed(made, 40), kept: 40, seen: 90 });
    source.send('findings', { findings: [{ check: 'RQ04', severity: 'error', text: '' }], found: { errors: 7 } });
    source.send('flow', { time_ns: 5, pairs: [] });
    source.send('passed_over', { statement_files: 4 });
    source.send('judging', {});
    source.send('detail', { row: 3 });
    source.send('report', { verdict: 'PROVEN' });
    source.send('end', null);
    await settle(13);
    expect(heard).toEqual(['connected', 'document 5', 'names 1 tap', 'calls 40 of 90', 'findings 1 of 7', 'flow 5 0', 'not followed 4', 'judging', 'detail 3', 'report PROVEN', 'end', 'connected', 'document 5']);
    expect(columns!.stream).toEqual(made.stream);
    expect(source.closed).toBe(true);
  });

  it('is followed from where the document ends, and read anew where events were missed', async () => {
    const at = (next_event: number) => () => new Response(JSON.stringify({ ...sample({ calls: 5, live: true }), next_event }));
    answers = [at(41), at(90)];
    const feed = new Feed(listener);
    await feed.open();
    vi.useRealTimers();
    Source.made[0]!.send('missed', 7);
    await vi.waitFor(() => expect(Source.made.length).toBe(2), 3000);
    feed.close();
    expect(Source.made.map((source) => source.url)).toEqual(['events?from=41', 'events?from=90']);
    expect(Source.made[0]!.closed).toBe(true);
    expect(heard).toEqual(['connected', 'document 5', 'connected', 'document 5']);
  });

  it('is not followed where the run has ended', async () => {
    answers = [page(false)];
    await new Feed(listener).open();
    expect(Source.made).toEqual([]);
  });

  it('is passed over where it does not decode, and the rest is heard', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    answers = [page(true)];
    await new Feed(listener).open();
    Source.made[0]!.send('calls', { columns_data: 'AAAA', kept: 3, seen: 3 });
    Source.made[0]!.send('flow', { time_ns: 6, pairs: [] });
    await settle(3);
    expect(heard.slice(2)).toEqual(['flow 6 0']);
    expect(warn).toHaveBeenCalledOnce();
    warn.mockRestore();
  });

  it('is asked for again when it is lost, each time later, and read anew', async () => {
    answers = [() => new Response('', { status: 503 }), () => new Response('{}'), page(true), page(true)];
    const feed = new Feed(listener);
    await feed.open();
    await vi.advanceTimersByTimeAsync(1000);
    await vi.advanceTimersByTimeAsync(2000);
    vi.useRealTimers();
    await vi.waitFor(() => expect(Source.made.length).toBe(1), 5000);
    Source.made[0]!.onerror!();
    feed.close();
    expect(tries).toBe(3);
    // Events that never opened are no success: the wait goes on growing.
    expect(heard).toEqual(['lost data: 503 1', 'lost this is no testigo-page document 2', 'connected', 'document 5', 'lost events 4']);
    expect(Source.made[0]!.closed).toBe(true);
  });

  it('is followed once, however often it is asked for', async () => {
    const signals: AbortSignal[] = [];
    vi.stubGlobal('fetch', (_url: string, { signal }: RequestInit) => {
      signals.push(signal!);
      return Promise.resolve().then(() => answers.shift()!());
    });
    answers = [() => new Response('', { status: 503 }), page(true), page(true), page(true)];
    const feed = new Feed(listener);
    await feed.open();
    vi.useRealTimers();
    void feed.open();
    void feed.open();
    await feed.open();
    await settle(3);
    expect(heard).toEqual(['lost data: 503 1', 'connected', 'document 5']);
    expect(signals.map((signal) => signal.aborted)).toEqual([true, true, true, false]);
    expect(Source.made.filter((source) => !source.closed).length).toBe(1);
    answers = [page(true)];
    const before = Source.made[0]!;
    before.send('flow', { time_ns: 1, pairs: [] }); // not heard yet when the document is read anew
    await feed.open();
    expect(Source.made.map((source) => source.closed)).toEqual([true, false]);
    before.send('flow', { time_ns: 2, pairs: [] });
    Source.made[1]!.send('flow', { time_ns: 3, pairs: [] });
    await settle(6);
    expect(heard.slice(3).filter((one) => one.startsWith('flow'))).toContain('flow 3 0');
    expect(heard).not.toContain('flow 2 0');
    feed.close();
  });

  it('is asked for soon when it was heard before', async () => {
    answers = [() => new Response('', { status: 503 }), page(true)];
    const feed = new Feed(listener);
    await feed.open();
    await vi.advanceTimersByTimeAsync(1000);
    vi.useRealTimers();
    await vi.waitFor(() => expect(Source.made.length).toBe(1), 5000);
    Source.made[0]!.onopen!();
    Source.made[0]!.onerror!();
    feed.close();
    expect(heard.at(-1)).toBe('lost events 1');
  });

  it('is refused in the words of who answers', async () => {
    const plain = (text: string, type = 'text/plain; charset=utf-8') => () => new Response(text, { status: 404, headers: { 'content-type': type } });
    answers = [plain('There is no such call.\n'), plain('<h1>no</h1>', 'text/html'), plain(''), plain('A token is needed\n')];
    const feed = new Feed(listener);
    await expect(feed.detail('row=7')).rejects.toThrow(/^There is no such call\.$/);
    await expect(feed.detail('row=7')).rejects.toThrow(/^call: 404$/);
    await expect(feed.detail('row=7')).rejects.toThrow(/^call: 404$/);
    await feed.open();
    feed.close();
    expect(heard.at(-1)).toMatch(/^lost A token is needed \d+$/);
  });
});
