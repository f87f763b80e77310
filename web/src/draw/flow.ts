// Where the flow draws what: clients at the left, the wire a bar in the middle, servers at the right, edges straight.
export interface Box {
  x: number;
  y: number;
  w: number;
  h: number;
}

export interface FlowLayout {
  narrow: boolean; // numbers stand in the boxes, not on the edges
  width: number;
  height: number;
  clients: Box[];
  servers: Box[];
  wire: Box;
}

const kWide = { box: 52, gap: 14 };
const kNarrow = { box: 84, gap: 10 };

function column(count: number, x: number, w: number, height: number, size: { box: number; gap: number }): Box[] {
  const used = count * size.box + Math.max(0, count - 1) * size.gap;
  const top = (height - used) / 2;
  return Array.from({ length: count }, (_, at) => ({ x, y: top + at * (size.box + size.gap), w, h: size.box }));
}

export function flow_layout(width: number, clients: number, servers: number): FlowLayout {
  const narrow = width < 700;
  const size = narrow ? kNarrow : kWide;
  const most = Math.max(clients, servers, narrow ? 1 : 2);
  const height = most * size.box + (most - 1) * size.gap + 44; // room for the wire's name
  const side = narrow ? Math.floor((width - 56) / 2) : Math.min(230, Math.floor(width * 0.2));
  const wire_width = narrow ? 8 : 12;
  const inner = height - 44;
  const shift = (boxes: Box[]): Box[] => boxes.map((box) => ({ ...box, y: box.y + 38 }));
  return {
    narrow,
    width,
    height,
    clients: shift(column(clients, 0, side, inner, size)),
    servers: shift(column(servers, width - side, side, inner, size)),
    wire: { x: width / 2 - wire_width / 2, y: 30, w: wire_width, h: height - 34 },
  };
}

export interface Point {
  x: number;
  y: number;
}

// A call's way: to the wire, along it, to the server.
export function way(layout: FlowLayout, client: number, server: number): Point[] {
  const a = layout.clients[client];
  const b = layout.servers[server];
  if (!a || !b) return [];
  const middle = layout.wire.x + layout.wire.w / 2;
  const from = a.y + a.h / 2;
  const to = b.y + b.h / 2;
  return [
    { x: a.x + a.w, y: from },
    { x: middle, y: from },
    { x: middle, y: to },
    { x: b.x, y: to },
  ];
}

// `share` of the way, by length: 0 at its begin, 1 at its end.
export function along(points: Point[], share: number): Point {
  const lengths = points.slice(1).map((point, at) => Math.hypot(point.x - points[at]!.x, point.y - points[at]!.y));
  let left = share * lengths.reduce((sum, length) => sum + length, 0);
  for (let at = 0; at < lengths.length; at++) {
    const length = lengths[at]!;
    if (left <= length || at === lengths.length - 1) {
      const part = length ? Math.min(1, left / length) : 0;
      const [a, b] = [points[at]!, points[at + 1]!];
      return { x: a.x + (b.x - a.x) * part, y: a.y + (b.y - a.y) * part };
    }
    left -= length;
  }
  return points[0] ?? { x: 0, y: 0 };
}
