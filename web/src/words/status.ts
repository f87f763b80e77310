import { kNoEnd, type Whole } from '../data/contract';
import { kOddStatus, status_name } from '../data/outcome';
import type { Words } from './en';

// Of a call, as its row says it.
export const status_word = (words: Words, status: number): string =>
  status >= kNoEnd ? words.no_status : status === kOddStatus ? words.odd_status : (status_name(status) ?? words.odd_status);

// As a statement tells it: any integer, none of which means anything else here.
export const stated_status = (words: Words, status: Whole): string =>
  (typeof status === 'number' ? status_name(status) : undefined) ?? `${status} (${words.odd_status})`;
