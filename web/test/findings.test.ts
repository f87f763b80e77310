import { describe, expect, it } from 'vitest';
import { Flag, type Finding, type Report, type Severity } from '../src/data/contract';
import { by_check, listed, mark, of_call, sums_of, times_of, unlisted } from '../src/data/findings';
import { shell_word } from '../src/data/shell';
import { Table, empty_columns } from '../src/data/table';

const finding = (check: string, severity: Severity, connection: number, stream: number, row?: number): Finding =>
  ({ check, severity, text: check, wire: { packet: 10 + stream, connection, stream }, ...(row === undefined ? {} : { row }) });

// Streams 1, 3 and 5 of connection 1, and 3 of connection 2.
function table(): Table {
  const columns = empty_columns(4);
  [[1, 1], [1, 3], [1, 5], [2, 3]].forEach(([connection, stream], row) => {
    columns.connection[row] = connection!;
    columns.stream[row] = stream!;
  });
  return new Table(columns, 4);
}

describe('findings while a run goes on', () => {
  it('are those of a call by its row, or by where it was on the wire', () => {
    const all = [finding('RQ01', 'error', 1, 3), finding('RQ02', 'error', 9, 9, 1), finding('RQ03', 'error', 2, 3), finding('CN01', 'error', 1, 0), finding('RQ04', 'error', 1, 3, 3)];
    const told = (row: number): string[] => of_call(all, table(), row).map(({ check }) => check);
    expect(told(0)).toEqual([]);
    expect(told(1)).toEqual(['RQ01', 'RQ02']);
    expect(told(3)).toEqual(['RQ03', 'RQ04']);
    const moved = table();
    moved.append(table().columns, 1); // the oldest row leaves
    expect(moved.first).toBe(1);
    expect(of_call(all, moved, 0).map(({ check }) => check)).toEqual(['RQ01', 'RQ02']);
  });

  it('of the other side of a hop are of no call here', () => {
    const other: Finding = { ...finding('PX01', 'error', 1, 3), wire: { packet: 3, connection: 1, stream: 3, other_side: true } };
    expect(of_call([other], table(), 1)).toEqual([]);
    const marked = table();
    mark([other], marked);
    expect([...marked.columns.flags]).toEqual([0, 0, 0, 0]);
  });

  it('mark their calls', () => {
    const marked = table();
    marked.columns.flags[1] = Flag.Differ;
    mark([finding('RQ01', 'error', 1, 3), finding('RQ02', 'info', 1, 3), finding('RQ03', 'warning', 2, 3), finding('CN01', 'error', 1, 0), finding('RQ04', 'error', 7, 1)], marked);
    expect([...marked.columns.flags]).toEqual([0, Flag.Differ | Flag.Error | Flag.Info, 0, Flag.Warning]);
  });

  it('are those of the document, and of the report those of checks that the document does not list', () => {
    const [a, b, c] = [finding('RQ01', 'error', 1, 1), finding('RQ01', 'error', 1, 3), finding('RQ02', 'info', 1, 1)];
    const report: Report = { verdict: 'BROKEN', findings: { errors: 2, infos: 1, first: [a, c] } };
    expect(listed([a, b], report)).toEqual([a, b, c]);
    expect(listed([], report)).toEqual([a, c]);
    expect(listed([a, b], null)).toEqual([a, b]);
  });

  it('are not all of the checks that failed', () => {
    const report: Report = { verdict: 'BROKEN', checks: { RQ01: { outcome: 'fail', failed: 1 }, EX01: { outcome: 'fail', failed: 4 }, RQ02: { outcome: 'pass' }, RQ03: { outcome: 'fail', failed: 2 } },
      claims: [3, 5, 7].map((number) => ({ number, outcome: 'BROKEN', sentence: '', because: '' })) };
    const groups = by_check([finding('RQ01', 'error', 1, 1)]);
    expect(unlisted(groups, report)).toEqual([{ check: 'EX01', failed: 4, claims: [3, 5] }, { check: 'RQ03', failed: 2, claims: [] }]);
    expect(unlisted(groups, null)).toEqual([]);
  });

  it('are counted, those included that are not listed', () => {
    const groups = by_check([finding('RQ01', 'error', 1, 1), finding('RQ01', 'error', 1, 3), finding('RQ02', 'info', 1, 1)]);
    const report: Report = { verdict: 'BROKEN', findings: { errors: 5, warnings: 1, infos: 0 }, checks: { RQ01: { outcome: 'fail', failed: 5 } } };
    expect(sums_of(groups, null, null)).toEqual({ error: 2, warning: 0, info: 1 });
    expect(sums_of(groups, report, null)).toEqual({ error: 5, warning: 1, info: 0 });
    const found = { errors: 9, warnings: 0, infos: 3, checks: { RQ01: 9, RQ02: 3 } };
    expect(sums_of(groups, null, found)).toEqual({ error: 9, warning: 0, info: 3 });
    expect(sums_of(groups, report, found)).toEqual({ error: 9, warning: 1, info: 3 });
    const times = (of: Report | null, so_far: typeof found | null): unknown => times_of(groups[0]!, groups, of, so_far);
    expect(times(null, null)).toEqual({ least: 2, most: 2 });
    expect(times({ ...report, findings: { errors: 5, warnings: 0, infos: 1 } }, null)).toEqual({ least: 5, most: 5 });
    expect(times(report, null)).toEqual({ least: 4, most: 5 }); // one may be the warning, as far as sums tell
    expect(times(report, found)).toEqual({ least: 6, most: 9 });
  });

  it('of a check that differ in grade are told and counted apart', () => {
    const groups = by_check([finding('CN16', 'info', 1, 1), finding('CN16', 'error', 2, 3), ...[5, 7, 9].map((stream) => finding('CN16', 'info', 3, stream))]);
    expect(groups.map(({ severity, findings }) => [severity, findings.length])).toEqual([['error', 1], ['info', 4]]);
    expect(groups[0]!.findings[0]!.wire!.connection).toBe(2);
    const told = (report: Report): unknown[] => groups.map((group) => times_of(group, groups, report, null));
    const counted = (errors: number, infos: number): Report => ({ verdict: 'BROKEN', findings: { errors, warnings: 0, infos }, checks: { CN16: { outcome: 'fail', failed: errors + infos } } });
    expect(told(counted(1, 4))).toEqual([{ least: 1, most: 1 }, { least: 4, most: 4 }]);
    expect(told(counted(1, 40))).toEqual([{ least: 1, most: 1 }, { least: 40, most: 40 }]);
    expect(told(counted(7, 40))).toEqual([{ least: 7, most: 7 }, { least: 40, most: 40 }]);
    const others = counted(7, 40);
    others.findings!.errors = 9; // 2 of another check, of which none is listed
    expect(told(others)).toEqual([{ least: 7, most: 9 }, { least: 38, most: 40 }]);
  });
});

describe('a word of a shell', () => {
  it('is quoted where it must be', () => {
    expect(shell_word('evidence/20261129T172914Z-verify')).toBe('evidence/20261129T172914Z-verify');
    expect(shell_word("my evidence; rm '~'")).toBe(String.raw`'my evidence; rm '\''~'\'''`);
    expect(shell_word('')).toBe("''");
  });
});
