// What components say, rendered without a browser.
import { beforeEach, expect, it, vi } from 'vitest';
import { render } from 'svelte/server';
import type { Component } from 'svelte';
import type { Claim, Frame, Outcome, Report, Severity, Statement } from '../src/data/contract';
import { kEverything } from '../src/data/filter';
import { call_key } from '../src/data/find';
import { page } from '../src/state.svelte';
import CallPanel from '../src/view/CallPanel.svelte';
import Filters from '../src/view/Filters.svelte';
import FindingsView from '../src/view/Findings.svelte';
import Flow from '../src/view/Flow.svelte';
import FrameView from '../src/view/FrameView.svelte';
import LiveBar from '../src/view/LiveBar.svelte';
import Sequence from '../src/view/Sequence.svelte';
import SmallPrint from '../src/view/SmallPrint.svelte';
import Verdict from '../src/view/Verdict.svelte';
import { read } from './support';

vi.stubGlobal('requestAnimationFrame', () => 0);
beforeEach(async () => {
  const { document, table } = await read({ calls: 3, verdict: 'PROVEN' });
  page.take({ ...document, findings: [] }, table);
});

function text<Props extends Record<string, unknown>>(component: Component<Props>, props: Props): string {
  const { body } = render(component as Component<Record<string, unknown>>, { props });
  return body.replace(/<!--.*?-->/g, '').replace(/<[^>]*>/g, '').replace(/\s+/g, ' ');
}

const frame: Frame = { packet: 1, time_ns: 0, direction: 'to-server', type: 'HEADERS', length: 1, text: '', fields: [{ name: 'Authorization', secret: true }, { name: 'cookie', secret: true }] };

it('a secret is called masked only where the report says so of its field', () => {
  page.report = { verdict: 'PROVEN' };
  expect(text(FrameView, { frame })).not.toContain('masked');
  page.report = { verdict: 'PROVEN', masked: [{ name: 'authorization' }] };
  expect(text(FrameView, { frame })).toMatch(/Authorization ?secret, masked in the capture.*cookie ?secret, not shown here/);
});

it('what shows a payload says so in its words alone', () => {
  const { body } = render(FrameView as Component<Record<string, unknown>>, { props: { frame: { ...frame, messages: [{ number: 1, length: 3 }] } } });
  expect(body).toMatch(/<button[^>]*>Show payload/);
  expect(body).not.toContain('aria-pressed');
});

it('the last call keeps the button that led to it', () => {
  page.call = call_key(page.table, page.names, page.sorted[2]!);
  const { body } = render(CallPanel as Component, {});
  expect(body).toMatch(/<button[^>]*aria-disabled="true"[^>]*aria-label="Next call"/);
  expect(body).not.toMatch(/\sdisabled/);
  page.call = '';
});

it('a call that the document has no more of than its row says where more is', async () => {
  page.report = { verdict: 'PROVEN', evidence: 'evidence/a run' };
  page.call = call_key(page.table, page.names, page.sorted[2]!);
  const said = text(CallPanel, {});
  expect(said).toContain("neither frames nor statements of this call. See them in the evidence testigo show 'evidence/a run'");
  expect(said).toMatch(/Client client\d \S+ .*Wire connection/);
  expect(render(CallPanel as Component, {}).body).not.toContain('class="sequence');
  page.report = { verdict: 'PROVEN' };
  expect(text(CallPanel, {})).not.toContain('testigo show');
  page.call = '';
});

it('dots are called a sample where they are one, and not spoken of where there are none', () => {
  const fresh = (calls: number, of: number): string => {
    page.fresh = Array.from({ length: calls }, () => ({ client: 0, server: 0, bad: false }));
    page.fresh_of = of;
    return text(Flow, {}).match(/(The dot|Dots are).*?\./)?.[0] ?? '';
  };
  page.live = true;
  expect([fresh(1, 1), fresh(6, 6), fresh(24, 80), fresh(0, 0)]).toEqual(['The dot is the newest call.', 'The dots are the 6 newest calls.', 'Dots are a sample: 24 of the 80 newest calls.', '']);
  page.until = 5;
  expect(fresh(6, 6)).toBe('');
  page.until = Infinity;
  page.live = false;
  expect(fresh(6, 6)).toBe('');
});

it('many clients that are chosen are one chip', () => {
  const many = Array.from({ length: 25 }, (_, at) => `of-${at}`);
  page.filter = { ...kEverything, clients: many.slice(0, 20) };
  expect(text(Filters, {})).toMatch(/Client of-0Client of-1.*Client of-19 /);
  page.filter = { ...kEverything, clients: many };
  expect(text(Filters, {})).toContain('25 clients');
  expect(text(Filters, {})).not.toContain('of-');
  page.filter = { ...kEverything, except: ['client1', 'of-3'] };
  expect(text(Filters, {})).toContain('1 other client ');
  page.filter = kEverything;
});

it('a statement says its integers as they are', () => {
  const statement = (change: Partial<Statement>): Statement => ({ witness: 'client', name: 'client1', type: 'ended', ...change });
  const said = (change: Partial<Statement>): string => text(Sequence, { detail: { statements: [statement(change)] } });
  expect(said({ status: 255 })).toContain('255 (no status of gRPC)');
  expect(said({ status: 254 })).toContain('254 (no status of gRPC)');
  expect(said({ status: 7, reply: { client: 'c', call: '9007199254740993' } })).toMatch(/PERMISSION_DENIED.*#9007199254740993/);
  expect(said({ latency_ns: '90071992547409930' })).toContain('25020 h');
});

it('of remarkable calls it is said how many are not there', () => {
  page.document = { ...page.document!, calls: { ...page.document!.calls, total: 90, remarkable_left_out: 12 } };
  expect(text(SmallPrint, {})).toContain('The page holds 3 of 90 calls, all with a finding, a difference, a failure or an abnormal end; 12 more like them');
});

it('a connection that is lost is not called live', () => {
  page.live = true;
  expect(text(LiveBar, {})).toMatch(/Pause ?Live/);
  page.trouble = { why: '', again: 7 };
  expect(text(LiveBar, {})).toMatch(/Pause ?The connection to testigo is lost. It is tried again in 7 s. Try now/);
  page.trouble = { why: '', again: 0 };
  expect(text(LiveBar, {})).toContain('Trying again…');
  page.trouble = null;
  page.live = false;
});

it('who looks back is told that the run has ended, and can go to the whole', async () => {
  const { document, table } = await read({ calls: 3, live: true });
  page.take(document, table);
  expect(text(LiveBar, {})).toMatch(/Pause ?Live/);
  page.look_back();
  expect(text(LiveBar, {})).toMatch(/Back to live ?as it was at [\d.]+ s ?$/);
  page.hold.end();
  expect(text(LiveBar, {})).toMatch(/See the whole run ?as it was at [\d.]+ s ?The run has ended. ?$/);
  page.look_on();
  expect(text(LiveBar, {})).toMatch(/Pause ?The run has ended. ?$/);
});

it('a check that failed without a finding is one that failed', () => {
  const claim = (number: number, outcome: Outcome): Claim => ({ number, outcome, sentence: '', because: '' });
  page.report = {
    verdict: 'BROKEN', claims: [claim(1, 'PROVEN'), claim(3, 'BROKEN'), claim(4, 'BROKEN'), claim(5, 'PROVEN')],
    findings: { errors: 0, warnings: 0, infos: 0 }, checks: { BH02: { outcome: 'pass', passed: 7 }, EX01: { outcome: 'fail', failed: 2, passed: 1 } },
  };
  expect(text(FindingsView, {})).toMatch(/^0 errors ?0 warnings ?0 remarks ?1 failed check with no finding listed ?failed ?EX01 ?Its failures are what breaks ?Claim 3 ?× 2 ?Checks ?failed 1 ?EX01/);
  page.lang = 'es';
  expect(text(FindingsView, {})).toMatch(/1 comprobación fallida sin hallazgo en la lista ?fallida ?EX01.*fallida 1 ?EX01/);
  page.lang = 'en';
  page.report = { ...page.report, claims: [] };
  expect(text(FindingsView, {})).toMatch(/EX01 ?Its findings are not listed here. ?× 2/);
  page.report = { verdict: 'PROVEN', checks: { EX01: { outcome: 'pass' } } };
  expect(text(FindingsView, {})).toContain('No check failed.');
});

it('of findings it is said that there are more than are listed', () => {
  const report: Report = {
    verdict: 'BROKEN', checks: { RQ01: { outcome: 'fail', failed: 5100 }, BH02: { outcome: 'fail', failed: 2 } },
    findings: { errors: 5102, warnings: 0, infos: 0, first: [{ check: 'BH02', severity: 'error', text: 'of the report' }] },
  };
  page.report = report;
  page.findings = Array.from({ length: 4999 }, () => ({ check: 'RQ01', severity: 'error' as const, text: 'of the document' }));
  const all = text(FindingsView, {});
  expect(all).toMatch(/5,102 errors.*5,000 of 5,102 shown/);
  expect(all).toMatch(/BH02.*of the report.*× 2/);
  page.findings = Array.from({ length: 5100 }, () => ({ check: 'RQ01', severity: 'error' as const, text: 'of the document' }));
  expect(text(FindingsView, {})).toContain('5,101 of 5,102 shown');
  page.report = { ...report, findings: { ...report.findings, errors: 5101 } };
  expect(text(FindingsView, {})).not.toContain('shown');
});

it('a run that is over says that it is being judged', async () => {
  const { document, table } = await read({ calls: 3, live: true });
  page.take({ ...document, report: null }, table);
  expect(text(Verdict, {})).toMatch(/LISTENING ?Not judged yet: 3 calls seen/);
  page.take({ ...document, report: null, judging: true }, table);
  expect(text(Verdict, {})).toMatch(/JUDGING ?The run has ended, and is being judged: 3 calls seen/);
  expect(text(LiveBar, {})).toMatch(/Pause ?The run has ended\./);
});

it('files of statements that are not followed are counted', async () => {
  page.not_followed = 0;
  expect(text(SmallPrint, {})).not.toContain('not followed');
  page.not_followed = 4000;
  expect(text(SmallPrint, {})).toMatch(/4,000 files of statements are not followed/);
  page.not_followed = 0;
});

it('a run says when it began and ended, and days where there are several', async () => {
  expect(text(SmallPrint, {})).toMatch(new RegExp(`began ?${page.document!.began}.*ended ?${page.document!.ended}`));
  page.call = call_key(page.table, page.names, page.sorted[2]!);
  expect(text(CallPanel, {})).toMatch(/Started ?\d\d:\d\d:\d\d\.\d{6}/);
  page.table.columns.start_ns[page.sorted[2]!] = 400 * 86_400e9;
  page.version++;
  page.call = call_key(page.table, page.names, 2);
  expect(text(CallPanel, {})).toMatch(/Started ?\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}/);
  page.call = '';
});

it('frames are said to be included where some are', () => {
  const of = (count: number): string => `${count} calls: those of exhibits`;
  const said = (change: object): boolean => {
    page.document = { ...page.document!, ...change };
    return text(SmallPrint, {}).includes('Frames are included for:');
  };
  expect(said({ details_of: of(1), details: [{ frames: [frame] }] })).toBe(true);
  expect(said({ details_of: of(2), details: [{ frames: [] }, {}] })).toBe(false);
  expect(said({ details_of: of(0), details: [] })).toBe(false);
  expect(said({ details_of: 'any call, when it is asked for', details: [] })).toBe(true);
});

it('a harmless remark is not told as the error of the same check', () => {
  page.report = { verdict: 'BROKEN', findings: { errors: 1, warnings: 0, infos: 4 }, checks: { CN16: { outcome: 'fail', failed: 5 } } };
  const one = (severity: Severity, packet: number) => ({ check: 'CN16', severity, text: severity === 'error' ? 'calls cut off: 3' : 'calls cut off: 0', wire: { packet } });
  page.findings = [one('info', 1), one('info', 2), one('error', 9), one('info', 12), one('info', 20)];
  expect(text(FindingsView, {})).toMatch(/error ?CN16 ?calls cut off: 3.*packet 9 ?× 1.*remark ?CN16 ?calls cut off: 0.*packet 1 ?× 4/);
});
