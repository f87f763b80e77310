// Between what is served and the page: while a reader looks back, what comes is held, so that nothing moves under their eyes.
import type { Counted } from '../data/aggregate';
import type { Detail, Finding, Found, Names, PageDocument, Report } from '../data/contract';
import type { Columns } from '../data/table';
import type { Listener } from './feed';

export const kMostHeld = 200_000; // calls; where more come, the document is read anew instead

interface Held {
  document: [PageDocument, Columns] | null;
  calls: [Columns, number, number][];
  names: Partial<Names>;
  wire: string | undefined;
  findings: Finding[];
  found: Found | null;
  flow: [number, Counted[]] | null;
  report: Report | null;
  judging: boolean;
  kept: number;
  too_many: boolean;
}

const nothing = (): Held => ({ document: null, calls: [], names: {}, wire: undefined, findings: [], found: null, flow: null, report: null, judging: false, kept: 0, too_many: false });

export class Hold implements Listener {
  newer = $state(0); // calls that are held
  ended = $state(false); // the run, while it is looked back at
  #to: Listener;
  #again: () => void;
  #held: Held | null = null;
  #seen = 0; // by the page

  constructor(to: Listener, again: () => void) {
    this.#to = to;
    this.#again = again;
  }

  // The document is another one than the page shows: its rows have other numbers.
  get replaced(): boolean {
    return this.#held?.document != null;
  }

  // From now on; the page has seen so many calls.
  begin(seen: number): void {
    if (this.#held) return;
    this.#held = nothing();
    this.#seen = seen;
  }

  // Everything that was held, in its order.
  let_go(): void {
    const held = this.#held;
    if (!held) return;
    const ended = this.ended;
    this.#held = null;
    this.newer = 0;
    this.ended = false;
    if (held.too_many) return this.#again();
    if (held.document) this.#to.document(...held.document);
    if (held.wire !== undefined || Object.keys(held.names).length) this.#to.names(held.names, held.wire);
    for (const part of held.calls) this.#to.calls(...part);
    if (held.found) this.#to.findings(held.findings, held.found);
    if (held.flow) this.#to.flow(...held.flow);
    if (held.judging) this.#to.judging();
    if (held.report) this.#to.report(held.report);
    if (ended && !held.document) this.#to.end();
  }

  document(document: PageDocument, columns: Columns): void {
    if (!this.#held) return this.#to.document(document, columns);
    this.#held = { ...nothing(), document: [document, columns] };
    this.newer = Math.max(0, document.calls.total - this.#seen);
    this.ended = document.live !== true;
  }

  calls(columns: Columns, kept: number, seen: number): void {
    const held = this.#held;
    if (!held) return this.#to.calls(columns, kept, seen);
    this.newer += seen;
    held.kept += kept;
    held.too_many ||= held.kept > kMostHeld;
    if (held.too_many) held.calls = [];
    else held.calls.push([columns, kept, seen]);
  }

  names(names: Partial<Names>, wire: string | undefined): void {
    const held = this.#held;
    if (!held) return this.#to.names(names, wire);
    held.names = { ...held.names, ...names };
    held.wire = wire ?? held.wire;
  }

  findings(findings: Finding[], found: Found): void {
    const held = this.#held;
    if (!held) return this.#to.findings(findings, found);
    held.findings.push(...findings);
    held.found = found;
  }

  flow(time_ns: number, pairs: Counted[]): void {
    if (this.#held) this.#held.flow = [time_ns, pairs];
    else this.#to.flow(time_ns, pairs);
  }

  report(report: Report): void {
    if (this.#held) this.#held.report = report;
    else this.#to.report(report);
  }

  judging(): void {
    if (this.#held) this.#held.judging = true;
    else this.#to.judging();
  }

  not_followed(files: number): void {
    this.#to.not_followed(files);
  }

  end(): void {
    if (this.#held) this.ended = true;
    else this.#to.end();
  }

  detail(detail: Detail): void {
    this.#to.detail(detail);
  }

  trying(): void {
    this.#to.trying();
  }

  lost(why: string, again_in_s: number): void {
    this.#to.lost(why, again_in_s);
  }

  connected(): void {
    this.#to.connected();
  }
}
