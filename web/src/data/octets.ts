// Octets of a frame, and what parts of them mean.
import type { Frame, Part } from './contract';

export const kFrameHeader = 9;
const kPrefix = 5; // of a message

export function octets_of_hex(text: string): Uint8Array {
  const length = Math.floor(text.length / 2);
  const octets = new Uint8Array(length);
  for (let at = 0; at < length; at++) octets[at] = parseInt(text.slice(at * 2, at * 2 + 2), 16) || 0;
  return octets;
}

export const hex = (octet: number): string => octet.toString(16).padStart(2, '0');

export const printable = (octet: number): string => (octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : '·');

// The shortest part that holds the octet is the most exact; -1: none does.
export function part_at(parts: readonly Part[], octet: number): number {
  let best = -1;
  parts.forEach((part, at) => {
    if (octet < part.begin || octet >= part.end) return;
    const shortest = best < 0 ? Infinity : parts[best]!.end - parts[best]!.begin;
    if (part.end - part.begin < shortest) best = at;
  });
  return best;
}

// Parts as the frame tells them; where it tells none, what any HTTP/2 frame has.
export function parts_of(frame: Frame): Part[] {
  if (frame.parts?.length) return frame.parts;
  const header: Part[] = [
    { begin: 0, end: 3, text: `length ${frame.length}` },
    { begin: 3, end: 4, text: `type ${frame.type}` },
    { begin: 4, end: 5, text: `flags ${(frame.flags ?? []).join(' ') || 'none'}` },
    { begin: 5, end: 9, text: 'stream' },
  ];
  return (frame.octets?.length ?? 0) >= 18 ? header : [];
}

export interface Range {
  begin: number;
  end: number;
}

// What may be content of messages: hidden until it is asked for. All of DATA behind its header, but for the prefixes (flag and length)
// of messages that lie wholly in it; what a frame tells of messages that it shares with others counts as content.
export function content_of(frame: Frame): Range[] {
  const size = Math.floor((frame.octets?.length ?? 0) / 2);
  if (frame.type !== 'DATA' || size <= kFrameHeader) return [];
  const prefixes = (frame.messages ?? [])
    .flatMap((m) => (m.begin !== undefined && m.end === m.begin + kPrefix + m.length ? [m.begin] : []))
    .sort((a, b) => a - b);
  const ranges: Range[] = [];
  let from = kFrameHeader;
  for (const prefix of prefixes) {
    if (prefix < from) continue;
    if (prefix > from) ranges.push({ begin: from, end: Math.min(prefix, size) });
    from = prefix + kPrefix;
  }
  if (from < size) ranges.push({ begin: from, end: size });
  return ranges;
}

export const within = (ranges: readonly Range[], octet: number): boolean =>
  ranges.some((range) => octet >= range.begin && octet < range.end);
