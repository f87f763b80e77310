// The state of the page in the hash of its URL, so that a view can be linked to.
import { kEverything, kOnly, type Filter, type Only } from './filter';

export interface Sort {
  by: string;
  down: boolean;
}

export interface View {
  from: number; // ns since the begin
  to: number;
}

export interface State {
  filter: Filter;
  sort: Sort;
  view: View | null; // null: all of it
  call: string; // `row:17`, an id or `connection/stream`; '': none
}

export const kStart: State = { filter: kEverything, sort: { by: 'time', down: false }, view: null, call: '' };

const range = (from: number | null, to: number | null): string =>
  `${from === null ? '' : Math.round(from)}-${to === null ? '' : Math.round(to)}`;

export function hash_of(state: State): string {
  const { filter, sort, view, call } = state;
  const parts: [string, string][] = [];
  for (const client of filter.clients) parts.push(['client', client]);
  for (const client of filter.except) parts.push(['except', client]);
  for (const method of filter.methods) parts.push(['method', method]);
  for (const status of filter.statuses) parts.push(['status', String(status)]);
  for (const only of filter.only) parts.push(['only', only]);
  if (filter.text.trim()) parts.push(['q', filter.text.trim()]);
  if (filter.from !== null || filter.to !== null) parts.push(['time', range(filter.from, filter.to)]);
  if (view) parts.push(['view', range(view.from, view.to)]);
  if (sort.by !== 'time' || sort.down) parts.push(['sort', (sort.down ? '-' : '') + sort.by]);
  if (call) parts.push(['call', call]);
  return parts.map(([name, value]) => `${name}=${encodeURIComponent(value).replaceAll('%2F', '/')}`).join('&');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function range_of(text: string): [number | null, number | null] {
  const found = /^(-?\d+)?-(-?\d+)?$/.exec(text);
  if (!found) return [null, null];
  return [found[1] ? Number(found[1]) : null, found[2] ? Number(found[2]) : null];
}

// Whatever the hash says: what is not understood is passed over.
export function state_of(hash: string): State {
  const state: State = {
    filter: { ...kEverything, clients: [], except: [], methods: [], statuses: [], only: [] },
    sort: { ...kStart.sort },
    view: null,
    call: '',
  };
  for (const part of hash.replace(/^#/, '').split('&')) {
    const at = part.indexOf('=');
    if (at < 0) continue;
    const value = decoded(part.slice(at + 1));
    switch (part.slice(0, at)) {
      case 'client':
        state.filter.clients.push(value);
        break;
      case 'except':
        state.filter.except.push(value);
        break;
      case 'method':
        state.filter.methods.push(value);
        break;
      case 'status':
        if (/^\d{1,3}$/.test(value) && Number(value) < 256) state.filter.statuses.push(Number(value));
        break;
      case 'only':
        if (kOnly.includes(value as Only)) state.filter.only.push(value as Only);
        break;
      case 'q':
        state.filter.text = value;
        break;
      case 'time':
        [state.filter.from, state.filter.to] = range_of(value);
        break;
      case 'view': {
        const [from, to] = range_of(value);
        if (from !== null && to !== null && to > from) state.view = { from, to };
        break;
      }
      case 'sort':
        state.sort = { by: value.replace(/^-/, ''), down: value.startsWith('-') };
        break;
      case 'call':
        state.call = value;
        break;
    }
  }
  return state;
}
