#!/usr/bin/env python3
"""Bad networks and bad captures: whatever is lost, doubled, reordered or cut, nothing wrong is reported, and what was not seen is said.

The networks are namespaces that the test makes and removes; needs root. No packet leaves this machine.
"""

import collections
import contextlib
import json
import os
import pathlib
import random
import shutil
import signal
import struct
import subprocess
import unittest

from support import TESTIGO, Process, client_command, needs, run, start_server, start_tap, temporary_folder, wait_until, why_no_networks

PROVEN, BROKEN, INCONCLUSIVE = 0, 1, 3
NO_LEAK_CHECK = {"ASAN_OPTIONS": "detect_leaks=0"}  # of a process that has given up its identity
FORWARDER = pathlib.Path(__file__).resolve().with_name("tun_forwarder.py")
CAPTURES = pathlib.Path(__file__).resolve().parents[2] / "captures"
CLIENT, SERVER = "192.0.2.1", "198.51.100.1"  # of networks for documentation (RFC 5737)


def ip(*arguments):
    subprocess.run(["ip", *map(str, arguments)], check=True, capture_output=True)


class Networks(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)
        self.folder = self.stack.enter_context(temporary_folder())
        self.folder.chmod(0o777)

    def namespace(self, name):
        name = f"testigo-{os.getpid()}-{name}"
        ip("netns", "add", name)
        self.stack.callback(ip, "netns", "del", name)
        ip("-n", name, "link", "set", "lo", "up")
        return name

    def inside(self, namespace, *command, env=None):
        return self.stack.enter_context(Process("ip", "netns", "exec", namespace, *command, env=env))

    def cable(self, one, other, device, address, gateway):
        """From a host to the router; the host's device has the name `wire`, the router's the name of the host."""
        ip("link", "add", "wire", "netns", one, "type", "veth", "peer", "name", device, "netns", other)
        ip("-n", one, "addr", "add", f"{address}/24", "dev", "wire")
        ip("-n", other, "addr", "add", f"{gateway}/24", "dev", device)
        ip("-n", one, "link", "set", "wire", "up")
        ip("-n", other, "link", "set", device, "up")
        ip("-n", one, "route", "add", "default", "via", gateway)

    def routed(self):
        """client ── router ── server"""
        client, router, server = (self.namespace(name) for name in ("client", "router", "server"))
        self.cable(client, router, "client", CLIENT, "192.0.2.254")
        self.cable(server, router, "server", SERVER, "198.51.100.254")
        subprocess.run(["ip", "netns", "exec", router, "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward"], check=True)
        return client, router, server

    def server(self, namespace):
        command = [TESTIGO.replace("/testigo", "/testigo-greeter"), "server", "--listen", f"{SERVER}:50051"]
        self.inside(namespace, *command).line("listening on")

    def watch(self, namespace, interface, name):
        watch = self.inside(namespace, TESTIGO, "watch", "-i", interface, "--filter", "port 50051", "--json", "--write", "--payloads",
                            "--out", self.folder / name, env=NO_LEAK_CHECK)
        watch.line("listening on", err=True)
        return watch

    def calls(self, namespace, kind, payload_bytes, count=40):
        client = self.inside(namespace, *client_command(f"{SERVER}:50051", "--every", "20ms", "--count", count, "--kind", kind,
                                                        "--payload-bytes", payload_bytes, "--deadline", "20s"))
        self.assertEqual(client.wait(60), 0, client)

    def assert_all_seen(self, watch, count, perhaps_not_whole=False):
        """Every call with its method and status, and no finding at all.

        `perhaps_not_whole`: of a FIN that is lost, or overtaken by a reset, it cannot be told whether an octet came before it.
        """
        code = watch.stop(signal.SIGINT)
        if code != INCONCLUSIVE or not perhaps_not_whole:
            self.assertEqual(code, PROVEN, watch)
        lines = [json.loads(line) for line in watch.out]
        calls = [(line["method"], line["status"]) for line in lines if line["type"] == "call"]
        self.assertEqual(collections.Counter(status for _, status in calls), {0: count})
        self.assertEqual({method.rsplit("/", 1)[0] for method, _ in calls}, {"/testigo.greeter.v1.Greeter"})
        report = lines[-1]
        found = [line for line in lines if line["type"] == "finding"]
        self.assertEqual((report["findings"]["errors"], report["findings"]["warnings"]), (0, 0), found)
        self.assertEqual(report["notes"], [])
        if code == INCONCLUSIVE:
            self.assertEqual(report["claims"][0]["because"], "1 of 2 connections was not seen whole")
        return report


@needs("network", why_no_networks())
class BadNetworks(Networks):
    def test_a_router_that_drops(self):
        client, router, server = self.routed()
        self.server(server)
        drop = ["iptables", "-A", "FORWARD", "-p", "tcp", "-m", "statistic", "--mode", "nth", "--every", "9", "--packet", "3", "-j", "DROP"]
        subprocess.run(["ip", "netns", "exec", router, *drop], check=True)
        witnesses = [self.watch(router, "client", "near"), self.watch(router, "server", "far"), self.watch(router, "any", "both")]
        for kind, size in (("unary", 0), ("bidi", 20000)):
            self.calls(client, kind, size)
        retransmitted = 0
        for watch in witnesses:
            report = self.assert_all_seen(watch, 80, perhaps_not_whole=True)
            capture = pathlib.Path(report["evidence"]) / "wire.pcapng"
            shown = subprocess.run(["tshark", "-r", capture, "-Y", "tcp.analysis.retransmission"], capture_output=True, text=True, check=True)
            retransmitted += len(shown.stdout.splitlines())
        self.assertGreater(retransmitted, 20)  # else nothing was tested

    def test_a_network_that_reorders_doubles_cuts_and_drops(self):
        for seed in (1, 2, 3):
            with self.subTest(seed=seed), contextlib.ExitStack() as self.stack:
                client, server = self.namespace(f"client{seed}"), self.namespace(f"server{seed}")
                forwarder = self.stack.enter_context(
                    Process("python3", FORWARDER, "--seed", seed, f"{client}/tun0/{CLIENT}", f"{server}/tun0/{SERVER}"))
                forwarder.line("forwarding")
                self.server(server)
                witnesses = [self.watch(client, "tun0", f"near{seed}"), self.watch(server, "tun0", f"far{seed}")]
                for kind, size in (("unary", 0), ("server-stream", 5000)):
                    self.calls(client, kind, size, count=30)
                for watch in witnesses:
                    self.assert_all_seen(watch, 60, perhaps_not_whole=True)
                self.assertEqual(forwarder.stop(), 0, forwarder)
                done = dict(part.split("=") for part in forwarder.out[-1].split())
                self.assertTrue(all(int(count) > 10 for count in done.values()), done)

    def test_an_interface_that_vanishes(self):
        client, router, server = self.routed()
        self.server(server)
        watch = self.watch(router, "client", "gone")
        self.calls(client, "unary", 0, count=5)
        wait_until(lambda: len(watch.out) >= 5, "the calls")
        ip("-n", client, "link", "del", "wire")
        self.assertIn(watch.wait(), (PROVEN, INCONCLUSIVE), watch)
        report = json.loads(watch.out[-1])
        self.assertIn("client cannot be listened to any more", report["notes"][-1])
        self.assertEqual(report["calls"]["judged"], 5)


ENHANCED_PACKET, STATISTICS = 6, 5


class Capture:
    """The blocks of a pcapng file of one section in network byte order, as testigo writes it."""

    def __init__(self, file):
        octets = file.read_bytes()
        self.blocks = []
        while octets:
            kind, size = struct.unpack_from("!II", octets)
            self.blocks.append((kind, octets[8 : size - 4]))
            octets = octets[size:]

    def packets(self):
        return [i for i, (kind, _) in enumerate(self.blocks) if kind == ENHANCED_PACKET]

    def write(self, file, without=(), snap_length=None, end_mark=True):
        """With an end mark that counts what is there: as if nobody had ever captured the rest; or without one."""
        left_out = set(without)
        kept = [(kind, body) for i, (kind, body) in enumerate(self.blocks) if i not in left_out and (end_mark or kind != STATISTICS)]
        count = sum(kind == ENHANCED_PACKET for kind, _ in kept)
        file.write_bytes(b"".join(self.block(kind, body, count, snap_length) for kind, body in kept))

    @staticmethod
    def block(kind, body, count, snap_length):
        if kind == STATISTICS:
            at = body.index(struct.pack("!HH", 4, 8))  # packets received
            body = body[: at + 4] + struct.pack("!Q", count) + body[at + 12 :]
        if kind == ENHANCED_PACKET and snap_length:
            head, size = body[:12], struct.unpack_from("!I", body, 12)[0]
            kept = min(size, snap_length)
            body = head + struct.pack("!II", kept, struct.unpack_from("!I", body, 16)[0]) + body[20 : 20 + kept] + b"\0" * (-kept % 4)
        size = len(body) + 12
        return struct.pack("!II", kind, size) + body + struct.pack("!I", size)


class BadCaptures(unittest.TestCase):
    """A capture that lacks something is less of a witness, and never a false one."""

    @classmethod
    def setUpClass(cls):
        stack = contextlib.ExitStack()
        cls.addClassCleanup(stack.close)
        cls.folder = stack.enter_context(temporary_folder())
        process = run(TESTIGO, "verify", "--for", "400ms", "--every", "100ms", "--tolerance", "10s", "--out", cls.folder, "--json", patience=60)
        if process.code != PROVEN:
            raise AssertionError(process)
        cls.evidence = pathlib.Path(json.loads(process.out[-1])["evidence"])
        cls.capture = Capture(cls.evidence / "wire.pcapng")

    def judge(self, **changes):
        folder = self.folder / "changed"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.evidence, folder)
        self.capture.write(folder / "wire.pcapng", **changes)
        process = run(TESTIGO, "verify", "--evidence", folder, "--tolerance", "10s", "--json")
        report = json.loads(process.out[-1])
        broken = [f"{claim['number']}: {claim['because']}" for claim in report["claims"] if claim["outcome"] == "BROKEN"]
        self.assertIn(process.code, (PROVEN, INCONCLUSIVE), f"{changes}: {broken}")
        self.assertEqual(report["findings"]["errors"], 0, changes)
        return process.code

    def test_nothing_changed(self):
        self.assertEqual(self.judge(), PROVEN)

    def test_one_packet_is_missing(self):
        outcomes = collections.Counter()
        for i in self.capture.packets():
            with self.subTest(i):
                outcomes[self.judge(without=[i])] += 1
        self.assertGreater(outcomes[INCONCLUSIVE], len(self.capture.packets()) / 4)  # a bare acknowledgement is no loss

    def test_several_packets_are_missing(self):
        for seed in range(40):
            chosen = random.Random(seed)
            packets = self.capture.packets()
            with self.subTest(seed=seed):
                self.judge(without=chosen.sample(packets, chosen.randrange(2, len(packets) // 2)))

    def test_it_began_late(self):
        packets = self.capture.packets()
        for first in range(1, len(packets) * 3 // 4, 3):
            with self.subTest(first):
                self.judge(without=packets[:first])

    def test_it_ended_early(self):
        packets = self.capture.packets()
        for last in range(1, len(packets), 3):
            with self.subTest(last):
                self.judge(without=packets[last:], end_mark=False)

    def test_packets_are_cut(self):
        longest = max(struct.unpack_from("!I", self.capture.blocks[i][1], 12)[0] for i in self.capture.packets())
        outcomes = {snap_length: self.judge(snap_length=snap_length) for snap_length in (20, 60, 66, 70, 80, 100, 130, 160, 200, longest)}
        self.assertEqual(outcomes[80], INCONCLUSIVE)
        self.assertEqual(outcomes[longest], PROVEN)


class CutCaptures(unittest.TestCase):
    """Whatever octets of each packet are kept, nothing is held against those whose whole capture is clean."""

    def test_no_snap_length_makes_an_error(self):
        with temporary_folder() as folder:
            for name in ("cpp-h2c", "cpp-gzip", "go-h2c", "node-h2c", "python-gzip"):
                capture = Capture(CAPTURES / name / "input.pcapng")
                for snap_length in range(66, 500, 9):
                    with self.subTest(name, snap_length=snap_length):
                        capture.write(folder / "cut.pcapng", snap_length=snap_length)
                        self.assert_no_error(folder / "cut.pcapng")

    def assert_no_error(self, capture):
        process = run(TESTIGO, "watch", capture, "--json")
        report = json.loads(process.out[-1])
        self.assertIn(process.code, (PROVEN, INCONCLUSIVE), report["claims"])
        self.assertEqual(report["findings"]["errors"], 0)


class LateCaptures(unittest.TestCase):
    """Which end is the server's is told by what is said, not by which port is the lower one."""

    BELOW, ABOVE = 10007, 65007

    def test_a_server_above_its_clients_is_told_as_one_below(self):
        with temporary_folder() as folder:
            with start_server() as server, start_tap(server.address, folder / "tap", "--payloads") as tap:
                run(*client_command(tap.address, "--count", "500", "--every", "1ms"))
                tap.stop(signal.SIGINT)
            file = pathlib.Path(json.loads(tap.out[-1])["evidence"]) / "wire.pcapng"
            below, above = Capture(file), Capture(file)
            for capture, port in ((below, self.BELOW), (above, self.ABOVE)):
                self.move(capture, server.port, port)
            packets = below.packets()
            for first in range(10, 60, 3):  # behind the preface
                with self.subTest(first=first):
                    below.write(folder / "below.pcapng", without=packets[:first])
                    above.write(folder / "above.pcapng", without=packets[:first])
                    told = self.calls(folder / "below.pcapng")
                    self.assertGreater(len(told[0]), 100)
                    self.assertEqual(json.loads(json.dumps(told).replace(f".1:{self.BELOW}", f".1:{self.ABOVE}")), [*self.calls(folder / "above.pcapng")])

    @staticmethod
    def move(capture, old, new):
        for i in capture.packets():
            kind, body = capture.blocks[i]
            at = 20 + (body[20] & 15) * 4
            ports = [new if port == old else port for port in struct.unpack_from("!HH", body, at)]
            capture.blocks[i] = kind, body[:at] + struct.pack("!HH", *ports) + body[at + 4 :]

    def calls(self, capture):
        lines = [json.loads(line) for line in run(TESTIGO, "watch", capture, "--json").out]
        return [line for line in lines if line["type"] == "call"], lines[-1]["notes"]


if __name__ == "__main__":
    unittest.main()
