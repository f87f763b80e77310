// The state of the page: what was read, what is looked at. Components read it; only it changes itself.
import { kNowhere, type Aim } from './data/aim';
import { facets, type Counted } from './data/aggregate';
import type { Detail, Finding, Found, Names, PageDocument, Report } from './data/contract';
import { Flag } from './data/contract';
import { decode_columns } from './data/decode';
import { kEverything, select, toggled, type Filter } from './data/filter';
import { call_key, id_of, row_of_key } from './data/find';
import { listed, mark } from './data/findings';
import { hash_of, kStart, state_of, type Sort, type View } from './data/hash';
import { date_of, span_of } from './data/format';
import { is_sort, ordered } from './data/order';
import { failed, last_end, status_of } from './data/outcome';
import { parse_document } from './data/parse';
import { Table, empty_columns, type Columns } from './data/table';
import { Feed } from './live/feed';
import { Hold } from './live/hold.svelte';
import { is_lang, kWords, type Lang } from './words';

export const kMostRows = 200_000; // of a live run that the page keeps
const kMostDetails = 500;
const kEvery = 300; // ms between additions to the table

function stored(name: string): string | null {
  try {
    return localStorage.getItem(`testigo.${name}`);
  } catch {
    return null;
  }
}

function store(name: string, value: string): void {
  try {
    localStorage.setItem(`testigo.${name}`, value);
  } catch {
    return; // not permitted: the choice lives as long as the page
  }
}

export type Theme = 'auto' | 'light' | 'dark';

class Page {
  phase = $state<'loading' | 'ready' | 'failed'>('loading');
  trouble = $state<{ why: string; again: number } | null>(null); // `again`: s until it is tried; 0: it is tried now
  document = $state.raw<PageDocument | null>(null);
  report = $state.raw<Report | null>(null);
  names = $state.raw<Names>({ clients: [], servers: [], methods: [], processes: [] });
  table = $state.raw(new Table(empty_columns(0), 0));
  version = $state(0); // of the table's content
  findings = $state.raw<Finding[]>([]);
  found = $state.raw<Found | null>(null); // so far; null: the report says it
  listed = $derived(listed(this.findings, this.report));
  wire = $state(''); // where its witness stands

  lang = $state<Lang>('en');
  #chosen = false; // by the reader, whatever a document says
  theme = $state<Theme>('auto');
  painted = $state(0); // counts changes of colours, for canvases
  rem = $state(16); // px, as large as the reader has letters
  scale = $derived(this.rem / 16);

  filter = $state.raw<Filter>(kEverything);
  sort = $state.raw<Sort>(kStart.sort);
  view = $state.raw<View | null>(null);
  pointed_client = $state<number | null>(null); // in the flow, while it is pointed at
  call = $state(''); // key of the call that is open
  aim = $state.raw<Aim>(kNowhere); // the frame in it to show first

  // live
  feed: Feed | null = null;
  hold = new Hold(
    {
      document: (document, columns) => this.take(document, new Table(columns, document.calls.kept, document.live ? kMostRows : 0)),
      calls: (columns, kept, seen) => this.#append(columns, kept, seen),
      flow: (time_ns, pairs) => {
        this.#heard_ns = time_ns;
        this.flow = pairs;
      },
      names: (names, wire) => {
        this.names = { ...this.names, ...names };
        this.wire = wire ?? this.wire;
      },
      findings: (findings, found) => this.#find(findings, found),
      detail: (detail) => this.#keep_detail(detail),
      judging: () => void (this.judging = true),
      not_followed: (files) => void (this.not_followed = files),
      report: (report) => void (this.report = typeof report?.verdict === 'string' ? report : this.report),
      end: () => void (this.live = this.judging = false),
      connected: () => this.#trouble(null),
      trying: () => this.trouble && this.#trouble({ ...this.trouble, again: 0 }),
      lost: (why, again) => {
        this.#trouble({ why, again });
        if (this.phase === 'loading') this.phase = 'failed';
      },
    },
    () => void this.feed?.open(),
  );
  live = $state(false); // events still come
  judging = $state(false); // the run is over, and has no verdict yet
  not_followed = $state(0); // files of statements
  served = $state(false);
  until = $state(Infinity); // it is looked at as it was then; Infinity: as it is
  #heard_ns = $state(0); // when it was heard of last
  seen = $state(0);
  passed = $state(0);
  flow = $state.raw<Counted[]>([]);
  fresh = $state.raw<{ client: number; server: number; bad: boolean }[]>([]); // calls of the last event, sampled
  fresh_of = $state(0);
  details = new Map<string, Detail>();
  details_version = $state(0);

  words = $derived(kWords[this.lang]);
  looked_at = $derived.by(() => {
    void this.version;
    return select(this.table, this.names, kEverything, this.until);
  });
  rows = $derived.by(() => {
    void this.version;
    return select(this.table, this.names, this.filter, this.until);
  });
  sorted = $derived.by(() => {
    const by = is_sort(this.sort.by) ? this.sort.by : 'time';
    return ordered(this.table.columns, this.rows, by, this.sort.down);
  });
  facets = $derived.by(() => {
    void this.version;
    return facets(this.table.columns, this.looked_at, status_of);
  });
  span = $derived.by((): View => {
    void this.version;
    const { columns, order } = this.table;
    if (order.length === 0) return { from: 0, to: 1e9 };
    const from = columns.start_ns[order[0]!]!;
    const to = Math.max(last_end(columns, this.looked_at), from + 1000);
    const edge = (to - from) * 0.01;
    return { from: from - edge, to: to + edge };
  });
  newest = $derived.by(() => {
    void this.version;
    return Math.max(last_end(this.table.columns, this.table.order), this.#heard_ns);
  });
  // Times of day are not enough.
  dated = $derived.by(() => {
    void this.version;
    const { columns, order } = this.table;
    const first = order.length ? columns.start_ns[order[0]!]! : 0;
    return date_of(this.document?.began, Math.min(0, first)) !== date_of(this.document?.began, Math.max(0, this.newest));
  });
  open_row = $derived.by(() => {
    void this.version;
    return this.call ? row_of_key(this.table, this.names, this.call) : -1;
  });

  async begin(): Promise<void> {
    const lang = stored('lang');
    if (is_lang(lang)) [this.lang, this.#chosen] = [lang, true];
    const theme = stored('theme');
    if (theme === 'light' || theme === 'dark') this.set_theme(theme);
    this.read_hash();
    const element = document.getElementById('testigo-page');
    const text = element?.textContent ?? '';
    if (text.trim() === '') {
      this.served = true;
      this.feed = new Feed(this.hold);
      return this.feed.open();
    }
    try {
      const read = parse_document(text);
      this.take(read, new Table(await decode_columns(read.calls.columns, read.calls.kept, read.calls.data), read.calls.kept));
      if (element) element.textContent = ''; // its text is kept by the document no longer
    } catch (error) {
      this.phase = 'failed';
      this.trouble = { why: error instanceof Error ? error.message : String(error), again: 0 };
    }
  }

  #second: ReturnType<typeof setInterval> | undefined;
  #trouble(trouble: { why: string; again: number } | null): void {
    clearInterval(this.#second);
    this.trouble = trouble;
    if (!trouble?.again) return;
    this.#second = setInterval(() => {
      if (this.trouble && --this.trouble.again <= 0) clearInterval(this.#second);
    }, 1000);
  }

  take(read: PageDocument, table: Table): void {
    if (!this.#chosen && is_lang(read.lang)) this.lang = read.lang;
    this.document = read;
    this.report = read.report;
    this.names = { clients: read.clients, servers: read.servers, methods: read.methods, processes: read.processes };
    this.table = table;
    this.#waiting = [];
    this.#unmarked = [];
    this.findings = read.findings;
    this.found = read.found ?? null;
    this.wire = read.report?.wire || read.wire || '';
    this.live = read.live === true;
    this.judging = read.judging === true;
    this.not_followed = read.statement_files_passed_over ?? 0;
    this.until = Infinity;
    this.#heard_ns = span_of(read.began, read.ended) || 0;
    this.seen = read.calls.total;
    this.passed = read.calls.kept;
    // These have indexes into the lists of before.
    this.flow = [];
    this.fresh = [];
    this.fresh_of = 0;
    this.pointed_client = null;
    this.details.clear();
    for (const detail of read.details) this.#keep_detail(detail);
    this.phase = 'ready';
    this.version++;
    requestAnimationFrame(() => setTimeout(() => performance.mark('testigo-ready')));
  }

  #keep_detail(detail: Detail): void {
    const row = detail.row === undefined ? -1 : this.table.row_of(detail.row);
    const key = detail.id ?? (detail.connection ? `${detail.connection}/${detail.stream}` : row >= 0 ? call_key(this.table, this.names, row) : '');
    if (!key) return;
    this.details.set(key, detail);
    if (this.served) {
      const oldest = this.details.keys().next();
      if (this.details.size > kMostDetails && !oldest.done) this.details.delete(oldest.value);
    }
    this.details_version++;
  }

  // Rows move when old ones leave, so they are added a few times a second, and everything that reads them is told at once.
  #waiting: { columns: Columns; kept: number }[] = [];
  #unmarked: Finding[] = []; // of calls that may be among these
  #adding: ReturnType<typeof setTimeout> | undefined;
  #add_soon(): void {
    this.#adding ??= setTimeout(() => this.#add(), kEvery);
  }
  #add(): void {
    clearTimeout(this.#adding);
    this.#adding = undefined;
    for (const part of this.#waiting) this.table.append(part.columns, part.kept);
    mark(this.#unmarked, this.table);
    this.#waiting = [];
    this.#unmarked = [];
    this.version++;
  }

  // At the run as it was at a time, or as it is now: nothing that comes later is seen until `look_on`.
  look_back(until?: number): void {
    if (this.until === Infinity) {
      this.hold.begin(this.seen);
      this.#add();
    }
    this.until = until ?? this.newest;
  }

  look_on(): void {
    this.until = Infinity;
    this.hold.let_go();
  }

  #find(findings: Finding[], found: Found): void {
    this.found = found;
    if (findings.length === 0) return;
    this.findings = [...this.findings, ...findings];
    this.#unmarked.push(...findings);
    this.#add_soon();
  }

  #append(columns: Columns, kept: number, seen: number): void {
    this.#waiting.push({ columns, kept });
    this.seen += seen;
    this.passed += kept;
    this.#add_soon();
    const step = Math.max(1, Math.floor(kept / 24));
    const fresh = [];
    for (let row = 0; row < kept && fresh.length < 24; row += step) {
      const bad = failed(columns, row) || (columns.flags[row]! & (Flag.Error | Flag.Differ | Flag.Astray)) !== 0;
      fresh.push({ client: columns.client[row]!, server: columns.server[row]!, bad });
    }
    this.fresh_of = seen;
    this.fresh = fresh;
  }

  // The detail of a row: from the document, else asked for, else null.
  async detail(row: number): Promise<Detail | null> {
    const key = call_key(this.table, this.names, row);
    const place = `${this.table.columns.connection[row]}/${this.table.columns.stream[row]}`;
    const known = this.details.get(key) ?? this.details.get(place);
    if (known || !this.feed) return known ?? null;
    const [connection, stream] = place.split('/');
    const id = id_of(this.table, this.names, row);
    if (this.hold.replaced && connection === '0' && !id) return null;
    const names = [connection !== '0' ? `connection=${connection}&stream=${stream}` : '', id ? `id=${encodeURIComponent(id)}` : ''].filter(Boolean);
    const query = names.length ? names.join('&') : `row=${this.table.first + row}`;
    const detail = await this.feed.detail(query);
    this.#keep_detail({ ...detail, ...(id ? { id } : {}), connection: Number(connection), stream: Number(stream) });
    return detail;
  }

  open(row: number, aim: Aim = kNowhere): void {
    if (row < 0) return;
    this.aim = aim;
    this.call = call_key(this.table, this.names, row);
    this.write_hash();
  }

  close(): void {
    this.call = '';
    this.aim = kNowhere;
    this.write_hash();
  }

  set_filter(change: Partial<Filter>): void {
    this.filter = { ...this.filter, ...change };
    this.write_hash();
  }

  toggle_client(name: string): void {
    this.set_filter(toggled(this.filter, name));
  }

  set_view(view: View | null): void {
    this.view = view;
    this.write_hash();
  }

  set_sort(sort: Sort): void {
    this.sort = sort;
    this.write_hash();
  }

  set_lang(lang: Lang): void {
    this.lang = lang;
    this.#chosen = true;
    store('lang', lang);
  }

  set_theme(theme: Theme): void {
    this.theme = theme;
    store('theme', theme);
    if (theme === 'auto') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    this.painted++;
  }

  read_hash(): void {
    const state = state_of(location.hash);
    this.filter = state.filter;
    this.sort = state.sort;
    this.view = state.view;
    this.call = state.call;
  }

  // At most a few times a second: browsers refuse more.
  #writing: ReturnType<typeof setTimeout> | undefined;
  write_hash(): void {
    clearTimeout(this.#writing);
    this.#writing = setTimeout(() => {
      const hash = hash_of({ filter: this.filter, sort: this.sort, view: this.view, call: this.call });
      if (`#${hash}` === location.hash || (hash === '' && location.hash === '')) return;
      history.replaceState(null, '', hash ? `#${hash}` : location.pathname + location.search);
    }, 250);
  }
}

export const page = new Page();
