import { describe, expect, it } from 'vitest';
import { parse_document } from '../src/data/parse';
import { sample } from '../dev/sample';

describe('a document', () => {
  it('keeps what its calls say of themselves', () => {
    const made = sample({ calls: 5 });
    const read = parse_document(JSON.stringify({ ...made, calls: { ...made.calls, remarkable_left_out: 3 } }));
    expect(read.calls).toEqual({ ...made.calls, remarkable_left_out: 3 });
  });

  it('has what is missing empty', () => {
    const read = parse_document('{"format":"testigo-page","version":"1.7","report":{},"clients":7}');
    expect([read.report, read.clients, read.findings]).toEqual([null, [], []]);
    expect(read.calls).toEqual({ total: 0, kept: 0, columns: [], data: '' });
  });
});
