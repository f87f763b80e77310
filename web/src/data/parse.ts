// Text → document, with what is missing or of another kind made empty: the page shows what there is.
import type { PageDocument } from './contract';

const list = <T>(value: unknown): T[] => (Array.isArray(value) ? (value as T[]) : []);

export function parse_document(text: string): PageDocument {
  const raw = JSON.parse(text) as Partial<PageDocument> | null;
  if (typeof raw !== 'object' || raw === null || raw.format !== 'testigo-page') throw new Error('this is no testigo-page document');
  if (!/^1\./.test(String(raw.version))) throw new Error(`version ${String(raw.version)} of testigo-page is not known to this page`);
  return {
    ...raw,
    format: raw.format,
    version: String(raw.version),
    report: typeof raw.report?.verdict === 'string' ? raw.report : null,
    clients: list(raw.clients),
    servers: list(raw.servers),
    processes: list(raw.processes),
    methods: list(raw.methods),
    findings: list(raw.findings),
    details: list(raw.details),
    calls: { ...raw.calls, total: raw.calls?.total ?? 0, kept: raw.calls?.kept ?? 0, columns: list(raw.calls?.columns), data: raw.calls?.data ?? '' },
  };
}
