#!/usr/bin/env python3
"""testigo watch FILE as its user runs it: captures of every format, whole, cut and damaged; ours, and what others made of them."""

import gzip
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import socket
import stat
import struct
import subprocess
import time
import unittest

from dissected import tshark_fields
from support import TESTIGO, Process, client_command, needs, of_type, run, start_server, start_tap, temporary_folder, tshark, why_not_root

PROVEN, BROKEN, WRONG_USAGE, INCONCLUSIVE, ENVIRONMENT = 0, 1, 2, 3, 4


def in_parts(pcap, size):
    """The same packets of IPv4, as a router passes them on that takes so many octets at a time (RFC 791)."""
    out, at, number = [pcap[:24]], 24, 0
    while at < len(pcap):
        times, length = pcap[at:at + 8], struct.unpack("<I", pcap[at + 8:at + 12])[0]
        packet, at, number = pcap[at + 16:at + 16 + length], at + 16 + length, number + 1
        header, carried = packet[:20], packet[20:]
        for offset in range(0, len(carried), size):
            part = carried[offset:offset + size]
            more = 0x2000 if offset + size < len(carried) else 0
            fields = struct.pack(">HHH", 20 + len(part), number, offset // 8 | more)
            out.append(times + struct.pack("<II", 20 + len(part), 20 + len(part)) + header[:2] + fields + header[8:] + part)
    return out


def around(pcap, header):
    """The same packets of IPv4 in frames of Ethernet, each behind what `header` makes of it."""
    out, at = [pcap[:20] + struct.pack("<I", 1)], 24
    while at < len(pcap):
        times, length = pcap[at:at + 8], struct.unpack("<I", pcap[at + 8:at + 12])[0]
        packet = header(pcap[at + 16:at + 16 + length])
        out.append(times + struct.pack("<II", len(packet) + 12, len(packet) + 12) + bytes(12) + packet)
        at += 16 + length
    return b"".join(out)


def ipv4(protocol, carried):
    """One that is too long says nothing of its length, as where the network card cuts it."""
    length = 20 + len(carried)
    return struct.pack(">BBHHHBBH8s", 0x45, 0, length if length < 1 << 16 else 0, 0, 0, 64, protocol, 0, bytes(range(8))) + carried


def authenticated(packet):
    length = len(packet) + 24
    first = packet[:2] + struct.pack(">H", length if length < 1 << 16 else 0) + packet[4:9] + bytes([51]) + packet[10:20]
    return first + bytes([packet[9], 4]) + bytes(22) + packet[20:]


AROUND = {
    "mpls": lambda packet: b"\x88\x47\0\x01\0\x40\0\x02\x01\x40" + packet,
    "pppoe": lambda packet: b"\x88\x64\x11\0\0\x01\0\0\0\x21" + packet,
    "snap": lambda packet: b"\0\x40\xaa\xaa\x03\0\0\0\x08\0" + packet,
    "ah": lambda packet: b"\x08\0" + authenticated(packet),
    "ipip": lambda packet: b"\x08\0" + ipv4(4, packet),
    "gre": lambda packet: b"\x08\0" + ipv4(47, b"\x20\0\x08\0\0\0\0\x01" + packet),
    "vxlan": lambda packet: b"\x08\0" + ipv4(17, b"\xd4\x31\x12\xb5\0\0\0\0" + b"\x08\0\0\0\0\0\x01\0" + bytes(12) + b"\x08\0" + packet),
}


def untimed(watch):
    """What a run said, but for when it was judged."""
    return watch.code, [re.sub('"judged":"[^"]*"', "", line) for line in watch.out]


class Read(unittest.TestCase):
    """One capture for all: of two clients, four kinds and a call that fails, by a tap."""

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.folder = cls.enterClassContext(temporary_folder())
        with start_server() as server, start_tap(server.address, cls.folder / "tap", "--payloads") as tap:
            for kind in ("unary", "server-stream", "client-stream", "bidi"):
                for name in ("client1", "client2"):
                    run(*client_command(tap.address, "--name", name, "--count", "3", "--every", "10ms", "--kind", kind, "--messages", "4"))
            run(*client_command(tap.address, "--count", "1", "--payload-bytes", 5 << 20))
            tap.stop(signal.SIGINT)
            cls.lines = [json.loads(line) for line in tap.out]
        cls.calls, cls.report = of_type(cls.lines, "call"), cls.lines[-1]
        cls.port = server.port
        cls.capture = pathlib.Path(cls.report["evidence"]) / "wire.pcapng"
        cls.octets = cls.capture.read_bytes()

    def read(self, *arguments, code=PROVEN):
        """The lines of its calls, and its verdict."""
        watch = run(TESTIGO, "watch", "--json", *arguments)
        if code is not None:
            self.assertEqual(watch.code, code, watch)
        lines = [json.loads(line) for line in watch.out]
        self.assertEqual(lines[-1]["type"], "verdict")
        return of_type(lines, "call"), lines[-1]

    def converted(self, name, *command):
        file = self.folder / name
        subprocess.run([*command, str(self.capture), str(file)], check=True, capture_output=True)
        return file

    def test_a_capture_tells_what_the_tap_told(self):
        self.assertEqual(len(self.calls), 25)
        self.assertEqual([line["check"] for line in of_type(self.lines, "finding")], ["MG08"])  # the message that was refused
        calls, report = self.read(self.capture)
        self.assertEqual(calls, self.calls)
        self.assertEqual(report["checks"], self.report["checks"])
        self.assertEqual(report["wire"], f"read from {self.capture}")

    def test_filters_choose_what_is_shown_and_not_what_is_judged(self):
        for options, fits in (
            (["--method", "GreetMany"], lambda call: call["method"].endswith("/GreetMany")),
            (["--status", "failed"], lambda call: call["status"] != 0),
            (["--status", "resource_exhausted", "--status", "0"], lambda call: call["status"] in (0, 8)),
            (["--peer", self.calls[3]["client"]], lambda call: call["client"] == self.calls[3]["client"]),
            (["--min-latency", f"{self.calls[5]['latency_ns']}ns"], lambda call: call["latency_ns"] >= self.calls[5]["latency_ns"]),
            (["--finding", "RQ04"], lambda call: False),
        ):
            with self.subTest(options):
                calls, report = self.read(self.capture, *options)
                wanted = [call for call in self.calls if fits(call)]
                self.assertEqual(calls, wanted)
                self.assertEqual(report["calls"]["judged"], 25)
                self.assertEqual(sum(method["calls"] for method in report["summary"]["methods"]), len(wanted))
                self.assertIn(f"{len(wanted)} of 25 calls are shown and summed up; the verdict is about all of them", report["notes"])

    def test_any_number_of_workers_tells_the_same(self):
        many = self.folder / "many.pcapng"
        broken = sorted((pathlib.Path(__file__).parents[2] / "captures").glob("**/input.pcapng"))
        many.write_bytes(b"".join(file.read_bytes() for file in (self.capture, *broken)))
        for options in ([], ["--json"], ["--json", "--finding", "RT02"], ["--finding", "CN06", "--finding", "CN15"], ["--status", "failed"], ["--quiet"]):
            told = [untimed(run(TESTIGO, "watch", many, "--workers", workers, *options)) for workers in ("1", "2", "3", "16")]
            self.assertGreater(len(told[0][1]), 100 if not options else 1)
            self.assertEqual(told[0], told[1])
            self.assertEqual(told[0], told[2])
            self.assertEqual(told[0], told[3])
        no_capture = self.folder / "no-capture"
        no_capture.write_bytes(b"no capture at all")
        told = [untimed(run(TESTIGO, "watch", self.capture, no_capture, "--workers", workers)) for workers in ("1", "2")]
        self.assertEqual(told[0][0], ENVIRONMENT)
        self.assertGreater(len(told[0][1]), 10)  # calls before it
        self.assertEqual(*told)
        for workers in ("0", "65", "many"):
            watch = run(TESTIGO, "watch", self.capture, "--workers", workers)
            self.assertEqual(watch.code, WRONG_USAGE, watch)
        self.assertEqual(run(TESTIGO, "watch", "-i", "lo", "--workers", "2").code, WRONG_USAGE)

    def test_calls_are_summed_up_by_method(self):
        summary = self.read(self.capture)[1]["summary"]
        methods = {method["method"].rsplit("/", 1)[1]: method for method in summary["methods"]}
        self.assertEqual({name: method["outcomes"] for name, method in methods.items()},
                         {"Greet": {"OK": 6, "RESOURCE_EXHAUSTED": 1}, "GreetMany": {"OK": 6}, "GreetAll": {"OK": 6}, "Converse": {"OK": 6}})
        self.assertEqual(summary["connections"], len({call["connection"] for call in self.calls}))
        slowest = max(call["latency_ns"] for call in self.calls if call["method"].endswith("/Greet"))
        self.assertEqual(methods["Greet"]["latency_ns"]["max"], slowest)

    def test_every_frame_is_told_as_tshark_tells_it(self):
        lines = of_type(map(json.loads, run(TESTIGO, "watch", "--json", "--frames", "--quiet", self.capture).out), "frame")
        told = [(line["packet"], line["stream"], line["length"]) for line in lines]
        dissected = []
        for packet, streams, lengths in tshark_fields(self.capture, self.port, "http2.type", "frame.number", "http2.streamid", "http2.length"):
            dissected += [(int(packet[0]), int(stream), int(length)) for stream, length in zip(streams, lengths, strict=True)]
        self.assertEqual(told, dissected)

    def test_a_call_is_followed(self):
        call = self.calls[8]
        watch = run(TESTIGO, "watch", "--quiet", "--follow", f"{call['connection']}/{call['stream']}", self.capture)
        diagram = "\n".join(watch.out)
        self.assertIn(f"client {call['client']}", watch.out[1])
        self.assertIn(f":path: {call['method']}", diagram)
        self.assertRegex(diagram, rf"HEADERS stream {call['stream']} END_HEADERS .*▶│  \+0 ns, packet {call['packet']}")
        self.assertRegex(diagram, r"│◀.* HEADERS stream \d+ END_STREAM END_HEADERS")
        watch = run(TESTIGO, "watch", "--quiet", "--follow", "99/1", self.capture)
        self.assertIn("connection 99 showed nothing on stream 1", "\n".join(watch.out))

    def test_secrets_are_not_shown(self):
        for options in ([], ["--json"]):
            watch = run(TESTIGO, "watch", "--frames", "--secret", "Testigo-Id", self.capture, *options)
            self.assertNotIn("client1/", "\n".join(watch.out))
            self.assertIn("testigo-id", "\n".join(watch.out))

    def test_every_format_tells_the_same(self):
        packed = self.folder / "wire.pcapng.gz"
        packed.write_bytes(gzip.compress(self.octets))
        files = [packed, self.converted("nanoseconds.pcap", "editcap", "-F", "nsecpcap"), self.converted("plain.pcapng", "editcap", "-F", "pcapng")]
        for file in files:
            self.assertEqual(self.read(file)[0], self.calls, file.name)
        microseconds = self.read(self.converted("microseconds.pcap", "editcap", "-F", "pcap"))[0]
        without_times = [[{key: value for key, value in call.items() if key not in ("time", "latency_ns")} for call in calls] for calls in (microseconds, self.calls)]
        self.assertEqual(*without_times)
        self.assertEqual([call["time"][:26] for call in microseconds], [call["time"][:26] for call in self.calls])

    def test_packets_in_parts_tell_the_same(self):
        packets = in_parts(self.converted("whole.pcap", "editcap", "-F", "nsecpcap").read_bytes(), 1480)
        self.assertGreater(len(packets), 3000)
        parts = self.folder / "parts.pcap"
        parts.write_bytes(b"".join(packets))
        unnumbered = [[{key: value for key, value in call.items() if key != "packet"} for call in calls] for calls in (self.read(parts)[0], self.calls)]
        self.assertEqual(*unnumbered)
        parts.write_bytes(b"".join(packets[:2000] + packets[2001:]))
        report = self.read(parts, code=INCONCLUSIVE)[1]
        self.assertIn("it is a part of an IP packet that never became whole", json.dumps(report))

    def test_packets_in_tunnels_tell_the_same(self):
        whole = self.converted("to-wrap.pcap", "editcap", "-F", "nsecpcap").read_bytes()
        for name, header in AROUND.items():
            with self.subTest(name):
                file = self.folder / f"{name}.pcap"
                file.write_bytes(around(whole, header))
                calls, report = self.read(file)
                self.assertEqual(calls, self.calls)
                self.assertEqual(report["notes"], [])

    def test_several_files_are_one_capture(self):
        parts = self.folder / "parts"
        parts.mkdir()
        subprocess.run(["editcap", "-c", "50", str(self.capture), str(parts / "part.pcapng")], check=True, capture_output=True)
        files = sorted(parts.iterdir())
        self.assertGreater(len(files), 3)
        self.assertEqual(self.read(*files)[0], self.calls)

    def test_a_pipe_is_read_while_it_is_written(self):
        self.assertEqual(self.read_pipe(self.octets), self.calls)

    def read_pipe(self, octets):
        """In two halves, the second one once calls of the first were printed."""
        reading, writing = os.pipe()
        watch = subprocess.Popen([TESTIGO, "watch", "--json", "-"], stdin=reading, stdout=subprocess.PIPE)
        os.close(reading)
        with open(writing, "wb", buffering=0) as pipe:
            small = octets.index(b"Converse") // 4 * 4  # the 5 MB request comes behind it
            pipe.write(octets[:small])
            lines = [watch.stdout.readline()]
            pipe.write(octets[small:])
        lines += watch.stdout.read().splitlines()
        watch.stdout.close()
        self.assertEqual(watch.wait(20), PROVEN)
        return of_type(map(json.loads, lines), "call")

    def test_a_signal_ends_the_reading_of_a_pipe_with_a_verdict(self):
        reading, writing = os.pipe()
        watch = subprocess.Popen([TESTIGO, "watch", "--json", "-"], stdin=reading, stdout=subprocess.PIPE)
        os.close(reading)
        with open(writing, "wb", buffering=0) as pipe:
            pipe.write(self.octets[:self.octets.index(b"Converse")])
            watch.stdout.readline()
            time.sleep(0.5)  # it waits by now: nothing but the signal ends that
            watch.send_signal(signal.SIGINT)
            lines = watch.stdout.read().splitlines()
            watch.stdout.close()
        report = json.loads(lines[-1])
        self.assertEqual((report["type"], watch.wait(20)), ("verdict", PROVEN))
        self.assertIn("a signal ended the reading early", report["notes"][-1])

    def test_a_signal_ends_the_waiting_for_somebody_to_write(self):
        fifo = self.folder / "fifo"
        os.mkfifo(fifo)
        with Process(TESTIGO, "watch", fifo) as watch:
            time.sleep(0.5)
            self.assertTrue(watch.running, watch)
            self.assertEqual(watch.stop(signal.SIGTERM, patience=5), INCONCLUSIVE, watch)

    def test_every_file_named_is_there_or_nothing_is_read(self):
        for files in ([self.capture, self.folder / "none"], [self.folder / "none", self.capture]):
            watch = run(TESTIGO, "watch", *files)
            self.assertEqual((watch.code, watch.out), (ENVIRONMENT, []), watch)
            self.assertIn("none: No such file", watch.err[0])

    def test_what_was_compressed_is_read_up_to_its_damage(self):
        damaged = bytearray(gzip.compress(self.octets))
        damaged[-5] ^= 1  # of the checksum
        file = self.folder / "damaged.pcapng.gz"
        file.write_bytes(damaged)
        calls, report = self.read(file, code=INCONCLUSIVE)
        self.assertEqual(calls, self.calls)
        self.assertIn("incorrect data check", report["claims"][0]["because"])
        padded = self.folder / "padded.pcapng.gz"
        padded.write_bytes(gzip.compress(self.octets) + bytes(1000))
        self.assertEqual(self.read(padded)[0], self.calls)

    def test_a_file_before_the_last_that_was_cut_is_told(self):
        whole = self.converted("first.pcap", "editcap", "-F", "pcap").read_bytes()
        first = self.folder / "first-cut.pcap"
        first.write_bytes(whole[:len(whole) // 2])
        report = self.read(first, self.converted("second.pcap", "editcap", "-F", "pcap"), code=None)[1]
        self.assertTrue(any("of the files before the last one 1" in note for note in report["notes"]), report["notes"])

    def test_a_capture_that_was_cut_tells_what_is_there(self):
        file = self.folder / "cut.pcapng"
        file.write_bytes(self.octets[:self.octets.index(b"Converse") + 2])
        calls, report = self.read(file)
        self.assertTrue(calls)
        self.assertEqual([call for call in calls if call["ending"] != "still-open"], self.calls[:18])
        self.assertIn("it was cut, or is still written", report["notes"][-1])

    def test_damage_ends_the_reading_and_is_told(self):
        damaged = bytearray(self.octets)
        at = self.octets.index(b"Converse") // 4 * 4
        damaged[at - 200:at + 200] = b"\xff" * 400
        file = self.folder / "damaged.pcapng"
        file.write_bytes(damaged)
        calls, report = self.read(file, code=INCONCLUSIVE)
        self.assertEqual([call for call in calls if call["ending"] != "still-open"], self.calls[:18])
        self.assertIn("not everything was seen", report["claims"][0]["because"])

    def test_what_is_no_capture_is_one_clear_line(self):
        empty, text, locked = (self.folder / name for name in ("empty", "text", "locked"))
        empty.touch()
        text.write_text("this is no capture")
        packed = self.folder / "text.gz"
        packed.write_bytes(gzip.compress(b"this is no capture"))
        cases = [(empty, "is empty"), (text, "is no capture"), (packed, "is no capture"), (self.folder / "none", "No such file"), (self.folder, "Is a directory")]
        if os.geteuid() != 0:
            locked.touch(mode=0)
            cases.append((locked, "Permission denied"))
        for file, words in cases:
            watch = run(TESTIGO, "watch", file)
            self.assertEqual((watch.code, watch.out, len(watch.err)), (ENVIRONMENT, [], 1), watch)
            self.assertIn(words, watch.err[0])
            self.assertIn(str(file), watch.err[0])

    @needs("capture", why_not_root())
    def test_a_file_without_permission_is_one_clear_line(self):
        os.chmod(self.folder, 0o755)
        program, locked = self.folder / "testigo", self.folder / "locked.pcapng"
        shutil.copy(TESTIGO, program)
        locked.write_bytes(self.octets)
        locked.chmod(0o600)
        watch = run("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", program, "watch", locked)
        self.assertEqual((watch.code, watch.out, len(watch.err)), (ENVIRONMENT, [], 1), watch)
        self.assertIn(f"cannot read the capture {locked}: Permission denied", watch.err[0])

    def test_what_was_compressed_and_cut_tells_what_is_there(self):
        packed = gzip.compress(self.octets[:self.octets.index(b"Converse")])
        file = self.folder / "cut.pcapng.gz"
        file.write_bytes(packed[:-20])
        calls, report = self.read(file)
        whole = [call for call in calls if call["ending"] != "still-open"]
        self.assertTrue(whole)
        self.assertEqual(whole, self.calls[:len(whole)])
        self.assertIn("it was cut, or is still written", report["notes"][-1])

    def test_a_fifo_that_ends_at_once_holds_nothing(self):
        fifo = self.folder / "empty-fifo"
        os.mkfifo(fifo)
        with Process(TESTIGO, "watch", "--json", fifo) as watch:
            with open(fifo, "wb"):
                pass
            self.assertEqual(watch.wait(), INCONCLUSIVE, watch)
        self.assertEqual(json.loads(watch.out[-1])["claims"][0]["because"], "no connection was seen that could be judged")

    def test_what_was_captured_by_others_may_hold_anything(self):
        """UDP, fragments and half packets beside gRPC: other protocols are nobody's business, what cannot be read is said."""
        text = self.folder / "udp.txt"
        text.write_text("0000 45 00 00 1c 00 00 00 00 40 11 00 00 7f 00 00 01 7f 00 00 01 00 35 00 35 00 08 00 00\n")
        udp = self.folder / "udp.pcap"
        subprocess.run(["text2pcap", "-q", "-F", "pcap", "-l", "101", str(text), str(udp)], check=True, capture_output=True)
        self.assertEqual(self.read(udp, self.capture)[0], [{**call, "packet": call["packet"] + 1} for call in self.calls])
        part = self.folder / "part.pcap"
        part.write_bytes(udp.read_bytes().replace(b"\x00\x00\x00\x00\x40\x11", b"\x00\x00\x20\x00\x40\x06"))
        report = self.read(part, self.capture, code=INCONCLUSIVE)[1]
        self.assertIn("1 packet could not be read", report["claims"][0]["because"])
        esp = self.folder / "esp.pcap"
        esp.write_bytes(udp.read_bytes().replace(b"\x40\x11", b"\x40\x32"))
        self.assertIn("1 packet of IPsec ESP (encrypted) was not read, packet 1 first: calls in it were not seen", self.read(esp, self.capture)[1]["notes"])
        self.assertNotIn("not read", json.dumps(self.read(udp, self.capture)[1]["notes"]))

    def keep(self, *options, capture=None, code=PROVEN):
        out = self.folder / "kept.pcapng"
        report = self.read(capture or self.capture, "--keep", out, *options, code=code)[1]
        return out, report

    def test_connections_of_the_calls_that_are_shown_are_kept(self):
        for options, fits in (([], lambda call: True), (["--status", "failed"], lambda call: call["status"] != 0),
                              (["--method", "Converse"], lambda call: call["method"].endswith("/Converse")),
                              (["--peer", self.calls[3]["client"]], lambda call: call["client"] == self.calls[3]["client"]),
                              (["--finding", "MG08"], lambda call: call["status"] == 8), (["--method", "none"], lambda call: False)):
            with self.subTest(options):
                clients = {call["client"] for call in self.calls if fits(call)}
                out, report = self.keep(*options)
                each = "a finding that was asked for" if "--finding" in options else "a call that is shown"
                self.assertIn(f"packets of {len(clients)} connections, each with {each};", report["notes"][-1])
                self.assertEqual(out.stat().st_mode & 0o777, 0o600)
                kept = self.read(out, code=PROVEN if clients else INCONCLUSIVE)[0]
                self.assertEqual([self.unnumbered(call) for call in kept], [self.unnumbered(call) for call in self.calls if call["client"] in clients])

    def test_what_is_found_of_a_connection_at_its_end_shows_its_calls(self):
        breaks = pathlib.Path(__file__).parents[2] / "captures/breaks"
        for check in ("CN04", "CN06", "CN13", "CN15"):
            for workers in ("1", "2"):
                with self.subTest(check, workers=workers):
                    capture = breaks / check / "input.pcapng"
                    options = ("--finding", check, "--workers", workers)
                    told, report = self.read(capture, *options, code=None)
                    kept, copied = self.keep(*options, capture=capture, code=None)
                    found = {finding["wire"]["connection"] for finding in of_type(self.lines_of(capture), "finding") if finding["check"] == check}
                    calls = [call for call in self.read(capture, code=None)[0] if call["connection"] in found]
                    self.assertNotEqual(found, set())
                    self.assertEqual(told, calls)
                    self.assertEqual(report["summary"]["connections"] > 0, True)
                    self.assertNotRegex(copied["notes"][-1], "holds 0 packets")
                    self.assertIn(check, {finding["check"] for finding in of_type(self.lines_of(kept), "finding")})

    @staticmethod
    def lines_of(capture):
        return [json.loads(line) for line in run(TESTIGO, "watch", "--json", capture).out]

    @staticmethod
    def unnumbered(call):
        return {name: value for name, value in call.items() if name not in ("packet", "connection")}

    def test_what_is_kept_is_masked(self):
        out, report = self.keep("--payloads", "--secret", "testigo-id")
        self.assertEqual(report["masked"][0]["name"], "testigo-id")
        self.assertIn(b"\x0a\x07client1", out.read_bytes())  # of a request
        self.assertNotIn(b"client1/", out.read_bytes())
        self.assertNotIn(b"\x0a\x07client1", self.keep()[0].read_bytes())

    def test_packets_in_parts_are_kept_with_their_connection(self):
        parts = self.folder / "parts-kept.pcap"
        whole = self.converted("whole-kept.pcap", "editcap", "-F", "nsecpcap").read_bytes()
        parts.write_bytes(b"".join(in_parts(whole[:whole.index(b"Converse")], 48)[:-10]))
        out, _ = self.keep("--method", "GreetMany", capture=parts)
        wanted = [call for call in self.calls if call["method"].endswith("/GreetMany")]
        self.assertEqual([self.unnumbered(call) for call in self.read(out)[0]], [self.unnumbered(call) for call in wanted])
        ports = {port for packet in tshark(out, self.port, "tcp", "tcp.srcport", "tcp.dstport") for port in packet}
        self.assertEqual(ports, {str(self.port), *(call["client"].rpartition(":")[2] for call in wanted)})

    def test_packets_in_tunnels_are_kept_and_masked(self):
        whole = self.converted("wrap-kept.pcap", "editcap", "-F", "nsecpcap").read_bytes()
        for name, header in AROUND.items():
            with self.subTest(name):
                file = self.folder / f"kept-{name}.pcap"
                file.write_bytes(around(whole, header))
                out, _ = self.keep("--method", "GreetMany", "--secret", "testigo-id", capture=file)
                wanted = [call for call in self.read(file)[0] if call["method"].endswith("/GreetMany")]
                self.assertEqual([call["method"] for call in self.read(out)[0]], [call["method"] for call in wanted])
                self.assertNotIn(b"client1/", out.read_bytes())
                self.assertNotIn(b"\x0a\x07client1", out.read_bytes())

    def test_what_cannot_be_kept_is_one_clear_line(self):
        octets = self.capture.read_bytes()
        cases = [(["--keep", self.capture, self.capture], WRONG_USAGE, "would write over"),
                 (["--keep", self.folder / "none" / "out.pcapng", self.capture], ENVIRONMENT, "cannot write the capture"),
                 (["--keep", self.folder / "out.pcapng", "-"], WRONG_USAGE, "a pipe can be read once"),
                 (["--payloads", self.capture], WRONG_USAGE, "--keep")]
        for options, code, words in cases:
            with self.subTest(options):
                watch = subprocess.run([TESTIGO, "watch", *map(str, options)], input=octets, capture_output=True, check=False)
                self.assertEqual(watch.returncode, code, watch)
                self.assertIn(words, watch.stderr.decode())
        self.assertEqual(self.capture.read_bytes(), octets)

    def test_nothing_but_a_capture_is_written_over(self):
        other, text, link, empty, fifo, node = (self.folder / name for name in ("target-other", "target-text", "target-link", "target-empty", "target-fifo", "target-node"))
        other.write_bytes(self.octets)
        text.write_text("mine")
        text.chmod(0o644)
        link.symlink_to(empty)
        empty.touch()
        os.mkfifo(fifo, 0o640)
        cases = [(other, "would write over"), (text, "file that is no pcapng capture"), (link, "link"), (fifo, "device, pipe or socket"), (self.folder, "folder")]
        if why_not_root() is None:
            os.mknod(node, 0o640 | stat.S_IFCHR, os.makedev(1, 3))
            cases.append((node, "device, pipe or socket"))
        for target, told in cases:
            with self.subTest(target):
                mode = target.stat().st_mode
                watch = run(TESTIGO, "watch", "-q", self.capture, "--other-side", other, "--keep", target)
                self.assertEqual((watch.code, watch.out, len(watch.err)), (WRONG_USAGE, [], 1), watch)
                self.assertIn(told, watch.err[0])
                self.assertEqual(target.stat().st_mode, mode)
        self.assertEqual((other.read_bytes(), text.read_text(), link.is_symlink()), (self.octets, "mine", True))
        for target in (empty, other):
            self.read(self.capture, "--keep", target)
            self.assertEqual(self.read(target)[1]["calls"]["judged"], 25)

    def test_a_full_disk_ends_the_copy_and_not_the_verdict(self):
        def little_room():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))

        out = self.folder / "little.pcapng"
        out.write_bytes(self.octets)
        watch = subprocess.run([TESTIGO, "watch", "--json", self.capture, "--keep", out], capture_output=True, check=False, preexec_fn=little_room)
        self.assertEqual(watch.returncode, ENVIRONMENT, watch.stderr)
        self.assertEqual(json.loads(watch.stdout.splitlines()[-1])["verdict"], "PROVEN")
        self.assertEqual(watch.stderr.decode(), f"testigo: cannot write the capture {out}: File too large\n")
        self.assertEqual((out.read_bytes(), list(self.folder.glob("little.*"))), (self.octets, [out]))  # what was there

    def test_lines_are_handed_to_the_system_in_large_pieces(self):
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)  # of which each write is one message
        with ours, theirs, subprocess.Popen([TESTIGO, "watch", "--frames", "--json", self.capture], stdout=theirs) as watch:
            theirs.close()
            pieces = list(iter(lambda: ours.recv(1 << 20), b""))
        told = b"".join(pieces)
        self.assertEqual((watch.returncode, json.loads(told.splitlines()[-1])["verdict"]), (PROVEN, "PROVEN"))
        self.assertGreater(len(told), 1 << 17)
        self.assertLess(len(pieces), 2 + len(told) / (1 << 15), [len(piece) for piece in pieces])

    def test_what_belongs_to_an_interface_does_not_go_with_files(self):
        for options in (["-i", "lo"], ["--write"], ["--for", "1s"], ["--filter", "tcp"]):
            watch = run(TESTIGO, "watch", *options, self.capture)
            self.assertEqual(watch.code, WRONG_USAGE, watch)


if __name__ == "__main__":
    unittest.main()
