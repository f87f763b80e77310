import { describe, expect, it } from 'vitest';
import { Ending, Flag } from '../src/data/contract';
import { failed, last_end, latency_of, Sign, sign_of, status_of } from '../src/data/outcome';
import { empty_columns } from '../src/data/table';

function one(change: Partial<Record<'client_status' | 'wire_status' | 'server_status' | 'ending' | 'flags', number>>) {
  const columns = empty_columns(1);
  for (const [name, value] of Object.entries(change)) columns[name as 'flags'][0] = value;
  return columns;
}

describe('the sign of a call', () => {
  it.each([
    ['all say OK', { client_status: 0, wire_status: 0, server_status: 0, ending: 0 }, Sign.Ok],
    ['only the wire tells', { wire_status: 0 }, Sign.Ok],
    ['the client says a failure', { client_status: 4, wire_status: 0, server_status: 0 }, Sign.Failed],
    ['the server says a failure, and the client OK', { client_status: 0, wire_status: 0, server_status: 13 }, Sign.Ok],
    ['the wire says a failure, and the client OK', { client_status: 0, wire_status: 13 }, Sign.Ok],
    ['the wire saw no end, and the client says OK', { client_status: 0, wire_status: 254, ending: Ending.ConnectionLost }, Sign.Ok],
    ['the wire says a failure, and the client does not tell', { client_status: 254, wire_status: 13, server_status: 0 }, Sign.Failed],
    ['the wire says OK, and the server a failure', { wire_status: 0, server_status: 13 }, Sign.Ok],
    ['the server alone tells', { server_status: 13 }, Sign.Failed],
    ['a contradiction that is known', { client_status: 0, server_status: 13, flags: Flag.Differ }, Sign.Difference],
    ['it was reset', { wire_status: 254, ending: Ending.ResetByServer }, Sign.Failed],
    ['it had no status', { wire_status: 254, ending: Ending.WithoutStatus }, Sign.Failed],
    ['it is still open', { wire_status: 254, ending: Ending.StillOpen }, Sign.Open],
    ['nobody tells', {}, Sign.Open],
    ['a check failed', { wire_status: 0, flags: Flag.Error }, Sign.Finding],
    ['a remark only', { wire_status: 0, flags: Flag.Info | Flag.Inferred | Flag.Detail | Flag.Exhibit }, Sign.Ok],
    ['a check failed and so did the call', { wire_status: 13, flags: Flag.Warning }, Sign.Finding],
    ['the witnesses differ', { client_status: 4, wire_status: 0, flags: Flag.Differ | Flag.Error }, Sign.Difference],
    ['the reply names somebody else', { wire_status: 0, flags: Flag.Astray }, Sign.Difference],
  ])('%s', (_, change, sign) => expect(sign_of(one(change), 0)).toBe(sign));
});

describe('what is told of a call', () => {
  it('is the status of the client, else of the wire, else of the server; the latency of the wire, else of the others', () => {
    expect(status_of(one({ wire_status: 5, client_status: 4, server_status: 0 }), 0)).toBe(4);
    expect(status_of(one({ wire_status: 5, client_status: 254, server_status: 0 }), 0)).toBe(5);
    expect(status_of(one({ wire_status: 254, client_status: 4, server_status: 0 }), 0)).toBe(4);
    expect(status_of(one({ server_status: 0 }), 0)).toBe(0);
    expect(status_of(one({ wire_status: 254 }), 0)).toBe(254);
    expect(status_of(one({}), 0)).toBe(255);
    const columns = empty_columns(1);
    columns.server_latency_ns[0] = 3;
    expect(latency_of(columns, 0)).toBe(3);
    columns.client_latency_ns[0] = 2;
    expect(latency_of(columns, 0)).toBe(2);
    columns.wire_latency_ns[0] = 1;
    expect(latency_of(columns, 0)).toBe(1);
  });

  it('ends with the last that ended, not with the last that began', () => {
    const columns = empty_columns(3);
    [0, 10, 20].forEach((start, row) => (columns.start_ns[row] = start));
    columns.wire_latency_ns[0] = 100;
    expect(last_end(columns, Uint32Array.of(0, 1, 2))).toBe(100);
    expect(last_end(columns, new Uint32Array(0))).toBe(-Infinity);
  });

  it('is no failure where nobody says so', () => expect(failed(one({ client_status: 254, wire_status: 254 }), 0)).toBe(false));
});
