"""HTTP/2 frames, read and written (RFC 9113 section 4.1). Header blocks are kept as fields, and encoded anew for the whole direction when
they are written: what one of them changes in the dynamic table, those behind it know."""

import struct
import sys
from dataclasses import dataclass, field

try:
    import hpack
except ImportError:  # it is Debian's, and of no use to another python3 that comes first
    sys.path.append("/usr/lib/python3/dist-packages")
    import hpack

DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)
END_STREAM, ACK, END_HEADERS, PADDED = 1, 1, 4, 8
HEADER_TABLE_SIZE, ENABLE_PUSH, MAX_CONCURRENT_STREAMS, INITIAL_WINDOW_SIZE, MAX_FRAME_SIZE, MAX_HEADER_LIST_SIZE = range(1, 7)
ENABLE_CONNECT_PROTOCOL = 8
NO_ERROR, PROTOCOL_ERROR, INTERNAL_ERROR, REFUSED_STREAM, CANCEL, ENHANCE_YOUR_CALM = 0, 1, 2, 7, 8, 11
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
HEADER_SIZE = 9


@dataclass(eq=False)
class Octets:
    """What is no frame: the preface."""
    octets: bytes
    kind, flags, stream = None, 0, None

    def written(self, _encoder):
        return self.octets


@dataclass(eq=False)
class Close:
    """The end of a direction: FIN, or RST of TCP."""
    reset: bool = False
    kind, flags, stream = None, 0, None

    def written(self, _encoder):
        return b""


@dataclass(eq=False)
class Frame:
    kind: int
    flags: int
    stream: int
    payload: bytes = b""
    reserved: bool = False  # the bit before the stream

    def written(self, _encoder):
        return frame_octets(self.kind, self.flags, self.stream | self.reserved << 31, self.payload)


@dataclass(eq=False)
class Block:
    """HEADERS or PUSH_PROMISE with their CONTINUATION. `before` and `behind` are octets of HPACK around the fields."""
    kind: int
    flags: int  # END_STREAM; the others follow
    stream: int
    fields: list  # (name, value), or (name, value, True): never indexed
    promised: bytes = b""
    before: bytes = b""
    behind: bytes = b""
    reserved: bool = False
    table_size: int = None  # a size update to it comes first
    parts: int = 1  # frames
    empty: bool = False  # before, between and behind them stand frames of nothing
    between: list = field(default_factory=list)  # frames behind the first part, where none may be

    def written(self, encoder):
        if self.table_size is not None:
            encoder.header_table_size = self.table_size
        block = self.promised + self.before + encoder.encode(self.fields) + self.behind
        size = -(-len(block) // self.parts)
        parts = [block[begin:begin + size] for begin in range(0, len(block), size)]
        if self.empty:
            parts = [each for part in parts for each in (b"", part)] + [b""]
        octets = b""
        for number, part in enumerate(parts):
            last = END_HEADERS if number + 1 == len(parts) else 0
            first = number == 0
            octets += frame_octets(self.kind if first else CONTINUATION, (self.flags if first else 0) | last, self.stream | self.reserved << 31, part)
            octets += b"".join(frame.written(encoder) for frame in self.between) if first else b""
        return octets

    def value(self, name):
        return next(field[1] for field in self.fields if field[0] == name)

    def set(self, name, value):
        """In its place, or behind all others."""
        if name in (field[0] for field in self.fields):
            self.fields = [(name, value) if field[0] == name else field for field in self.fields]
        else:
            self.fields.append((name, value))

    def remove(self, *names):
        self.fields = [field for field in self.fields if field[0] not in names]


def frame_octets(kind, flags, stream, payload):
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def frames_of(octets):
    """(frame, octets up to its end) of one direction behind the preface."""
    decoder, at = hpack.Decoder(), 0
    while at < len(octets):
        length = int.from_bytes(octets[at:at + 3], "big")
        kind, flags, stream = struct.unpack_from(">BBI", octets, at + 3)
        payload = octets[at + HEADER_SIZE:at + HEADER_SIZE + length]
        assert len(payload) == length, "it ends within a frame"
        at += HEADER_SIZE + length
        if kind == HEADERS:
            assert flags & ~END_STREAM == END_HEADERS, "no padding, priority or CONTINUATION is expected here"
            fields = [(name.decode(), value.decode()) for name, value in decoder.decode(payload, raw=True)]
            yield Block(kind, flags & END_STREAM, stream, fields), at
        else:
            yield Frame(kind, flags, stream, payload), at


def settings(*pairs):
    return Frame(SETTINGS, 0, 0, b"".join(struct.pack(">HI", *pair) for pair in pairs))


def settings_ack():
    return Frame(SETTINGS, ACK, 0)


def ping(text, ack=False):
    return Frame(PING, ACK if ack else 0, 0, text.encode())


def window_update(increment, stream=0):
    return Frame(WINDOW_UPDATE, 0, stream, struct.pack(">I", increment))


def rst_stream(stream, code):
    return Frame(RST_STREAM, 0, stream, struct.pack(">I", code))


def goaway(last_stream, code=NO_ERROR, debug=b""):
    return Frame(GOAWAY, 0, 0, struct.pack(">II", last_stream, code) + debug)


def data(stream, payload, flags=0):
    return Frame(DATA, flags, stream, payload)


def headers(stream, fields, flags=0):
    return Block(HEADERS, flags, stream, list(fields))


def push_promise(stream, promised):
    """Of a page that nobody asked for."""
    fields = [(":method", "GET"), (":scheme", "http"), (":path", "/style.css"), (":authority", "localhost")]
    return Block(PUSH_PROMISE, 0, stream, fields, promised=struct.pack(">I", promised))


def message(octets, flag=0):
    """Length-prefixed, as gRPC sends it."""
    return struct.pack(">BI", flag, len(octets)) + octets
