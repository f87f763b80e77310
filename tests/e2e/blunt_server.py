"""A server of HTTP/2 that answers each call as a gateway may: with a :status and no grpc-status, or with RST_STREAM. Nothing of gRPC is in it."""

import contextlib
import socket
import struct
import threading

PREFACE_SIZE = 24
DATA, HEADERS, RST_STREAM, SETTINGS, PING = 0, 1, 3, 4, 6
END_STREAM, ACK, END_HEADERS = 1, 1, 4


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def http(status):
    """:status by the static table's name for it, without indexing, and the end of the stream."""
    return lambda stream: frame(HEADERS, END_STREAM | END_HEADERS, stream, b"\x08\x03" + str(status).encode())


def reset(code):
    return lambda stream: frame(RST_STREAM, 0, stream, struct.pack(">I", code))


class BluntServer:
    """Gives the answers in turn, whoever asks, to requests that have come whole. `address` says where it listens."""

    def __init__(self, answers):
        self._answers = iter(answers)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=self._serve, args=(self._listener.accept()[0],), daemon=True).start()

    def _serve(self, connection):
        with connection, connection.makefile("rb") as octets, contextlib.suppress(OSError):
            octets.read(PREFACE_SIZE)
            connection.sendall(frame(SETTINGS, 0, 0))
            while len(head := octets.read(9)) == 9:
                kind, flags, stream = head[3], head[4], int.from_bytes(head[5:], "big")
                payload = octets.read(int.from_bytes(head[:3], "big"))
                if kind in (SETTINGS, PING) and not flags & ACK:
                    connection.sendall(frame(kind, ACK, 0, payload if kind == PING else b""))
                elif kind in (HEADERS, DATA) and flags & END_STREAM:
                    connection.sendall(next(self._answers)(stream))
