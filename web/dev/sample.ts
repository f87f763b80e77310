// Synthetic documents in the format of testigo-page, for tests and for looking at. Seeded: equal arguments, equal document.
import { deflateSync } from 'node:zlib';
import type {
  Client, Column, Detail, Difference, Finding, Frame, HeaderField, PageDocument, Part, Report, Statement,
} from '../src/data/contract';
import { Flag } from '../src/data/contract';
import { empty_columns, kNames, kTypes, type Columns } from '../src/data/table';

export interface Options {
  calls: number;
  seed?: number;
  clients?: number;
  servers?: number;
  methods?: number;
  verdict?: 'PROVEN' | 'BROKEN' | 'INCONCLUSIVE';
  hostile?: boolean; // names and messages as an attacker would choose them
  lang?: 'en' | 'es';
  live?: boolean;
  cut_short?: boolean;
}

// mulberry32
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export const kColumns: Column[] = kNames.map((name) => ({ name, type: kTypes[name] }));

export function packed(columns: Columns, count: number): string {
  const parts = kNames.map((name) => {
    const column = columns[name].subarray(0, count);
    return Buffer.from(column.buffer, column.byteOffset, column.byteLength);
  });
  return deflateSync(Buffer.concat(parts), { level: 6 }).toString('base64');
}

const kHostile = [
  '<img src=x onerror=alert(1)>', '</script><script>alert(2)</script>', 'user\u202egnp.exe', 'a\u0000b\u001b[31mred\u0085', '"><b>bold</b>',
];

const kMethods = ['Greet', 'GreetMany', 'Collect', 'Converse', 'Describe', 'Check', 'Watch', 'List'];

const hex_of = (bytes: number[]): string => bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
const ascii = (text: string): number[] => [...Buffer.from(text, 'utf8')];
const frame_header = (length: number, type: number, flags: number, stream: number): number[] => [
  (length >> 16) & 255, (length >> 8) & 255, length & 255, type, flags, (stream >>> 24) & 127, (stream >> 16) & 255, (stream >> 8) & 255, stream & 255,
];

function header_parts(length: number, type: string, flags: string, stream: number): Part[] {
  return [
    { begin: 0, end: 3, text: `length ${length}` },
    { begin: 3, end: 4, text: `type ${type}` },
    { begin: 4, end: 5, text: `flags ${flags || 'none'}` },
    { begin: 5, end: 9, text: `stream ${stream}` },
  ];
}

// A frame of HEADERS whose fields are literals with incremental indexing.
function headers_frame(at: { packet: number; time_ns: number; direction: Frame['direction']; stream: number; offset: number }, fields: HeaderField[], end: boolean): Frame {
  const body: number[] = [];
  const placed: HeaderField[] = [];
  const parts: Part[] = [];
  for (const field of fields) {
    const begin = 9 + body.length;
    const name = ascii(field.name ?? '');
    const value = ascii(field.secret ? '*'.repeat(24) : (field.value ?? '')).slice(0, 120);
    body.push(0x40, name.length & 127, ...name, value.length & 127, ...value);
    placed.push({ ...field, begin, end: 9 + body.length });
    parts.push({ begin, end: 9 + body.length, text: `field ${field.name}: literal with incremental indexing` });
    parts.push({ begin: begin + 2, end: begin + 2 + name.length, text: `name ${field.name}` });
    if (value.length) parts.push({ begin: begin + 3 + name.length, end: 9 + body.length, text: field.secret ? 'value (masked)' : `value of ${field.name}` });
  }
  const flags = end ? ['END_STREAM', 'END_HEADERS'] : ['END_HEADERS'];
  const all = [...frame_header(body.length, 1, end ? 5 : 4, at.stream), ...body];
  return {
    packet: at.packet, time_ns: at.time_ns, direction: at.direction, offset: at.offset, type: 'HEADERS', length: body.length, flags,
    text: `HEADERS stream ${at.stream} ${flags.join(' ')} ${body.length} octets`, fields: placed, octets: hex_of(all.slice(0, 4096)), size: all.length,
    parts: [...header_parts(body.length, 'HEADERS', flags.join(' '), at.stream), ...parts],
  };
}

function data_frame(at: { packet: number; time_ns: number; direction: Frame['direction']; stream: number; offset: number }, type: string, name: string, number: number, end: boolean): Frame {
  const content = [0x0a, ascii(name).length & 127, ...ascii(name), 0x10, number & 127];
  const body = [0, 0, 0, content.length >> 8, content.length & 255, ...content];
  const all = [...frame_header(body.length, 0, end ? 1 : 0, at.stream), ...body];
  const flags = end ? ['END_STREAM'] : [];
  return {
    packet: at.packet, time_ns: at.time_ns, direction: at.direction, offset: at.offset, type: 'DATA', length: body.length, flags,
    text: `DATA stream ${at.stream}${end ? ' END_STREAM' : ''} ${body.length} octets`, size: all.length, octets: hex_of(all),
    messages: [{ number: 1, length: content.length, compressed: false, type, fields: `1: ${JSON.stringify(name)}, 2: ${number}`, begin: 9, end: all.length }],
    parts: [
      ...header_parts(body.length, 'DATA', flags.join(' '), at.stream),
      { begin: 9, end: 10, text: 'message 1: not compressed' },
      { begin: 10, end: 14, text: `message 1: ${content.length} octets` },
      { begin: 14, end: all.length, text: `message 1: ${type}` },
      { begin: 16, end: 16 + ascii(name).length, text: 'field 1, a string' },
      { begin: all.length - 2, end: all.length, text: `field 2: ${number}` },
    ],
  };
}

interface Made {
  columns: Columns;
  clients: Client[];
  methods: string[];
  processes: { client: number; process: string }[];
}

function detail_of(made: Made, row: number, to: number, hostile: boolean): Detail {
  const { columns: c } = made;
  const client = made.clients[c.client[row]!]!;
  const other = made.clients[to]!;
  const stream = c.stream[row]!;
  const start = c.start_ns[row]!;
  const took = c.wire_latency_ns[row]!;
  const status = c.wire_status[row]!;
  const method = made.methods[c.method[row]!]!;
  const id = `${client.name}/${made.processes[c.process[row]!]!.process}/${c.number[row]}`;
  const packet = c.packet[row]!;
  const place = (direction: Frame['direction'], at: number, offset: number) => ({ packet: packet + at, time_ns: start + (took * at) / 3, direction, stream, offset });
  const known = { name_known: 'exact', value_known: 'exact' } as const;
  const frames: Frame[] = [
    headers_frame(place('to-server', 0, 24), [
      { name: ':method', value: 'POST', ...known }, { name: ':scheme', value: 'http', ...known }, { name: ':path', value: method, ...known },
      { name: ':authority', value: '127.0.0.1:37455', ...known }, { name: 'te', value: 'trailers', ...known }, { name: 'content-type', value: 'application/grpc', ...known },
      { name: 'user-agent', value: 'grpc-c++/1.51.1 grpc-c/29.0.0 (linux; chttp2)', name_known: 'exact', value_known: 'inferred' },
      { name: 'grpc-timeout', value: '5S', ...known }, { name: 'authorization', secret: true, ...known }, { name: 'testigo-call-id', value: id, ...known },
      ...(hostile ? [{ name: 'x-note', value: `${kHostile[row % kHostile.length]}${'A long value. '.repeat(400)}`, ...known } as HeaderField] : []),
    ], false),
    data_frame(place('to-server', 0, 243), 'testigo.greeter.v1.GreetRequest', client.name, c.number[row]!, true),
  ];
  if (status === 0) {
    frames.push(headers_frame(place('to-client', 3, 1200), [
      { name: ':status', value: '200', ...known }, { name: 'content-type', value: 'application/grpc', ...known },
      { name: 'grpc-accept-encoding', name_known: 'exact', value_known: 'unknown' },
    ], false));
    frames.push(data_frame(place('to-client', 3, 1260), 'testigo.greeter.v1.GreetReply', other.name, c.number[row]!, false));
  }
  frames.push(headers_frame({ ...place('to-client', 3, 1290), time_ns: start + took }, [
    { name: 'grpc-status', value: String(status), ...known },
    ...(status ? [{ name: 'grpc-message', value: hostile ? kHostile[row % kHostile.length]! : 'the database does not answer', ...known } as HeaderField] : []),
  ], true));
  const statements: Statement[] = [
    { witness: 'client', name: client.name, file: `statements/${client.name}.jsonl`, line: row * 2 + 2, type: 'started', time_ns: start - 41_000, method, kind: 'unary' },
    { witness: 'server', name: 'server', file: 'statements/server.jsonl', line: row * 2 + 2, type: 'received', time_ns: start + took * 0.3, method, kind: 'unary' },
    { witness: 'server', name: 'server', file: 'statements/server.jsonl', line: row * 2 + 3, type: 'ended', time_ns: start + took * 0.8, status, message: '', latency_ns: took * 0.5, requests: 1, replies: status ? 0 : 1, reply: { client: other.name, call: c.number[row], server: 'server' } },
    { witness: 'client', name: client.name, file: `statements/${client.name}.jsonl`, line: row * 2 + 3, type: 'ended', time_ns: start + took + 90_000, status: c.client_status[row], message: status ? 'the database does not answer' : '', latency_ns: c.client_latency_ns[row], requests: 1, replies: status ? 0 : 1, reply: { client: other.name, call: c.number[row], server: 'server' } },
  ];
  const differences: Difference[] = [];
  if (to !== c.client[row]) {
    // All witnesses may agree on a reply that went astray; then nothing differs.
    if (row % 2) differences.push({ field: 'reply.client', client: client.name, wire: other.name, server: other.name, text: `the reply on stream ${stream} names ${other.name}, and ${client.name} asked` });
  } else if (c.flags[row]! & Flag.Differ) {
    differences.push({ field: 'status', client: 'DEADLINE_EXCEEDED', wire: 'OK', server: 'OK', text: 'the client gave up before the trailers came; the wire and the server say OK' });
  }
  return { row, statements, differences, frames, frames_left_out: row % 7 === 0 ? 3 : 0 };
}

function claims_of(verdict: Report['verdict'], calls: number, exhibits: { id: string; packet: number; connection: number; stream: number; other: string }[]): Report['claims'] {
  const sentences: [string, string][] = [
    ['the server was up and answered', `${calls} of ${calls} calls were answered`],
    ['every call of every client got a reply with status OK', `${calls} of ${calls} calls answered with OK`],
    ['each reply names the client and the call that asked; no answer went to another client or connection', `each of ${calls} replies names the client and the call that asked`],
    ['the server handled exactly the calls that reached it: none lost, none twice', `the server handled ${calls} calls once each`],
    ['clients called periodically: 99 % of starts within max(20 % of the period, 20 ms) of their place, mean rate within 5 % (--tolerance)', `${calls} starts: the furthest from its place is off by 2.51 ms`],
    ['the calls travelled over HTTP/2: preface, SETTINGS both ways and acknowledged, HEADERS, DATA, trailers (and ALPN under TLS)', '2 connections showed preface, SETTINGS and their acknowledgements both ways, HEADERS, DATA and trailers'],
    ['they are gRPC by the specification: no check failed at error severity (the report lists the checks it rests on)', '56 checks passed: BH02, BH04, CN01–CN10, CN12, CN13, FC01–FC04, FC06, HD01–HD05; 57 checks met nothing to judge'],
    ['the witnesses agree on every call', `client, wire and server agree on ${calls} calls`],
  ];
  return sentences.map(([sentence, because], at) => {
    const broken = verdict === 'BROKEN' && (at === 2 || at === 1);
    const outcome = broken ? 'BROKEN' : verdict === 'INCONCLUSIVE' && at >= 5 ? 'INCONCLUSIVE' : 'PROVEN';
    const shown = exhibits.slice(0, 20);
    const why = at === 2 && broken && shown[0]
      ? `${exhibits.length} replies went astray; the first: ${shown[0].id} received the reply meant for ${shown[0].other}`
      : outcome === 'INCONCLUSIVE' ? 'the wire was not heard from its begin: 4 of 9 connections were open already' : because;
    return {
      number: at + 1, sentence, outcome, because: why, exhibits_total: exhibits.length,
      exhibits: shown.map((e) => ({
        text: broken ? `${e.id.split('/')[0]} received the reply meant for ${e.other} (packet ${e.packet + 3}, stream ${e.stream})` : `${e.id.split('/')[0]} was answered with OK`,
        call: e.id,
        wire: [{ packet: e.packet, connection: e.connection, stream: e.stream }, { packet: e.packet + 3, connection: e.connection, stream: e.stream }],
        ...(broken ? { octets: '1207636c69656e74321803' } : {}),
        statements: [{ file: 'statements/client1.jsonl', line: 8 }, { file: 'statements/server.jsonl', line: 15 }],
        tshark: `tshark -r evidence/sample/wire.pcapng -d tcp.port==37455,http2 -Y 'frame.number==${e.packet}||frame.number==${e.packet + 3}' -O http2 -x`,
      })),
    };
  });
}

export interface Block {
  columns: Columns;
  count: number;
}

// Calls of `names` from `begin_ns` on; used for documents and for what a live run adds.
export function calls_of(options: Required<Pick<Options, 'calls' | 'clients' | 'servers' | 'methods' | 'seed'>>, broken: boolean, begin_ns = 0, first_number = 0): { columns: Columns; astray: Map<number, number> } {
  const next = random(options.seed);
  const count = options.calls;
  const c = empty_columns(count);
  const per = Math.max(1, Math.ceil(count / options.clients));
  const seconds = Math.max(4, Math.min(60, count / 1000));
  const astray = new Map<number, number>();
  let packet = 20;
  for (let row = 0; row < count; row++) {
    const client = Math.floor(next() ** 1.3 * options.clients);
    const share = (row + next() * 0.9) / count;
    const slow = share > 0.55 && share < 0.63 ? 6 : 1;
    const took = (0.4e6 + 1.4e6 * -Math.log(1 - next() * 0.9999)) * slow * (next() < 0.004 ? 12 : 1);
    const fails = broken && (next() < 0.004 || (slow > 1 && next() < 0.02));
    c.start_ns[row] = begin_ns + share * seconds * 1e9;
    c.client[row] = client;
    c.server[row] = Math.floor(next() * options.servers);
    c.method[row] = Math.min(options.methods - 1, Math.floor(next() ** 2 * options.methods));
    c.kind[row] = c.method[row]! % 4;
    c.process[row] = client;
    c.number[row] = first_number + Math.floor(row / options.clients) + 1;
    c.connection[row] = 1 + client;
    c.stream[row] = 1 + 2 * (first_number + row);
    c.packet[row] = packet;
    c.end_packet[row] = packet + 3;
    packet += 4;
    c.ending[row] = fails && next() < 0.3 ? 3 : 0;
    const status = fails ? [14, 4, 13, 1][Math.floor(next() * 4)]! : 0;
    c.wire_status[row] = c.client_status[row] = c.server_status[row] = status;
    c.wire_latency_ns[row] = took;
    c.client_latency_ns[row] = took * 1.06 + 120_000;
    c.server_latency_ns[row] = took * 0.5;
    c.requests[row] = 1;
    c.replies[row] = status ? 0 : 1;
    c.request_bytes[row] = 16 + (row % 5);
    c.reply_bytes[row] = status ? 0 : 31;
    if (broken && !status && next() < 20 / Math.max(200, count) && options.clients > 1) {
      astray.set(row, (client + 1) % options.clients);
      c.flags[row]! |= Flag.Astray | Flag.Exhibit;
    } else if (broken && !status && next() < 0.0008) {
      c.flags[row]! |= Flag.Differ;
      c.client_status[row] = 4;
    } else if (broken && next() < 0.0015) c.flags[row]! |= Flag.Error;
    else if (next() < 0.0005) c.flags[row]! |= Flag.Warning;
    if (row % per === 0) c.flags[row]! |= Flag.Info;
    if (next() < 0.01) c.server_status[row] = 255;
  }
  return { columns: c, astray };
}

export function names_of(options: Options): { clients: Client[]; methods: string[]; processes: { client: number; process: string }[]; servers: { name: string; address: string; witness: boolean }[] } {
  const clients: Client[] = Array.from({ length: options.clients ?? 2 }, (_, at) => ({
    name: options.hostile && at < kHostile.length ? kHostile[at]! : `client${at + 1}`,
    address: `10.0.0.${at + 2}:${48000 + at}`, witness: at % 5 !== 4, period_ns: 500_000_000, tls: false,
  }));
  return {
    clients,
    servers: Array.from({ length: options.servers ?? 1 }, (_, at) => ({ name: at ? `server${at + 1}` : 'server', address: `127.0.0.1:${37455 + at}`, witness: true })),
    methods: Array.from({ length: options.methods ?? 3 }, (_, at) =>
      options.hostile && at === 1 ? '/evil.\u202eService/<script>' : at < kMethods.length ? `/testigo.greeter.v1.Greeter/${kMethods[at]}` : `/acme.billing.v1.Ledger/Method${at}`),
    processes: clients.map((_, client) => ({ client, process: (0xafc40605ed6a + client * 977).toString(16).padStart(16, '0') })),
  };
}

export function sample(options: Options): PageDocument {
  const verdict = options.verdict ?? 'BROKEN';
  const names = names_of(options);
  const full = { calls: options.calls, seed: options.seed ?? 1, clients: names.clients.length, servers: names.servers.length, methods: names.methods.length };
  const { columns, astray } = calls_of(full, verdict === 'BROKEN');
  const made: Made = { columns, ...names };
  const findings: Finding[] = [];
  const wanted: number[] = [];
  for (let row = 0; row < options.calls; row++) {
    const flags = columns.flags[row]!;
    const wire = { packet: columns.packet[row]!, connection: columns.connection[row]!, stream: columns.stream[row]! };
    const tshark = `tshark -r evidence/sample/wire.pcapng -d tcp.port==37455,http2 -Y 'frame.number==${wire.packet}' -O http2 -x`;
    if (flags & Flag.Error) {
      const kind = row % 3;
      findings.push({
        check: ['RS04', 'MG02', 'ST05'][kind]!, severity: 'error', wire, direction: 'to-client', offset: 1290, row, tshark,
        text: ['the trailers carry no grpc-status', 'a message of 11 octets is announced and 9 follow', 'DATA after END_STREAM'][kind]!,
        clause: ['gRPC over HTTP2, Responses', 'gRPC over HTTP2, Length-Prefixed-Message', 'RFC 9113 5.1'][kind]!,
      });
    }
    if (flags & Flag.Warning) findings.push({ check: 'FC06', severity: 'warning', wire, direction: 'to-server', offset: 24, row, tshark, text: 'a WINDOW_UPDATE of 0 octets was ignored', clause: 'RFC 9113 6.9' });
    if (flags & Flag.Info) findings.push({ check: 'RQ07', severity: 'info', wire, direction: 'to-server', offset: 24, row, tshark, text: 'grpc-timeout stands behind grpc-accept-encoding', clause: 'gRPC over HTTP2, Requests' });
    if ((flags & (Flag.Error | Flag.Differ | Flag.Astray | Flag.Exhibit) || row % Math.max(1, Math.floor(options.calls / 50)) === 0) && wanted.length < 400) wanted.push(row);
  }
  for (const row of wanted) columns.flags[row]! |= Flag.Detail;
  const exhibits = [...astray].map(([row, to]) => ({
    id: `${names.clients[columns.client[row]!]!.name}/${names.processes[columns.process[row]!]!.process}/${columns.number[row]}`,
    packet: columns.packet[row]!, connection: columns.connection[row]!, stream: columns.stream[row]!, other: `${names.clients[to]!.name} call ${columns.number[row]}`,
  }));
  if (!exhibits.length && options.calls) {
    exhibits.push({ id: `${names.clients[columns.client[0]!]!.name}/${names.processes[columns.process[0]!]!.process}/${columns.number[0]}`, packet: 20, connection: 1, stream: 1, other: 'itself' });
  }
  const last = options.calls ? columns.start_ns[options.calls - 1]! : 0;
  const errors = findings.filter((f) => f.severity === 'error').length;
  const report: Report = {
    testigo: '0.1.0', command: 'verify', judged: '2026-11-29T17:29:20.386847720Z', verdict,
    claims: claims_of(verdict, options.calls, exhibits) ?? [],
    causes: verdict === 'BROKEN' ? [{
      id: 'F27', title: 'answers were mixed up: an answer meant for another client or call', times: exhibits.length, suspected: false,
      explanation: `client1 call 4 received the reply meant for client2 call 3 (packet 63, stream 7); ${exhibits.length} replies in all name another client or call`,
      fix: 'Look in the server for state shared between calls (a field of the service, a reused reply or buffer, an index into a table of pending calls) and give each call its own.',
      wire: exhibits.slice(0, 3).map(({ packet, connection, stream }) => ({ packet, connection, stream })),
    }] : [],
    calls: { judged: options.calls, on_wire: options.calls, without_id: 0, out_of_scope: 0, in_flight: [] },
    findings: { errors, warnings: findings.filter((f) => f.severity === 'warning').length, infos: findings.filter((f) => f.severity === 'info').length },
    checks: Object.fromEntries(['BH02', 'BH04', 'CN01', 'CN02', 'RQ01', 'RQ02', 'MG01', 'MG02', 'RS04', 'ST05', 'SD07', 'TL01'].map((id, at) => [
      id, at === 11 ? { outcome: 'not-observed', passed: 0, failed: 0, not_judgeable: 0 } : at === 10 ? { outcome: 'not-judgeable', passed: 0, failed: 0, not_judgeable: 2, reason: 'the begin of the connection was not seen' }
        : { outcome: findings.some((f) => f.check === id) ? 'fail' : 'pass', passed: 100 + at, failed: findings.filter((f) => f.check === id).length, not_judgeable: 0 },
    ])),
    packets: { read: options.calls * 4 + 20, dropped: 0 },
    notes: ['the wire was listened to on lo; packets of other programs on this port would be judged too'],
    masked: [{ name: 'authorization', times: options.calls }],
    wire: 'listened on lo', evidence: 'evidence/sample', capture: 'evidence/sample/wire.pcapng',
    tshark: 'tshark -r evidence/sample/wire.pcapng -d tcp.port==37455,http2 -Y http2',
  };
  return {
    format: 'testigo-page', version: '1.0', lang: options.lang ?? 'en', evidence: '20261129T172914Z-verify',
    began: '2026-11-29T17:29:14.108360484Z', ended: new Date(Date.UTC(2026, 10, 29, 17, 29, 14) + last / 1e6 + 150).toISOString(),
    live: options.live ?? false, ...(options.cut_short ? { cut_short: true } : {}), report: options.live ? null : report, ...names, wire: 'listened on lo',
    calls: { total: options.calls, kept: options.calls, columns: kColumns, data: packed(columns, options.calls) },
    findings, ...(options.live ? { found: { errors: report.findings!.errors!, warnings: report.findings!.warnings!, infos: report.findings!.infos!, checks: {} } } : {}),
    details: wanted.map((row) => detail_of(made, row, astray.get(row) ?? columns.client[row]!, options.hostile ?? false)),
    details_of: 'every call with a finding, an exhibit or a difference, and 50 others',
  };
}

// As the program's writer does it: nothing in it can end the element.
export const escaped = (document: PageDocument): string =>
  JSON.stringify(document).replace(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

export const kPlaceholder = '<script type="application/json" id="testigo-page"></script>';

export function filled(page: string, document: PageDocument): string {
  const at = page.indexOf(kPlaceholder);
  if (at < 0 || page.indexOf(kPlaceholder, at + 1) >= 0) throw new Error('the page has no single placeholder');
  return page.slice(0, at) + kPlaceholder.replace('></', () => `>${escaped(document)}</`) + page.slice(at + kPlaceholder.length);
}
