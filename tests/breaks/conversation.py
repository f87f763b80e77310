"""One connection as a list of what was said, when, by whom: read from a capture, edited, and written as packets again. Others may stand beside it,
and behind it what a hop made of it."""

import copy
import heapq
from dataclasses import dataclass

import packets as wire
from frames import ACK, DATA, HEADERS, PREFACE, Close, Octets, frames_of, hpack

CLIENT, SERVER = 0, 1
MICROSECOND, MILLISECOND, SECOND = 10**3, 10**6, 10**9
SEGMENT = 16_000
FIRST_SEQUENCE = (1_000_000, 5_000_000)
CLIENT_ADDRESS, HOP_ADDRESS, SERVER_ADDRESS = "10.0.0.1", "10.0.0.2", "10.0.0.3"  # where there is a hop
OTHER_CLOCK = 3600 * SECOND  # that of the server's side of a hop is wrong by so much


@dataclass(eq=False)
class Said:
    time: int
    side: int
    frame: object
    crossed: int = 0  # how many of the other side, of those before it, its sender had not received


class Conversation:
    def __init__(self, ends, opened, said):
        self.ends, self.opened, self.said = ends, opened, said
        self.beside = []  # other connections of the same capture
        self.other_side = None  # behind a hop

    def find(self, side, kind, stream=None, ack=False, nth=0):
        found = [said for said in self.said if said.side == side and said.frame.kind == kind and stream in (None, said.frame.stream) and
                 (kind in (DATA, HEADERS) or ack == bool(said.frame.flags & ACK))]
        return found[nth]

    def request(self, stream=1):
        return self.find(CLIENT, HEADERS, stream)

    def response(self, stream=1):
        return self.find(SERVER, HEADERS, stream)

    def trailers(self, stream=1):
        return self.find(SERVER, HEADERS, stream, nth=-1)

    def data(self, side, stream=1, nth=0):
        return self.find(side, DATA, stream, nth=nth)

    def before(self, other, side, frame, **how):
        return self._insert(self.said.index(other), other.time, side, frame, **how)

    def behind(self, other, side, frame, later=0, **how):
        """`later` is what passes in between: all that follows is so much later."""
        self.wait(later, behind=other)
        return self._insert(self.said.index(other) + 1, other.time + later, side, frame, **how)

    def at_end(self, side, frame, later=0, **how):
        """Before the connection is closed."""
        return self.behind([said for said in self.said if not isinstance(said.frame, Close)][-1], side, frame, later, **how)

    def _insert(self, index, time, side, frame, crossed=0):
        said = Said(time, side, frame, crossed)
        self.said.insert(index, said)
        return said

    def wait(self, nanoseconds, behind):
        for said in self.said[self.said.index(behind) + 1:]:
            said.time += nanoseconds

    def drop(self, *gone):
        self.said = [said for said in self.said if said not in gone]

    def drop_stream(self, stream, behind=None, side=None):
        """What is said on it, or what is said of it behind something, by that side."""
        begin = 0 if behind is None else self.said.index(behind) + 1
        self.drop(*(said for said in self.said[begin:] if said.frame.stream == stream and side in (None, said.side)))

    def cut(self, calls):
        """Behind so many calls nothing is said but the end."""
        ends = [said for said in self.said if isinstance(said.frame, Close)]
        more = next((index for index, said in enumerate(self.said) if (said.frame.stream or 0) > 2 * calls - 1), len(self.said))
        self.said = [said for said in self.said[:more] if said not in ends] + ends

    def rename(self, stream, to):
        for said in self.said:
            if said.frame.stream == stream:
                said.frame.stream = to

    def move(self, said, before):
        """To another place and its time."""
        self.said.remove(said)
        self.said.insert(self.said.index(before), said)
        said.time = before.time

    def again(self, stream, to, later):
        """What is said on a stream is said once more on another, so long after all else; its request."""
        before = None
        for said in [said for said in self.said if said.frame.stream == stream]:
            frame = copy.deepcopy(said.frame)
            frame.stream = to
            self.at_end(said.side, frame, later if before is None else said.time - before.time)
            before = said
        return self.request(to)

    def connect(self, opened, like=None):
        """The client connects once more; says the same, or is refused."""
        (address, port), server = self.ends
        said = [Said(part.time + opened - like.opened, part.side, copy.deepcopy(part.frame), part.crossed) for part in like.said] if like else []
        self.beside.append(Conversation(((address, port + 1 + len(self.beside)), server), opened, said))
        return self.beside[-1]

    def through_hop(self):
        """As a hop passes it on that changes nothing: what the other side of it shows."""
        (_, client_port), (_, server_port) = self.ends
        other = self.other_side = copy.deepcopy(self)
        self.ends = (CLIENT_ADDRESS, client_port), (HOP_ADDRESS, server_port)
        other.ends = (HOP_ADDRESS, client_port), (SERVER_ADDRESS, server_port)
        other.opened += OTHER_CLOCK
        for said in other.said:
            said.time += OTHER_CLOCK
        return other

    def closes(self, *sides, reset=False):
        """Who closes, in that order."""
        self.said = [said for said in self.said if not isinstance(said.frame, Close)]
        self.said += [Said(self.said[-1].time + MILLISECOND * number, side, Close(reset)) for number, side in enumerate(sides, 1)]


def read(path, connection):
    """The connection of that number, from 1."""
    found = []
    for packet in wire.read_packets(path):
        if packet.flags & wire.SYN and not packet.flags & wire.ACK:
            found.append([])
        next(of_it for of_it in reversed(found) if not of_it or ends_of(packet) == ends_of(of_it[0])).append(packet)
    return conversation_of(found[connection - 1])


def ends_of(packet):
    return {packet.source, packet.destination}


def conversation_of(packets):
    syn = packets[0]
    sides = [Direction(syn.sequence + 1), Direction(next(packet for packet in packets if packet.source != syn.source).sequence + 1)]
    for packet in packets[1:]:
        side = CLIENT if packet.source == syn.source else SERVER
        sides[side].take(packet, sides[1 - side].first)
    said = [part for side in (CLIENT, SERVER) for part in sides[side].said(side)]
    said.sort(key=lambda part: part[0])
    return Conversation((syn.source, syn.destination), syn.time, with_crossings(said))


class Direction:
    """Its octets, and for each packet: how many there were with it, its time, and how many of the other side it had acknowledged."""

    def __init__(self, first):
        self.first, self.octets, self.steps, self.closed = first, b"", [], None

    def take(self, packet, first_of_other):
        behind = (packet.sequence - self.first & 0xFFFFFFFF) - len(self.octets)
        if packet.payload and behind + len(packet.payload) > 0:  # else it comes again
            assert behind == 0, "segments in order are expected here"
            self.octets += packet.payload
            self.steps.append((len(self.octets), packet.time, packet.acknowledged - first_of_other & 0xFFFFFFFF))
        if packet.flags & (wire.FIN | wire.RST):
            self.closed = packet.time, bool(packet.flags & wire.RST)

    def said(self, side):
        """(Place in the order of all, what was said, its end, what was acknowledged)."""
        skipped = len(PREFACE) if side == CLIENT else 0
        frames = [(Octets(PREFACE), 0)] if skipped else []
        frames += list(frames_of(self.octets[skipped:]))
        for frame, end in frames:
            end += skipped
            _, time, acknowledged = next(step for step in self.steps if step[0] >= end)
            yield time, Said(time, side, frame), end, acknowledged
        if self.closed:
            yield self.closed[0], Said(self.closed[0], side, Close(self.closed[1])), len(self.octets), None


def with_crossings(parts):
    ends = [[], []]  # of what each side has said so far
    for _, said, end, acknowledged in parts:
        if acknowledged is not None:
            said.crossed = sum(other > acknowledged for other in ends[1 - said.side])
        ends[said.side].append(end)
    return [said for _, said, _, _ in parts]


def packets_of(conversation):
    """The packets, also of those beside it, and in which of them, from 1, everything said ended, and each of them began."""
    writers = [written(one) for one in (conversation, *conversation.beside)]
    packets = list(heapq.merge(*(writer.packets for writer in writers), key=lambda packet: packet.time))
    places = {id(packet): number for number, packet in enumerate(packets, 1)}
    numbers = {of: places[id(writer.packets[number - 1])] for writer in writers for of, number in writer.numbers.items()}
    return packets, numbers


def written(conversation):
    writer = Writer(conversation)
    if not conversation.said:
        writer.refuse()
        return writer
    writer.open()
    for group in together(conversation.said):
        writer.say(group)
    writer.end()
    return writer


def together(said):
    """What one side says at one time is one segment."""
    groups = []
    for part in said:
        key = part.time, part.side, part.crossed, isinstance(part.frame, Close)
        if not groups or groups[-1][0] != key:
            groups.append((key, []))
        groups[-1][1].append(part)
    return [group for _, group in groups]


class Writer:
    def __init__(self, conversation):
        self.ends, self.packets, self.numbers = conversation.ends, [], {conversation: 1}
        self.sent = [0, 0]
        self.acknowledged = [0, 0]  # by each side
        self.said = [[0], [0]]  # octets of each side when it had said so much
        self.encoders = hpack.Encoder(), hpack.Encoder()
        self.sequence = list(FIRST_SEQUENCE)
        self.time = conversation.opened

    def refuse(self):
        self.packet(CLIENT, wire.SYN, b"")
        self.sequence, self.acknowledged[SERVER] = [FIRST_SEQUENCE[CLIENT], 0], 1
        self.packet(SERVER, wire.RST | wire.ACK, b"")

    def open(self):
        for side, flags in ((CLIENT, wire.SYN), (SERVER, wire.SYN | wire.ACK), (CLIENT, wire.ACK)):
            self.packet(side, flags, b"")
            self.sequence[side] = FIRST_SEQUENCE[side] + 1

    def packet(self, side, flags, payload):
        sequence = self.sequence[side] + self.sent[side]
        acknowledged = self.sequence[1 - side] + self.acknowledged[side] if flags & wire.ACK else 0
        self.packets.append(wire.Packet(self.time, self.ends[side], self.ends[1 - side], sequence, acknowledged, flags, payload))
        self.sent[side] += len(payload)

    def say(self, group):
        side, frame = group[0].side, group[0].frame
        self.time = group[0].time
        self.acknowledged[side] = max(self.acknowledged[side], self.said[1 - side][-1 - group[0].crossed])
        if isinstance(frame, Close):
            self.packet(side, wire.RST | wire.ACK if frame.reset else wire.FIN | wire.ACK, b"")
            self.sent[side] += 1
            self.said[side].append(self.sent[side])
            self.numbers[group[0]] = len(self.packets)
            return
        octets, ends = b"", []
        for part in group:
            octets += part.frame.written(self.encoders[side])
            ends.append(len(octets))
            self.said[side].append(self.sent[side] + len(octets))
        for part, end in zip(group, ends, strict=True):
            self.numbers[part] = len(self.packets) + max(1, -(-end // SEGMENT))
        for begin in range(0, len(octets), SEGMENT):
            self.packet(side, wire.PSH | wire.ACK, octets[begin:begin + SEGMENT])

    def end(self):
        """Who was told last that the other has closed says that it knows."""
        last = self.packets[-1]
        if last.flags & wire.FIN:
            side = CLIENT if last.destination == self.ends[CLIENT] else SERVER
            self.acknowledged[side] = self.sent[1 - side]
            self.packet(side, wire.ACK, b"")
