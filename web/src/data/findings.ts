// Findings by check, and checks by their outcome.
import type { CheckResult, Finding, Severity } from './contract';

export interface Group {
  check: string;
  severity: Severity;
  findings: Finding[]; // the first frame first
}

const kRank: Record<Severity, number> = { error: 0, warning: 1, info: 2 };

export function by_check(findings: readonly Finding[]): Group[] {
  const groups = new Map<string, Group>();
  for (const finding of findings) {
    const group = groups.get(finding.check);
    if (!group) groups.set(finding.check, { check: finding.check, severity: finding.severity, findings: [finding] });
    else {
      group.findings.push(finding);
      if (kRank[finding.severity] < kRank[group.severity]) group.severity = finding.severity;
    }
  }
  for (const group of groups.values()) group.findings.sort((a, b) => (a.wire?.packet ?? Infinity) - (b.wire?.packet ?? Infinity) || 0);
  return [...groups.values()].sort((a, b) => kRank[a.severity] - kRank[b.severity] || b.findings.length - a.findings.length || (a.check < b.check ? -1 : 1));
}

export const kChecks = ['fail', 'not-judgeable', 'pass', 'not-observed'] as const;
export type CheckOutcome = (typeof kChecks)[number];

export function checks_by_outcome(checks: Record<string, CheckResult>): Record<CheckOutcome, { id: string; reason: string }[]> {
  const sorted: Record<CheckOutcome, { id: string; reason: string }[]> = { fail: [], 'not-judgeable': [], pass: [], 'not-observed': [] };
  for (const [id, { outcome, reason }] of Object.entries(checks)) if (Object.hasOwn(sorted, outcome)) sorted[outcome].push({ id, reason: outcome === 'not-judgeable' ? (reason ?? '') : '' });
  return sorted;
}
