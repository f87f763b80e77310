import { kNoEnd } from '../data/contract';
import { kOddStatus, status_name } from '../data/outcome';
import type { Words } from './en';

// Of a call.
export const status_word = (words: Words, status: number): string =>
  status >= kNoEnd ? words.no_status : status === kOddStatus ? words.odd_status : status_name(status);
