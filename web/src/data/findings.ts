// Findings by check, and checks by their outcome.
import { Flag, type CheckResult, type Finding, type Found, type Report, type Severity } from './contract';
import type { Columns, Table } from './table';

// Of a check whose findings differ in grade there is one of each.
export interface Group {
  check: string;
  severity: Severity;
  findings: Finding[]; // the first frame first
}

// The document lists the first that were found, the report the first of each check.
export function listed(findings: readonly Finding[], report: Report | null): readonly Finding[] {
  const checks = new Set(findings.map(({ check }) => check));
  const others = (report?.findings?.first ?? []).filter(({ check }) => !checks.has(check));
  return others.length ? [...findings, ...others] : findings;
}

const kRank: Record<Severity, number> = { error: 0, warning: 1, info: 2 };

export function by_check(findings: readonly Finding[]): Group[] {
  const groups = new Map<string, Group>();
  for (const finding of findings) {
    const key = `${finding.severity} ${finding.check}`;
    const group = groups.get(key);
    if (group) group.findings.push(finding);
    else groups.set(key, { check: finding.check, severity: finding.severity, findings: [finding] });
  }
  for (const group of groups.values()) group.findings.sort((a, b) => (a.wire?.packet ?? Infinity) - (b.wire?.packet ?? Infinity) || 0);
  return [...groups.values()].sort((a, b) => kRank[a.severity] - kRank[b.severity] || b.findings.length - a.findings.length || (a.check < b.check ? -1 : 1));
}

// Of a run that goes on what was found since its judge last spoke counts, too; of one that is over the judge alone knows.
export function sums_of(groups: readonly Group[], report: Report | null, found: Found | null): Record<Severity, number> {
  const judged = report?.findings;
  const sum = (severity: Severity, said: number | undefined, so_far: number | undefined): number => {
    const listed = groups.filter((group) => group.severity === severity).reduce((all, group) => all + group.findings.length, 0);
    return said === undefined && so_far === undefined ? listed : Math.max(said ?? 0, so_far ?? 0);
  };
  return { error: sum('error', judged?.errors, found?.errors), warning: sum('warning', judged?.warnings, found?.warnings), info: sum('info', judged?.infos, found?.infos) };
}

// How many there are of a group. Checks and grades are counted apart, so that of what is not listed only bounds may be known.
export function times_of(group: Group, groups: readonly Group[], report: Report | null, found: Found | null): { least: number; most: number } {
  const listed = (of: readonly Group[]): number => of.reduce((all, { findings }) => all + findings.length, 0);
  const here = group.findings.length;
  const of_check = Math.max(report?.checks?.[group.check]?.failed ?? 0, found?.checks?.[group.check] ?? 0);
  const left = Math.max(0, of_check - listed(groups.filter(({ check }) => check === group.check)));
  const sums = sums_of(groups, report, found);
  const room = (grade: Severity): number => Math.max(0, sums[grade] - listed(groups.filter(({ severity }) => severity === grade)));
  const elsewhere = (['error', 'warning', 'info'] as const).reduce((all, grade) => all + (grade === group.severity ? 0 : room(grade)), 0);
  const most = Math.min(left, room(group.severity));
  return { least: here + Math.min(most, Math.max(0, left - elsewhere)), most: here + most };
}

export interface Counted {
  check: string;
  failed: number;
  claims: number[]; // whose exhibits were counted
}

// A witness of `verify` knows what each reply should have named, so that EX01 counts what breaks these.
const kOfClaims: Record<string, readonly number[]> = { EX01: [3, 5] };

// Checks that failed, of which no finding is listed: their failures were counted elsewhere, or are more than the lists hold.
export function unlisted(groups: readonly Group[], report: Report | null): Counted[] {
  const told = new Set(groups.map(({ check }) => check));
  const broken = (report?.claims ?? []).filter(({ outcome }) => outcome === 'BROKEN').map(({ number }) => number);
  return Object.entries(report?.checks ?? {}).flatMap(([check, { outcome, failed }]) =>
    outcome !== 'fail' || told.has(check) ? [] : [{ check, failed: failed ?? 1, claims: broken.filter((number) => kOfClaims[check]?.includes(number)) }]);
}

const is_at = (finding: Finding, columns: Columns, row: number): boolean =>
  finding.wire?.stream !== undefined && finding.wire.stream > 0 && !finding.wire.other_side &&
  columns.stream[row] === finding.wire.stream && columns.connection[row] === finding.wire.connection;

// Those that are about a call: the document names its row, an event only where it was on the wire.
export const of_call = (findings: readonly Finding[], table: Table, row: number): Finding[] =>
  findings.filter((finding) => (finding.row === undefined ? is_at(finding, table.columns, row) : finding.row === table.first + row));

// Marks the calls that these are about.
export function mark(findings: readonly Finding[], table: Table): void {
  const grade: Record<Severity, number> = { error: Flag.Error, warning: Flag.Warning, info: Flag.Info };
  const streams = new Map<number, Map<number, number>>(); // by connection and stream
  for (const { wire, severity } of findings) {
    if (!wire?.stream || !wire.connection || wire.other_side) continue;
    const of = streams.get(wire.connection) ?? new Map<number, number>();
    streams.set(wire.connection, of.set(wire.stream, (of.get(wire.stream) ?? 0) | (grade[severity] ?? 0)));
  }
  if (streams.size === 0) return;
  const { connection, stream, flags } = table.columns;
  for (let row = 0; row < table.length; row++) {
    const flag = streams.get(connection[row]!)?.get(stream[row]!);
    if (flag) flags[row] = flags[row]! | flag;
  }
}

export const kChecks = ['fail', 'not-judgeable', 'pass', 'not-observed'] as const;
export type CheckOutcome = (typeof kChecks)[number];

export function checks_by_outcome(checks: Record<string, CheckResult>): Record<CheckOutcome, { id: string; reason: string }[]> {
  const sorted: Record<CheckOutcome, { id: string; reason: string }[]> = { fail: [], 'not-judgeable': [], pass: [], 'not-observed': [] };
  for (const [id, { outcome, reason }] of Object.entries(checks)) if (Object.hasOwn(sorted, outcome)) sorted[outcome].push({ id, reason: outcome === 'not-judgeable' ? (reason ?? '') : '' });
  return sorted;
}
