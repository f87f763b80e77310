// The order of a sequence diagram. Frames follow the wire's clock. Statements have the clock of their own witness, so time
// alone does not place them: cause does first. A client starts before its first frame, a server receives after it.
import type { Detail, Difference, Frame, Statement } from '../data/contract';
import type { Astray } from '../data/differences';

export type Item =
  | { kind: 'statement'; side: 'client' | 'server'; statement: Statement; at: number; moved: boolean; space: number }
  | { kind: 'frame'; frame: Frame; index: number; at: number; space: number }
  | { kind: 'difference'; difference: Difference; at: number; space: number }
  | { kind: 'astray'; astray: Astray; at: number; space: number };

interface Placed {
  item: Item;
  rank: number; // among equal times
}

const kRank = { started: 0, frame: 1, received: 2, server_ended: 3, client_ended: 4 };

function place_statement(statement: Statement, frames: Frame[], received: number): Placed {
  const told = Number(statement.time_ns ?? NaN);
  const first = frames[0]?.time_ns;
  const request = frames.find((frame) => frame.direction === 'to-server')?.time_ns;
  const answer = frames.find((frame) => frame.direction === 'to-client')?.time_ns;
  const side = statement.witness;
  const begins = statement.type !== 'ended';
  let low = -Infinity;
  let high = Infinity;
  if (side === 'client') {
    if (begins) high = first ?? Infinity;
    else low = answer ?? first ?? -Infinity;
  } else {
    low = Math.max(request ?? -Infinity, begins ? -Infinity : received);
  }
  const bounded = Math.min(high, Math.max(low, told === told ? told : begins && side === 'client' ? -Infinity : low));
  const at = Number.isFinite(bounded) ? bounded : (first ?? 0);
  const rank = side === 'client' ? (begins ? kRank.started : kRank.client_ended) : begins ? kRank.received : kRank.server_ended;
  const moved = told === told && at !== told;
  return { item: { kind: 'statement', side, statement, at, moved, space: 0 }, rank };
}

// After which item a difference stands: where the field that differs was said.
function anchor(items: Item[], field: string): number {
  const last = (test: (frame: Frame) => boolean): number =>
    items.findLastIndex((item) => item.kind === 'frame' && test(item.frame));
  const to_client = (frame: Frame): boolean => frame.direction === 'to-client';
  const to_server = (frame: Frame): boolean => frame.direction === 'to-server';
  let at = -1;
  if (/repl|^server$/.test(field)) at = last((frame) => to_client(frame) && frame.type === 'DATA');
  else if (/status|message|ending|latency/.test(field)) at = last((frame) => to_client(frame) && frame.type !== 'DATA');
  else if (/request/.test(field)) at = last((frame) => to_server(frame) && frame.type === 'DATA');
  else if (/^(method|kind|id|call)/.test(field)) at = items.findIndex((item) => item.kind === 'frame' && to_server(item.frame));
  return at < 0 ? items.length - 1 : at;
}

// Pixels for the time between two items: a decade of time is a step.
export const space_of = (ns: number): number => (ns > 0 ? Math.min(40, Math.round(8 * Math.log10(1 + ns / 20_000))) : 0);

export function layout(detail: Detail, astray: Astray | null = null): Item[] {
  const frames = [...(detail.frames ?? [])].sort((a, b) => a.time_ns - b.time_ns || a.packet - b.packet);
  const placed: Placed[] = frames.map((frame, index) => ({
    item: { kind: 'frame', frame, index, at: frame.time_ns, space: 0 },
    rank: kRank.frame,
  }));
  let received = -Infinity;
  for (const statement of detail.statements ?? []) {
    const one = place_statement(statement, frames, received);
    if (statement.witness === 'server' && statement.type !== 'ended') received = one.item.at;
    placed.push(one);
  }
  const sorted = placed.map((one, at) => ({ ...one, at }));
  sorted.sort((a, b) => a.item.at - b.item.at || a.rank - b.rank || a.at - b.at);
  const items = sorted.map((one) => one.item);
  items.forEach((item, at) => {
    item.space = at ? space_of(item.at - items[at - 1]!.at) : 0;
  });
  // From the last place to the first, so that places found stay true.
  const differences = (detail.differences ?? []).map((difference) => ({ difference, after: anchor(items, difference.field ?? '') }));
  differences.sort((a, b) => b.after - a.after);
  for (const { difference, after } of differences) {
    items.splice(after + 1, 0, { kind: 'difference', difference, at: items[after]?.at ?? 0, space: 0 });
  }
  if (astray) {
    const after = anchor(items, 'reply');
    items.splice(after + 1, 0, { kind: 'astray', astray, at: items[after]?.at ?? 0, space: 0 });
  }
  return items;
}

// Which of the three stands alone against the other two; none where all differ.
export function odd_one(difference: Difference): 'client' | 'wire' | 'server' | null {
  const { client, wire, server } = difference;
  if (client === undefined || wire === undefined || server === undefined) return null;
  if (wire === server && client !== wire) return 'client';
  if (client === server && wire !== client) return 'wire';
  return client === wire && server !== client ? 'server' : null;
}
