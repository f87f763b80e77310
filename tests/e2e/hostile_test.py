#!/usr/bin/env python3
"""Traffic that was made to hurt its reader, at a size that hurts: testigo watch stays within bounds of time and memory, says what it
found, and names the limit that it met."""

import contextlib
import json
import os
import resource
import struct
import subprocess
import time
import unittest

from support import TESTIGO, temporary_folder

PROVEN, BROKEN, INCONCLUSIVE = 0, 1, 3
SECONDS_MAX = 60
MEMORY_MAX = 700_000_000  # octets, resident; a sanitizer takes several times what the program takes
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS, PING, CONTINUATION = 0, 1, 3, 4, 6, 9
END_STREAM, ACK, END_HEADERS = 1, 1, 4


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def literal(name, value):
    """Without indexing, in plain octets."""
    return b"\x00" + bytes([len(name)]) + name + bytes([len(value)]) + value


# POST, http, a path, te, content-type: nothing of it in the dynamic table.
REQUEST = b"\x83\x86" + b"\x04\x06/a.B/C" + literal(b"te", b"trailers") + literal(b"content-type", b"application/grpc")


def integer(value, prefix_bits, pattern):
    largest = (1 << prefix_bits) - 1
    if value < largest:
        return bytes([pattern | value])
    out, value = bytes([pattern | largest]), value - largest
    while value >= 128:
        out, value = out + bytes([value % 128 + 128]), value // 128
    return out + bytes([value])


class Capture:
    """A pcap of one connection of raw IPv4, written as it is said."""

    def __init__(self, path):
        self.file = open(path, "wb")
        self.file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 1 << 20, 101))
        self.sent = [1000, 5000]  # sequence numbers of the client and the server
        self.microseconds = 0
        self.packet(0, b"", syn=True)
        self.packet(1, b"", syn=True)

    def packet(self, side, payload, syn=False, fin=False):
        ends = (b"\x0a\x00\x00\x01", 40000), (b"\x0a\x00\x00\x02", 50051)
        (source, source_port), (destination, destination_port) = ends[side], ends[1 - side]
        flags = (2 if syn else 0) | (1 if fin else 0) | (0 if syn and side == 0 else 16)
        tcp = struct.pack(">HHIIBBHHH", source_port, destination_port, self.sent[side] & 0xFFFFFFFF, self.sent[1 - side] & 0xFFFFFFFF, 5 << 4, flags, 65535, 0, 0)
        ip = struct.pack(">BBHIBBH", 0x45, 0, 40 + len(payload), 0, 64, 6, 0) + source + destination
        self.microseconds += 10
        size = len(ip) + len(tcp) + len(payload)
        self.file.write(struct.pack("<IIII", 1_700_000_000 + self.microseconds // 10**6, self.microseconds % 10**6, size, size) + ip + tcp + payload)
        self.sent[side] += len(payload) + syn + fin

    def say(self, side, octets, segment=16_000):
        for begin in range(0, len(octets), segment):
            self.packet(side, octets[begin:begin + segment])

    def client(self, octets, **how):
        self.say(0, octets, **how)

    def server(self, octets, **how):
        self.say(1, octets, **how)

    def greet(self):
        self.client(PREFACE + frame(SETTINGS, 0, 0))
        self.server(frame(SETTINGS, 0, 0) + frame(SETTINGS, ACK, 0))
        self.client(frame(SETTINGS, ACK, 0))

    def end(self):
        self.packet(0, b"", fin=True)
        self.packet(1, b"", fin=True)
        self.packet(0, b"")
        self.file.close()


class Hostile(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        stack = contextlib.ExitStack()
        self.addCleanup(stack.close)
        self.path = stack.enter_context(temporary_folder()) / "hostile.pcap"
        self.capture = Capture(self.path)
        self.capture.greet()

    def watch(self, code):
        """Its verdict; what failed, by check, in `failed`."""
        self.capture.end()
        sanitized = any("asan" in part or "tsan" in part for part in TESTIGO.split(os.sep))
        began = time.monotonic()
        watch = subprocess.Popen([TESTIGO, "watch", "--json", "--quiet", self.path], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        out, err = watch.stdout.read(), watch.stderr.read()
        _, status, used = os.wait4(watch.pid, 0)
        watch.returncode = os.waitstatus_to_exitcode(status)
        watch.stdout.close()
        watch.stderr.close()
        self.assertEqual(watch.returncode, code, err.decode() + out.decode()[-2000:])
        if not sanitized:
            self.assertLess(used.ru_maxrss * 1024, MEMORY_MAX)
            self.assertLess(time.monotonic() - began, SECONDS_MAX)
        report = json.loads(out.splitlines()[-1])
        self.failed = {check for check, told in report["checks"].items() if told["failed"]}
        self.findings = {finding["check"]: finding["text"] for finding in reversed(report["findings"]["first"])}
        return report

    def test_rapid_reset(self):
        octets = bytearray()
        for stream in range(1, 200_000, 2):
            octets += frame(HEADERS, END_HEADERS | END_STREAM, stream, REQUEST) + frame(RST_STREAM, 0, stream, b"\0\0\0\x08")
        self.capture.client(bytes(octets))
        report = self.watch(code=BROKEN)  # RQ13 too: requests without a message
        self.assertEqual(report["calls"]["judged"], 100_000)
        self.assertIn("ST09", self.failed)

    def test_continuation_flood(self):
        self.capture.client(frame(HEADERS, 0, 1, REQUEST))
        self.capture.client(frame(CONTINUATION, 0, 1, literal(b"x", b"y" * 100)) * 100_000)
        self.watch(code=INCONCLUSIVE)
        self.assertIn("ST09", self.failed)

    def test_settings_and_ping_flood(self):
        self.capture.client(frame(SETTINGS, 0, 0) * 200_000)
        self.capture.client(frame(PING, 0, 0, b"12345678") * 200_000)
        report = self.watch(code=INCONCLUSIVE)  # there was no call
        self.assertIn("ST09", self.failed)
        self.assertEqual(report["findings"]["errors"], 0)

    def test_hpack_bomb(self):
        value = b"z" * 4000
        insert = b"\x40\x01x" + integer(len(value), 7, 0) + value
        self.capture.client(frame(HEADERS, END_HEADERS, 1, REQUEST + insert))
        bomb = REQUEST + b"\xbe" * 16_000  # 64 MB of fields
        for stream in range(3, 203, 2):
            self.capture.client(frame(HEADERS, END_HEADERS, stream, bomb))
        report = self.watch(code=INCONCLUSIVE)
        self.assertIn("HP06", self.failed)
        self.assertEqual(report["findings"]["errors"], 0)
        self.assertIn("100 header blocks beyond what is decoded", " ".join(report["notes"]))

    def test_octet_by_octet(self):
        for stream in range(1, 2001, 2):
            self.capture.client(frame(HEADERS, END_HEADERS, stream, REQUEST) + frame(DATA, END_STREAM, stream, b"\0\0\0\0\0"), segment=1)
        report = self.watch(code=PROVEN)
        self.assertEqual(report["calls"]["judged"], 1000)
        self.assertEqual(report["findings"]["errors"], 0)

    def test_a_million_streams_that_never_end(self):
        for begin in range(1, 2_000_000, 20_000):
            self.capture.client(b"".join(frame(HEADERS, END_HEADERS, stream, REQUEST) for stream in range(begin, begin + 20_000, 2)))
        report = self.watch(code=INCONCLUSIVE)
        self.assertEqual(report["findings"]["errors"], 0)
        self.assertIn("not every call of the connection could be followed", {told.get("reason") for told in report["checks"].values()})
        self.assertIn("900000 calls not followed: more than 100000 streams were open", " ".join(report["notes"]))

    def test_a_message_of_a_billion_octets(self):
        self.capture.client(frame(HEADERS, END_HEADERS, 1, REQUEST))
        self.capture.client(frame(DATA, 0, 1, b"\0" + struct.pack(">I", 10**9)))
        for _ in range(4):
            self.capture.client(frame(DATA, 0, 1, b"\0" * 16_000))
        report = self.watch(code=PROVEN)
        self.assertIn("SD07", self.failed)  # the call that the end of the connection cut off
        self.assertEqual(report["findings"]["errors"], 0)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    unittest.main()
