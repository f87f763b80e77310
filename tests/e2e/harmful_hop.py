#!/usr/bin/python3
"""A proxy for HTTP/2 in the clear that passes every frame on, and does one harm on purpose: to the third call of each connection.

    harmful_hop.py --to HOST:PORT [--harm NAME]     prints "listening on HOST:PORT"

Streams keep their ids, so that settings, windows and pings pass as they are. Needs Debian's python3-hpack.
"""

import argparse
import asyncio
import contextlib
import struct

import hpack

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM = 0, 1, 3
END_STREAM, PADDED, PRIORITY = 1, 8, 32
HARMED = 13  # the stream of the seventh call: in the midst, for what is judged lies between calls that both captures surely have


def frame(kind, flags, stream, payload):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def fragment(flags, payload):
    """The header block of HEADERS without padding and priority."""
    if flags & PADDED:
        payload = payload[1:len(payload) - payload[0]]
    return payload[5:] if flags & PRIORITY else payload


class Direction:
    """One direction of one connection: frames in, frames out."""

    def __init__(self, harm, to_server):
        self.harm, self.to_server = harm, to_server
        self.decoder, self.encoder = hpack.Decoder(), hpack.Encoder()
        self.messages = 0  # frames of DATA of the third call that hold a message

    def fields(self, stream, fields, end_stream):
        """What becomes of a header block."""
        if self.to_server and self.harm == "decorate":
            return [*fields, (b"tenant", b"blue", False), (b"key-bin", b"AAEC", False), (b"authorization", b"Bearer of secrets", True)]
        if stream != HARMED:
            return fields
        dropped = {"te": b"te", "timeout": b"grpc-timeout", "cancel": b"grpc-timeout", "metadata": b"tenant"}.get(self.harm)
        if self.to_server and dropped:
            return [field for field in fields if field[0] != dropped]
        if self.to_server and self.harm == "index":
            return [(name, value, False) for name, value, _ in fields]
        if self.to_server and self.harm == "binary":
            return [(name, b"AAED" if name == b"key-bin" else value, never) for name, value, never in fields]
        if not self.to_server and self.harm == "status" and end_stream:
            return [(name, b"5" if name == b"grpc-status" else value, never) for name, value, never in fields]
        return fields

    def headers(self, flags, stream, payload):
        decoded = [(field[0], field[1], isinstance(field, hpack.NeverIndexedHeaderTuple))
                   for field in self.decoder.decode(fragment(flags, payload), raw=True)]
        if self.harm == "trailers" and not self.to_server and stream == HARMED and flags & END_STREAM:
            return frame(DATA, END_STREAM, stream, b"")
        fields = [hpack.NeverIndexedHeaderTuple(name, value) if never else hpack.HeaderTuple(name, value)
                  for name, value, never in self.fields(stream, decoded, flags & END_STREAM)]
        return frame(HEADERS, flags & ~(PADDED | PRIORITY), stream, self.encoder.encode(fields))

    def data(self, flags, stream, payload):
        whole = frame(DATA, flags, stream, payload)
        if not self.to_server or stream != HARMED or len(payload) <= 5:
            return whole
        self.messages += 1
        if self.harm == "octet" and self.messages == 1:
            return frame(DATA, flags, stream, payload[:-1] + bytes([payload[-1] ^ 1]))
        if self.harm == "lose" and self.messages == 2:
            return frame(DATA, flags, stream, b"")
        return whole + whole if self.harm == "double" and self.messages == 2 else whole

    def passed_on(self, kind, flags, stream, payload):
        if kind == HEADERS:
            return self.headers(flags, stream, payload)
        if kind == DATA:
            return self.data(flags, stream, payload)
        if kind == RST_STREAM and self.harm == "cancel" and self.to_server:
            return b""
        return frame(kind, flags, stream, payload)


async def pump(reader, writer, direction):
    with contextlib.suppress(OSError, asyncio.IncompleteReadError):
        if direction.to_server:
            writer.write(await reader.readexactly(len(PREFACE)))
        while True:
            head = await reader.readexactly(9)
            payload = await reader.readexactly(int.from_bytes(head[:3], "big"))
            writer.write(direction.passed_on(head[3], head[4], int.from_bytes(head[5:], "big"), payload))
            await writer.drain()
    with contextlib.suppress(OSError):
        writer.close()


async def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", required=True)
    parser.add_argument("--harm", default="none")
    arguments = parser.parse_args()
    host, port = arguments.to.rsplit(":", 1)

    async def carry(reader, writer):
        up_reader, up_writer = await asyncio.open_connection(host, int(port))
        await asyncio.gather(pump(reader, up_writer, Direction(arguments.harm, True)),
                             pump(up_reader, writer, Direction(arguments.harm, False)))

    server = await asyncio.start_server(carry, "127.0.0.1", 0)
    print(f"listening on 127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    async with server:
        await server.serve_forever()


asyncio.run(main())
