import { describe, expect, it } from 'vitest';
import { empty_columns, Table } from '../src/data/table';

function block(starts: number[], first: number) {
  const columns = empty_columns(starts.length);
  starts.forEach((start, at) => {
    columns.start_ns[at] = start;
    columns.number[at] = first + at;
  });
  return columns;
}

const starts_in_order = (table: Table): number[] => [...table.order].map((row) => table.columns.start_ns[row]!);

describe('a table that grows', () => {
  it('keeps the order of time, whatever order calls end in', () => {
    const table = new Table(block([1, 5, 9], 1), 3, 100);
    table.append(block([7, 2, 11], 4), 3);
    table.append(block([0], 7), 1);
    expect(starts_in_order(table)).toEqual([0, 1, 2, 5, 7, 9, 11]);
    expect([...table.columns.number.subarray(0, table.length)]).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('lets the oldest rows go, and counts rows from the begin of the run', () => {
    const table = new Table(empty_columns(0), 0, 100);
    for (let at = 0; at < 50; at++) table.append(block([at * 10, at * 10 + 3, at * 10 + 1], at * 3), 3);
    expect(table.length).toBeLessThanOrEqual(100);
    expect(table.length).toBeGreaterThanOrEqual(90);
    expect(table.first + table.length).toBe(150);
    expect(table.columns.number[table.row_of(149)]).toBe(149);
    expect(table.columns.number[0]).toBe(table.first);
    expect(table.row_of(3)).toBe(-1);
    expect(table.row_of(150)).toBe(-1);
    const starts = starts_in_order(table);
    expect(starts).toEqual([...starts].sort((a, b) => a - b));
    expect(new Set(table.order).size).toBe(table.length);
  });

  it('keeps its memory, and takes a block larger than itself', () => {
    const table = new Table(empty_columns(0), 0, 50);
    const memory = table.columns.start_ns.buffer;
    table.append(block(Array.from({ length: 130 }, (_, at) => at), 0), 130);
    expect(table.length).toBe(50);
    expect(table.first).toBe(80);
    expect(table.columns.number[0]).toBe(80);
    expect(table.columns.start_ns.buffer).toBe(memory);
  });

  it('sorts what a document brings unsorted', () => {
    expect([...new Table(block([3, 1, 2, 1], 0), 4).order]).toEqual([1, 3, 2, 0]);
  });
});
