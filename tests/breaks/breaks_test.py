#!/usr/bin/env python3
"""Each check fails where its capture breaks it, with what that drags along and nothing else; of its clean neighbour nothing is told."""

import collections
import gzip
import itertools
import json
import unittest

from make_breaks import BREAKS, ENTRIES, ROOT, captures, expected, explained, made, other_side, unbroken
from support import TESTIGO, run, temporary_folder, tshark

import conversation
import packets

# Checks that no edited capture can show, and the test that does.
SHOWN_ELSEWHERE = {"TL01": "tests/e2e/tls_test.py", "TL02": "tests/e2e/tls_test.py", "RS13": "tests/e2e/reported_test.py",
                   "SD06": "tests/e2e/reported_test.py"}
FILTER_SHOWS_ANOTHER = {"BH04": "the PING", "BH07": "the refusal", "HP06": "the limit", "PX10": "the reset", "SD07": "the end of the connection"}
OCTETS_MAX = 1_500_000  # of all files
BY_PROTO = ["--proto", ROOT / "proto/testigo/greeter/v1/greeter.proto"]
DECLARED = {"MG06": BY_PROTO, "MG07": BY_PROTO, "EX01": [*BY_PROTO, "--relation", "reply.client=request.client"]}  # what a check needs to be told
SERVER_PORT, FIRST_PORT = 50_051, 10_000  # and that of the clients, where all conversations stand in one capture
PORTS_EACH = 16
OF_EVERY_HOP = "the hop added"  # a remark


def file_of(entry, name):
    plain = BREAKS / entry.name / f"{name}.pcapng"
    return plain if plain.exists() else plain.with_name(f"{name}.pcapng.gz")


def octets_of(file):
    return gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()


def expectation(entry):
    return json.loads((BREAKS / entry.name / "expect.json").read_text(encoding="utf-8"))


def watched(entry, name):
    """The exit code, findings of grade error and warning, and remarks."""
    behind_hop = file_of(entry, other_side(name))
    sides = ["--other-side", behind_hop] if behind_hop.exists() else []
    watch = run(TESTIGO, "watch", "--json", file_of(entry, name), *sides, *DECLARED.get(entry.check, []))
    lines = [json.loads(line) for line in watch.out]
    remarks = [finding for finding in lines[-1]["findings"]["first"] if finding["severity"] == "info" and OF_EVERY_HOP not in finding["text"]]
    return watch.code, [line for line in lines if line["type"] == "finding"], remarks


def place(finding):
    """The packet, and whether it is that of the other side of a hop."""
    where = finding.get("wire", finding)
    return where["packet"], where.get("other_side", False)


def summed(findings):
    """How often each check failed at each grade, and where first."""
    times, first = collections.Counter(), {}
    for finding in findings:
        key = finding["check"], finding["severity"]
        times[key] += finding.get("times", 1)
        first.setdefault(key, place(finding))
    return {key: (count, first[key]) for key, count in times.items()}


def write_all(file):
    """Every conversation, each from a port of its own: how many packets stand before each side, and how many there are."""
    written, packets_before = [], {}
    for entry, port in zip(ENTRIES.values(), itertools.count(FIRST_PORT, PORTS_EACH)):
        talk, _ = made(entry)
        ports = iter(range(port, port + PORTS_EACH))
        for side in filter(None, (talk, talk.other_side)):
            for one in (side, *side.beside):
                one.ends = ("127.0.0.1", next(ports)), ("127.0.0.1", SERVER_PORT)
            packets_before[entry.name, side is not talk] = len(written)
            written += conversation.packets_of(side)[0]
    file.write_bytes(packets.capture_of(written))
    return packets_before, len(written)


class Breaks(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.all_in_one = cls.enterClassContext(temporary_folder()) / "all.pcapng"
        cls.packets_before, cls.packet_count = write_all(cls.all_in_one)

    def test_every_check_that_is_judged_has_one(self):
        checks = {entry.name for entry in ENTRIES.values() if entry.clean}
        self.assertEqual(set(explained()), checks | set(SHOWN_ELSEWHERE))
        self.assertFalse(checks & set(SHOWN_ELSEWHERE))

    def test_the_folders_hold_what_is_made(self):
        """`make breaks` makes them anew, where this fails."""
        self.assertEqual({folder.name for folder in BREAKS.iterdir() if folder.is_dir()}, set(ENTRIES))
        self.assertLess(sum(file.stat().st_size for file in BREAKS.rglob("*.*")), OCTETS_MAX)
        for entry in ENTRIES.values():
            with self.subTest(entry.name):
                talk, told = made(entry)
                octets = captures("input", talk)
                if entry.clean:
                    octets |= captures("clean", made(entry, clean=True)[0])
                self.assertEqual({name: octets_of(file_of(entry, name)) for name in octets}, octets)
                self.assertEqual(len(list((BREAKS / entry.name).glob("*.pcapng*"))), len(octets))
                self.assertEqual(expectation(entry), expected(entry, talk, told))

    def test_a_copy_without_bodies_tells_nothing_more(self):
        """Where bodies could not be divided into messages."""
        for name in ("MG01", "MG01-reply", "RQ05"):
            with self.subTest(name), temporary_folder() as folder:
                original, copy = file_of(ENTRIES[name], "input"), folder / "copy.pcapng"
                run(TESTIGO, "watch", original, "--keep", copy)
                told = [[line for line in map(json.loads, run(TESTIGO, "watch", "--json", file).out) if line["type"] == "finding"]
                        for file in (original, copy)]
                self.assertEqual(*(summed(findings) for findings in told))

    def test_each_tells_what_is_expected(self):
        for entry in ENTRIES.values():
            with self.subTest(entry.name):
                code, findings, remarks = watched(entry, "input")
                expect = expectation(entry)
                self.assertEqual(summed(findings), summed(one for one in expect["findings"] if one["severity"] != "info"))
                self.assertEqual(code, expect["exit_code"])
                for remark in (one for one in expect["findings"] if one["severity"] == "info"):
                    self.assert_told(remark, remarks)
                if not expect["findings"]:
                    self.assertNotIn(entry.check, [remark["check"] for remark in remarks])

    def assert_told(self, remark, remarks):
        own = [(place(one), remark["text"] in one["text"]) for one in remarks if one["check"] == remark["check"]]
        self.assertEqual(own, [(place(remark), True)], remarks)

    def test_of_its_neighbour_nothing_is_told(self):
        for entry in (entry for entry in ENTRIES.values() if entry.clean):
            with self.subTest(entry.name):
                code, findings, remarks = watched(entry, "clean")
                self.assertEqual((code, findings), (unbroken(entry), []))
                if expectation(entry)["findings"][0]["severity"] == "info":
                    self.assertNotIn(entry.check, [remark["check"] for remark in remarks])

    def test_tshark_finds_nothing_wrong_with_tcp(self):
        wrong = "tcp.checksum.status != 1 || ip.checksum.status == 0 || tcp.analysis.flags && !tcp.analysis.keep_alive"
        self.assertEqual(tshark(self.all_in_one, SERVER_PORT, wrong, "frame.number", "tcp.srcport", "_ws.col.Info"), [])
        self.assertEqual(len(tshark(self.all_in_one, SERVER_PORT, "tcp", "frame.number")), self.packet_count)

    def test_the_filter_of_a_check_shows_the_packet(self):
        """As `testigo explain` tells it; all of them in one go."""
        rows = explained()
        entries = [entry for entry in ENTRIES.values() if entry.clean and entry.check not in FILTER_SHOWS_ANOTHER]
        first_ports = dict(zip(ENTRIES, itertools.count(FIRST_PORT, PORTS_EACH)))
        ports = {name: f"{{{port}..{port + PORTS_EACH - 1}}}" for name, port in first_ports.items()}
        either = " || ".join(f"(tcp.port in {ports[entry.name]} && ({rows[entry.check]['filter']}))" for entry in entries)
        shown = {int(line[0]) for line in tshark(self.all_in_one, SERVER_PORT, either, "frame.number")}
        self.assertEqual([entry.name for entry in entries if self.first_packet(entry) not in shown], [])

    def first_packet(self, entry):
        """Of all in one."""
        packet, behind_hop = place(expectation(entry)["findings"][0])
        return self.packets_before[entry.name, behind_hop] + packet


if __name__ == "__main__":
    unittest.main()
