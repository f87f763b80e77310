// Which frames of a call a claim or a finding speaks of: of those in its packet the ones that hold its octets, or that stand where it says.
import type { Frame } from './contract';
import { kFrameHeader } from './octets';

export interface Aim {
  packet: number; // 0: at none
  octets?: string | undefined; // hexadecimal
  direction?: string | undefined;
  offset?: number | undefined; // octets of that direction before it
}

export const kNowhere: Aim = { packet: 0 };

export function aimed(frames: readonly Frame[], aim: Aim): ReadonlySet<Frame> {
  let found = aim.packet ? frames.filter((frame) => frame.packet === aim.packet) : [];
  const narrow = (test: (frame: Frame) => boolean): void => {
    const fewer = found.filter(test);
    if (fewer.length) found = fewer;
  };
  const { octets, direction, offset } = aim;
  if (octets) narrow((frame) => holds(frame.octets ?? '', octets));
  if (direction && offset !== undefined) {
    narrow((frame) => frame.direction === direction && frame.offset !== undefined && offset >= frame.offset && offset < frame.offset + kFrameHeader + frame.length);
  }
  return new Set(found);
}

// Both are hexadecimal: whole octets only.
function holds(all: string, octets: string): boolean {
  let at = all.indexOf(octets);
  while (at >= 0 && at % 2) at = all.indexOf(octets, at + 1);
  return at >= 0;
}
