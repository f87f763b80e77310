// What `testigo show` serves: the document, then events. A connection that is lost is made again, with the document read
// anew, since events that passed meanwhile are not repeated.
import type { Counted } from '../data/aggregate';
import { decode_columns } from '../data/decode';
import type { Column, Detail, Finding, Found, Names, PageDocument, Report } from '../data/contract';
import { parse_document } from '../data/parse';
import type { Columns } from '../data/table';

export interface Listener {
  document(document: PageDocument, columns: Columns): void;
  calls(columns: Columns, kept: number, seen: number): void;
  flow(time_ns: number, pairs: Counted[]): void;
  names(names: Partial<Names>, wire: string | undefined): void;
  findings(findings: Finding[], found: Found): void;
  detail(detail: Detail): void;
  report(report: Report): void;
  judging(): void; // the run is over
  not_followed(files: number): void; // of statements
  end(): void;
  trying(): void; // to read the document, at first or again
  lost(why: string, again_in_s: number): void;
  connected(): void;
}

const kLongest = 30; // s between two tries
const kMissedWait = 1000; // ms, so that a page which is too slow is not made slower

export const wait_of = (tries: number): number => Math.min(kLongest, 2 ** Math.min(tries, 10));

// In the words of who answers; what stands before the program may have none.
async function refusal(answer: Response, asked: string): Promise<Error> {
  const text = answer.headers.get('content-type')?.startsWith('text/plain') ? (await answer.text()).trim() : '';
  return new Error(text || `${asked}: ${answer.status}`);
}

export class Feed {
  #listener: Listener;
  #events: EventSource | null = null;
  #tries = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #described: Column[] = [];
  #queue: Promise<void> = Promise.resolve(); // events in their order, though columns are inflated asynchronously
  #reading: AbortController | null = null; // the document, one at a time
  #closed = false;

  constructor(listener: Listener) {
    this.#listener = listener;
  }

  async open(): Promise<void> {
    this.#let_go();
    const reading = (this.#reading = new AbortController());
    this.#listener.trying();
    try {
      const answer = await fetch('data', { signal: reading.signal });
      if (!answer.ok) throw await refusal(answer, 'data');
      const document = parse_document(await answer.text());
      const columns = await decode_columns(document.calls.columns, document.calls.kept, document.calls.data);
      if (reading.signal.aborted) return;
      this.#described = document.calls.columns;
      this.#listener.connected();
      this.#listener.document(document, columns);
      if (document.live) this.#follow(document.next_event);
    } catch (error) {
      if (!reading.signal.aborted) this.#lost(error instanceof Error ? error.message : String(error));
    }
  }

  close(): void {
    this.#closed = true;
    this.#let_go();
  }

  #let_go(): void {
    clearTimeout(this.#timer);
    this.#reading?.abort();
    this.#events?.close();
    this.#events = null;
  }

  async detail(query: string): Promise<Detail> {
    const answer = await fetch(`call?${query}`);
    if (!answer.ok) throw await refusal(answer, 'call');
    return (await answer.json()) as Detail;
  }

  #lost(why: string): void {
    if (this.#closed) return;
    this.#events?.close(); // what it told before is still heard
    clearTimeout(this.#timer);
    const wait = wait_of(this.#tries++);
    this.#listener.lost(why, wait);
    this.#timer = setTimeout(() => void this.open(), wait * 1000);
  }

  #follow(from: number | undefined): void {
    const events = new EventSource(from === undefined ? 'events' : `events?from=${from}`);
    this.#events = events;
    events.onopen = () => void (this.#tries = 0);
    const on = (type: string, take: (data: unknown) => void | Promise<void>): void => {
      events.addEventListener(type, (event) => {
        if (this.#events !== events) return;
        this.#queue = this.#queue
          .then(() => (this.#events === events ? take(JSON.parse((event as MessageEvent<string>).data || 'null')) : undefined))
          .catch((error: unknown) => console.warn(`testigo: event ${type} passed over:`, error));
      });
    };
    on('calls', async (data) => {
      const { columns_data, kept, seen } = data as { columns_data: string; kept: number; seen: number };
      const columns = await decode_columns(this.#described, kept, columns_data);
      if (this.#events === events) this.#listener.calls(columns, kept, seen);
    });
    on('flow', (data) => {
      const { time_ns, pairs } = data as { time_ns: number; pairs: Counted[] };
      this.#listener.flow(time_ns, pairs);
    });
    on('names', (data) => {
      const { wire, ...names } = data as Partial<Names> & { wire?: string };
      this.#listener.names(names, wire);
    });
    on('findings', (data) => {
      const { findings, found } = data as { findings: Finding[]; found: Found };
      this.#listener.findings(findings, found);
    });
    on('detail', (data) => this.#listener.detail(data as Detail));
    on('report', (data) => this.#listener.report(data as Report));
    on('judging', () => this.#listener.judging());
    on('passed_over', (data) => this.#listener.not_followed((data as { statement_files: number }).statement_files));
    // The server kept no more: what the document holds now is read instead.
    on('missed', () => {
      events.close();
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.open(), kMissedWait);
    });
    // What is served from now on is the evidence, which tells more than events did.
    on('end', () => {
      events.close();
      this.#listener.end();
      return this.open();
    });
    events.onerror = () => {
      if (this.#events === events) this.#lost('events');
    };
  }
}
