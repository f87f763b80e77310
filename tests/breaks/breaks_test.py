#!/usr/bin/env python3
"""Each check fails where its capture breaks it, with what that drags along and nothing else; of its clean neighbour nothing is told."""

import collections
import gzip
import json
import unittest

from make_breaks import BREAKS, ENTRIES, capture, expected, explained, made
from support import TESTIGO, run, temporary_folder, tshark

import conversation
import packets

SHOWN_ELSEWHERE = {}  # checks that no edited capture can show: the test that does
OCTETS_MAX = 1_500_000  # of all files
PROVEN = 0
FIRST_PORT = 10_000  # of the clients, where all conversations stand in one capture


def file_of(entry, name):
    plain = BREAKS / entry.name / f"{name}.pcapng"
    return plain if plain.exists() else plain.with_name(f"{name}.pcapng.gz")


def octets_of(file):
    return gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()


def expectation(entry):
    return json.loads((BREAKS / entry.name / "expect.json").read_text(encoding="utf-8"))


def watched(file):
    """The exit code, findings of grade error and warning, and remarks."""
    watch = run(TESTIGO, "watch", "--json", file)
    lines = [json.loads(line) for line in watch.out]
    remarks = [finding for finding in lines[-1]["findings"]["first"] if finding["severity"] == "info"]
    return watch.code, [line for line in lines if line["type"] == "finding"], remarks


def summed(findings):
    """How often each check failed at each grade, and in which packet first."""
    times, packet = collections.Counter(), {}
    for finding in findings:
        key = finding["check"], finding["severity"]
        times[key] += finding.get("times", 1)
        packet.setdefault(key, finding["packet"] if "packet" in finding else finding["wire"]["packet"])
    return {key: (count, packet[key]) for key, count in times.items()}


class Breaks(unittest.TestCase):
    maxDiff = None

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
                octets, numbers = capture(talk)
                self.assertEqual(octets_of(file_of(entry, "input")), octets)
                if entry.clean:
                    self.assertEqual(octets_of(file_of(entry, "clean")), capture(made(entry, clean=True)[0])[0])
                self.assertEqual(expectation(entry), expected(entry, told, numbers))

    def test_each_tells_what_is_expected(self):
        for entry in ENTRIES.values():
            with self.subTest(entry.name):
                code, findings, remarks = watched(file_of(entry, "input"))
                expect = expectation(entry)
                self.assertEqual(summed(findings), summed(one for one in expect["findings"] if one["severity"] != "info"))
                self.assertEqual(code, expect["exit_code"])
                for remark in (one for one in expect["findings"] if one["severity"] == "info"):
                    self.assert_told(remark, remarks)

    def assert_told(self, remark, remarks):
        own = [(one["wire"]["packet"], remark["text"] in one["text"]) for one in remarks if one["check"] == remark["check"]]
        self.assertEqual(own, [(remark["packet"], True)], remarks)

    def test_of_its_neighbour_nothing_is_told(self):
        for entry in (entry for entry in ENTRIES.values() if entry.clean):
            with self.subTest(entry.name):
                code, findings, remarks = watched(file_of(entry, "clean"))
                self.assertEqual((code, findings), (PROVEN, []))
                if expectation(entry)["findings"][0]["severity"] == "info":
                    self.assertNotIn(entry.check, [remark["check"] for remark in remarks])

    def test_tshark_finds_nothing_wrong_with_tcp(self):
        """All in one capture, each from a port of its own."""
        written = []
        for number, entry in enumerate(ENTRIES.values()):
            talk, _ = made(entry)
            (address, _), server = talk.ends
            talk.ends = (address, FIRST_PORT + number), server
            written += conversation.packets_of(talk)[0]
        with temporary_folder() as folder:
            file = folder / "all.pcapng"
            file.write_bytes(packets.capture_of(written))
            wrong = "tcp.checksum.status != 1 || ip.checksum.status == 0 || tcp.analysis.flags && !tcp.analysis.keep_alive"
            self.assertEqual(tshark(file, 1, wrong, "frame.number", "tcp.srcport", "_ws.col.Info"), [])
            self.assertEqual(len(tshark(file, 1, "tcp", "frame.number")), len(written))


if __name__ == "__main__":
    unittest.main()
