import { beforeEach, expect, it, vi } from 'vitest';
import { call_key } from '../src/data/find';
import { Table } from '../src/data/table';
import { page } from '../src/state.svelte';
import { Kept } from '../src/view/kept.svelte';
import { read } from './support';

beforeEach(() => void vi.stubGlobal('requestAnimationFrame', () => 0));

it('a call is kept while rows are added and leave, and when the document is read anew', async () => {
  const { document, table } = await read({ calls: 20, seed: 3 });
  const fresh = (await read({ calls: 8, seed: 4 })).table.columns;
  page.take(document, new Table(table.columns, 20, 22));
  const kept = new Kept();
  expect(kept.row).toBe(-1);
  const start = page.table.columns.start_ns[17]!;
  kept.set(17);
  const key = call_key(page.table, page.names, 17);
  expect(kept.row).toBe(17);
  page.table.append(fresh, 8);
  page.version++;
  expect(kept.row).toBe(11);
  expect(page.table.columns.start_ns[kept.row]).toBe(start);
  page.take(document, (await read({ calls: 20, seed: 3 })).table);
  expect(call_key(page.table, page.names, kept.row)).toBe(key);
  for (let at = 0; at < 3; at++) page.table.append(fresh, 8);
  page.version++;
  expect(kept.row).toBe(-1);
  kept.set(-1);
  expect(kept.row).toBe(-1);
});
