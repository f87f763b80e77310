// A call that stays the same one while rows are added, leave and are sorted anew.
import { call_key, row_of_key } from '../data/find';
import type { Table } from '../data/table';
import { page } from '../state.svelte';

export class Kept {
  #of = $state.raw<{ table: Table; number: number; key: string } | null>(null);

  readonly row = $derived.by(() => {
    void page.version;
    if (!this.#of) return -1;
    const { table, number, key } = this.#of;
    return table === page.table ? table.row_of(number) : row_of_key(page.table, page.names, key);
  });

  // -1: none.
  set(row: number): void {
    this.#of = row < 0 ? null : { table: page.table, number: page.table.first + row, key: call_key(page.table, page.names, row) };
  }
}
