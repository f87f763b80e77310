// The document `testigo-page` 1.0 as the program writes it. Members that it does not name are passed over.

export interface Place {
  packet: number;
  connection?: number;
  stream?: number;
  other_side?: boolean;
}

export interface StatementLine {
  file: string;
  line: number;
}

export interface Exhibit {
  text: string;
  call?: string;
  wire?: Place[];
  octets?: string;
  statements?: StatementLine[];
  tshark?: string;
}

export type Outcome = 'PROVEN' | 'BROKEN' | 'INCONCLUSIVE';

export interface Claim {
  number: number;
  sentence: string;
  outcome: Outcome;
  because: string;
  exhibits_total?: number;
  exhibits?: Exhibit[];
}

export interface Cause {
  id: string;
  title: string;
  explanation: string;
  fix: string;
  times?: number;
  suspected?: boolean;
  wire?: Place[];
}

export type Severity = 'error' | 'warning' | 'info';

export interface Finding {
  check: string;
  severity: Severity;
  text: string;
  wire?: Place;
  direction?: string;
  offset?: number;
  clause?: string;
  row?: number;
  tshark?: string;
}

// How many there were since a run began that goes on, those included that its document does not hold.
export interface Found {
  errors?: number;
  warnings?: number;
  infos?: number;
  checks?: Record<string, number>;
}

export interface CheckResult {
  outcome: 'pass' | 'fail' | 'not-observed' | 'not-judgeable';
  passed?: number;
  failed?: number;
  not_judgeable?: number;
  reason?: string;
}

export interface Report {
  testigo?: string;
  command?: string;
  judged?: string;
  verdict: Outcome;
  claims?: Claim[];
  causes?: Cause[];
  calls?: { judged?: number; on_wire?: number; without_id?: number; out_of_scope?: number; in_flight?: string[] };
  findings?: { errors?: number; warnings?: number; infos?: number; first?: Finding[] };
  checks?: Record<string, CheckResult>;
  packets?: { read?: number; dropped?: number };
  hop?: {
    downstream?: string;
    upstream?: string;
    calls?: { paired?: number; only_downstream?: number; only_upstream?: number };
    added_ns?: { p50?: number; p90?: number; p99?: number; max?: number };
  };
  notes?: string[];
  masked?: { name: string; times?: number }[];
  wire?: string;
  evidence?: string;
  capture?: string;
  tshark?: string;
}

export interface Client {
  name: string;
  address?: string;
  witness?: boolean;
  period_ns?: number;
  tls?: boolean;
}

export interface Server {
  name: string;
  address?: string;
  witness?: boolean;
}

export interface Process {
  client: number;
  process: string;
}

// Of statements and of what was made of them; digits where a double does not hold it.
export type Whole = number | string;

export interface Statement {
  witness: 'client' | 'server';
  name: string;
  file?: string;
  line?: number;
  type: string;
  time_ns?: Whole;
  method?: string;
  kind?: string;
  status?: Whole;
  message?: string;
  latency_ns?: Whole;
  requests?: Whole;
  replies?: Whole;
  reply?: { client?: string; call?: Whole; server?: string };
}

export interface Difference {
  field?: string;
  claim?: number;
  client?: string;
  wire?: string;
  server?: string;
  text: string;
}

export type Known = 'exact' | 'inferred' | 'unknown';

export interface HeaderField {
  name?: string; // absent: not known
  unknown?: number; // the same for the same unknown entry
  value?: string;
  name_known?: Known;
  value_known?: Known;
  secret?: boolean;
  begin?: number;
  end?: number;
}

export interface Message {
  number: number;
  length: number;
  compressed?: boolean;
  type?: string;
  fields?: string;
  not_shown?: string; // why it is not all of it
  begin?: number;
  end?: number;
}

export interface Part {
  begin: number;
  end: number;
  text: string;
}

export interface Frame {
  packet: number;
  time_ns: number;
  direction: 'to-server' | 'to-client';
  offset?: number;
  type: string;
  length: number;
  flags?: string[];
  text: string;
  fields?: HeaderField[];
  messages?: Message[];
  octets?: string;
  size?: number;
  parts?: Part[];
}

export interface Detail {
  row?: number;
  id?: string;
  connection?: number;
  stream?: number;
  statements?: Statement[];
  differences?: Difference[];
  frames?: Frame[];
  frames_left_out?: number;
  untold?: string; // why there are no frames
  statements_left_out?: number;
  differences_left_out?: number;
  findings?: Finding[];
  tshark?: string;
}

export interface Column {
  name: string;
  type: string;
}

export interface CallsData {
  total: number;
  kept: number;
  remarkable_left_out?: number;
  columns: Column[];
  data: string;
}

export interface PageDocument {
  format: string;
  version: string;
  lang?: string;
  evidence?: string;
  began?: string;
  ended?: string;
  live?: boolean;
  judging?: boolean;
  statement_files_passed_over?: number;
  cut_short?: boolean; // the run did not come to its end, and its process is gone
  next_event?: number; // the first that the document does not hold
  report: Report | null;
  clients: Client[];
  servers: Server[];
  processes: Process[];
  methods: string[];
  wire?: string;
  calls: CallsData;
  findings: Finding[];
  found?: Found;
  details: Detail[];
  details_of?: string;
}

export interface Names {
  clients: Client[];
  servers: Server[];
  methods: string[];
  processes: Process[];
}

export const kNoIndex = 65535; // of a client, server, method or process
export const kSilent = 255; // this witness says nothing of the call
export const kNoEnd = 254; // it saw the call, and no end of it

export const Flag = {
  Error: 1,
  Warning: 2,
  Info: 4,
  Differ: 8,
  Astray: 16,
  Inferred: 32,
  Detail: 64,
  Exhibit: 128,
  OutOfScope: 256,
} as const;

export const Ending = {
  Trailers: 0,
  WithoutStatus: 1,
  ResetByClient: 2,
  ResetByServer: 3,
  Refused: 4,
  ConnectionLost: 5,
  StillOpen: 6,
} as const;
