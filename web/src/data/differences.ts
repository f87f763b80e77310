// What a call's differences say of each witness, completed from its statements and statuses where the document tells only the
// field; and a reply that names somebody else, on which all witnesses may well agree.
import { kNoEnd, type Detail, type Difference, type Statement, type Whole } from './contract';

export type Statuses = [client: number, wire: number, server: number];

// The words for a status: of a row, which has codes of its own, and as a statement tells it.
export interface StatusWords {
  of_row(status: number): string;
  stated(status: Whole): string;
}

type Who = 'client' | 'server';

function said(detail: Detail, who: Who, ended: boolean): Statement | undefined {
  return (detail.statements ?? []).find((one) => one.witness === who && (one.type === 'ended') === ended);
}

const reply_text = (reply: Statement['reply']): string | undefined =>
  reply && [`${reply.client ?? ''} #${reply.call ?? ''}`, reply.server].filter(Boolean).join(', ');

function by_statement(detail: Detail, who: Who, field: string, words: StatusWords): string | undefined {
  const begun = said(detail, who, false);
  const ended = said(detail, who, true);
  const text = (value: Whole | undefined): string | undefined => (value === undefined ? undefined : String(value));
  switch (field) {
    case 'method':
      return begun?.method;
    case 'kind':
      return begun?.kind;
    case 'status':
      return ended?.status === undefined ? undefined : words.stated(ended.status);
    case 'status message':
      return ended?.message;
    case 'number of requests':
      return text(ended?.requests);
    case 'number of replies':
      return text(ended?.replies);
    case 'reply':
      return reply_text(ended?.reply);
    case 'server':
      return who === 'server' ? ended?.name : ended?.reply?.server;
    default:
      return undefined;
  }
}

function completed(difference: Difference, detail: Detail, statuses: Statuses, words: StatusWords): Difference {
  if (difference.client !== undefined || difference.wire !== undefined || difference.server !== undefined) return difference;
  const whole = { ...difference };
  for (const who of ['client', 'server'] as const) {
    const value = by_statement(detail, who, difference.field ?? '', words);
    if (value !== undefined) whole[who] = value;
  }
  if (difference.field === 'status' && statuses[1] < kNoEnd) whole.wire = words.of_row(statuses[1]);
  return whole;
}

export interface Astray {
  asked: string;
  named: string;
}

// Whom the reply names, where the client's statement says that it is somebody else than who asked.
export function astray(detail: Detail, id: string): Astray | null {
  const reply = said(detail, 'client', true)?.reply;
  const found = /^(.+)\/[^/]+\/(\d+)$/.exec(id);
  if (!reply || !found || reply.client === undefined) return null;
  if ((detail.differences ?? []).some((difference) => /^reply/.test(difference.field ?? ''))) return null; // said there
  const [client, number] = [found[1]!, found[2]!];
  if (reply.client === client && (reply.call === undefined || String(reply.call) === number)) return null;
  return { asked: `${client} #${number}`, named: `${reply.client}${reply.call === undefined ? '' : ` #${reply.call}`}` };
}

export const differences_of = (detail: Detail, statuses: Statuses, words: StatusWords): Difference[] =>
  (detail.differences ?? []).map((difference) => completed(difference, detail, statuses, words));
