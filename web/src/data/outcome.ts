// What a row is, in one word: the sign that it gets everywhere.
import { Ending, Flag, kNoEnd } from './contract';
import type { Columns } from './table';

export const Sign = { Ok: 0, Open: 1, Failed: 2, Finding: 3, Difference: 4 } as const;
export type SignOf = (typeof Sign)[keyof typeof Sign];
export const kSigns = ['ok', 'open', 'failed', 'finding', 'difference'] as const;
export type SignName = (typeof kSigns)[number];

export const failed_status = (status: number): boolean => status > 0 && status < kNoEnd;

// By what the client got, else by what the wire saw, else by what the server says: as the verdict has it. That they differ is said apart.
export function failed(columns: Columns, row: number): boolean {
  const client = columns.client_status[row]!;
  if (client < kNoEnd) return client > 0;
  const wire = columns.wire_status[row]!;
  if (wire < kNoEnd) return wire > 0;
  const ending = columns.ending[row]!;
  if (ending >= Ending.WithoutStatus && ending <= Ending.ConnectionLost) return true;
  return failed_status(columns.server_status[row]!);
}

export const has_finding = (columns: Columns, row: number): boolean =>
  (columns.flags[row]! & (Flag.Error | Flag.Warning)) !== 0;

export const has_difference = (columns: Columns, row: number): boolean =>
  (columns.flags[row]! & (Flag.Differ | Flag.Astray)) !== 0;

// No witness tells how it ended.
export const open = (columns: Columns, row: number): boolean =>
  columns.wire_status[row]! >= kNoEnd && columns.client_status[row]! >= kNoEnd && columns.server_status[row]! >= kNoEnd;

// The rarest first: a difference says more than a finding, and that more than a status.
export function sign_of(columns: Columns, row: number): SignOf {
  if (has_difference(columns, row)) return Sign.Difference;
  if (has_finding(columns, row)) return Sign.Finding;
  if (failed(columns, row)) return Sign.Failed;
  return open(columns, row) ? Sign.Open : Sign.Ok;
}

// Of the client, else of the wire, else of the server; kNoEnd or kSilent where none tells.
export function status_of(columns: Columns, row: number): number {
  const client = columns.client_status[row]!;
  if (client < kNoEnd) return client;
  const wire = columns.wire_status[row]!;
  if (wire < kNoEnd) return wire;
  const server = columns.server_status[row]!;
  return server < kNoEnd ? server : Math.min(wire, client, server);
}

export function latency_of(columns: Columns, row: number): number {
  const wire = columns.wire_latency_ns[row]!;
  if (wire === wire) return wire;
  const client = columns.client_latency_ns[row]!;
  return client === client ? client : columns.server_latency_ns[row]!;
}

const kStatuses = [
  'OK', 'CANCELLED', 'UNKNOWN', 'INVALID_ARGUMENT', 'DEADLINE_EXCEEDED', 'NOT_FOUND', 'ALREADY_EXISTS',
  'PERMISSION_DENIED', 'RESOURCE_EXHAUSTED', 'FAILED_PRECONDITION', 'ABORTED', 'OUT_OF_RANGE', 'UNIMPLEMENTED',
  'INTERNAL', 'UNAVAILABLE', 'DATA_LOSS', 'UNAUTHENTICATED',
];

// When a call ended; when it began where that is not known.
export function end_of(columns: Columns, row: number): number {
  const took = latency_of(columns, row);
  return columns.start_ns[row]! + (took > 0 ? took : 0);
}

// When the last of the calls ended, as far as that is known.
export function last_end(columns: Columns, rows: Uint32Array): number {
  let last = -Infinity;
  for (let at = 0; at < rows.length; at++) {
    const end = end_of(columns, rows[at]!);
    if (end > last) last = end;
  }
  return last;
}

export const kOddStatus = 253; // none of gRPC's codes

// Of gRPC's codes.
export const status_name = (status: number): string | undefined => kStatuses[status];
