#!/usr/bin/env python3
"""A verdict on evidence that is still being collected (testigo verify --after, --repeat): once there is enough, again and again, until a signal."""

import contextlib
import datetime
import json
import re
import signal
import time
import unittest

from support import TESTIGO, Process, client_command, of_type, read_json_lines, run, start_server, temporary_folder, wait_until

PROVEN, BROKEN = 0, 1
CLIENTS = ("client1", "client2")
LATE = 3.0  # seconds that a verdict may come late on a busy machine


class Repeated(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)
        self.folder = self.stack.enter_context(temporary_folder())
        self.server = self.stack.enter_context(start_server("--statements", self.folder / "server.jsonl"))
        tap = self.start(TESTIGO, "tap", "--listen", "127.0.0.1:0", "--to", self.server.address, "--payloads", "--out", self.folder)
        address = tap.line(r"listening on (\S+),", err=True)[1]
        self.evidence, = self.folder.glob("*-tap")
        self.statements = self.evidence / "statements"
        self.statements.mkdir(exist_ok=True)
        (self.folder / "server.jsonl").rename(self.statements / "server.jsonl")  # the server goes on writing there
        for name in CLIENTS:
            self.start(*client_command(address, "--name", name, "--every", "100ms", "--deadline", "1s",
                                       "--statements", self.statements / f"{name}.jsonl"))

    def start(self, *command):
        return self.stack.enter_context(Process(*command))

    def verify(self, *options):
        return self.start(TESTIGO, "verify", "--evidence", self.evidence, "--tolerance", "10s", "--json", *options)

    def verdict(self, verify, number):
        """Of that number, from 1, as soon as it stands there."""
        wait_until(lambda: len(verify.out) >= number or not verify.running, verify.__str__)
        self.assertTrue(verify.running, verify)
        return json.loads(verify.out[number - 1])

    def assert_verdict(self, report, verdict):
        said = [*(f"{claim['number']} {claim['outcome']}: {claim['because']}" for claim in report["claims"]), *report["notes"]]
        self.assertEqual(report["verdict"], verdict, "\n".join(said))

    def assert_ends(self, verify, number, code, verdicts):
        """At once, and without one more verdict."""
        asked = time.monotonic()
        self.assertEqual(verify.stop(number), code, verify)
        self.assertLess(time.monotonic() - asked, LATE)
        self.assertEqual(len(verify.out), verdicts)

    def test_a_first_one_and_the_next(self):
        verify = self.verify("--after", "2s", "--repeat", "3s")
        verify.line("waiting until the clients' statements cover 2 s", err=True)
        first = self.verdict(verify, 1)
        self.assert_verdict(first, "PROVEN")
        for name in CLIENTS:
            begun = time_of(read_json_lines(self.statements / f"{name}.jsonl")[0])
            self.assertGreaterEqual(judged(first) - begun, 2)
            self.assertLess(judged(first) - begun, 2 + LATE)
        killed = time.time()
        self.server.send(signal.SIGKILL)
        second = self.verdict(verify, 2)
        self.assert_verdict(second, "BROKEN")
        self.assertGreaterEqual(judged(second) - judged(first), 3)
        self.assertLess(judged(second) - judged(first), 3 + LATE)
        self.assert_only_later(second, killed - 1)  # a call may have been open for its deadline
        self.assert_ends(verify, signal.SIGTERM, BROKEN, verdicts=2)  # the code is that of the last one

    def assert_only_later(self, report, earliest):
        """The second verdict is on all that there is, and breaks claims by calls that started then or later."""
        started = {line["id"]: time_of(line) for name in CLIENTS for line in of_type(read_json_lines(self.statements / f"{name}.jsonl"), "started")}
        named = {exhibit["call"] for claim in report["claims"] if claim["outcome"] == "BROKEN" for exhibit in claim["exhibits"] if "call" in exhibit}
        self.assertGreater(len(named), 10)
        self.assertGreater(report["calls"]["judged"], len(named))
        self.assertEqual([call for call in named if started[call] < earliest], [])

    def test_others_are_as_strict_afterwards(self):
        def tolerated():
            report = run(TESTIGO, "report", self.evidence, "--json")
            return re.findall(r"--tolerance ([\d.]+ \w+)", json.loads(report.out[-1])["claims"][4]["because"])
        self.assertEqual(tolerated(), [])
        verify = self.verify("--after", "300ms", "--repeat", "300ms")
        self.verdict(verify, 1)
        self.assertEqual(tolerated(), ["10 s"])
        verify.stop(signal.SIGTERM)
        self.assertEqual(tolerated(), ["10 s"])

    def test_it_ends_in_order(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(number):
                verify = self.verify("--after", "300ms", "--repeat", "300ms")
                for verdict in (1, 2):
                    self.assert_verdict(self.verdict(verify, verdict), "PROVEN")
                self.assertEqual(verify.stop(number), PROVEN, verify)
        self.assert_verdict(json.loads((self.evidence / "report.json").read_text()), "PROVEN")

    def test_a_signal_while_it_waits_brings_what_there_is(self):
        self.verdict(self.verify("--after", "300ms", "--repeat", "1h"), 1)
        verify = self.verify("--after", "1h", "--repeat", "1h")
        verify.line("another verdict is repeated in this folder: judging once", err=True)
        verify.line("waiting until the clients' statements cover", err=True)
        self.assert_ends(verify, signal.SIGTERM, PROVEN, verdicts=1)
        self.assert_verdict(json.loads(verify.out[0]), "PROVEN")


def time_of(line):
    """Seconds since 1970."""
    return datetime.datetime.fromisoformat(line["time"]).timestamp()


def judged(report):
    return time_of({"time": report["judged"]})


if __name__ == "__main__":
    unittest.main()
