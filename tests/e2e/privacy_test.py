#!/usr/bin/env python3
"""What a capture discloses of other people's traffic: names and lengths, no secrets, and no bodies unless they are asked for."""

import contextlib
import json
import pathlib
import re
import signal
import unittest

from support import TESTIGO, Process, client_command, headers_seen_by_tshark, needs_capture, run, start_server, temporary_folder, tshark

PROVEN = 0
NAME = "a-client-with-a-name-that-is-a-secret"


class Privacy(unittest.TestCase):
    maxDiff = None

    def witness(self, server, folder, *options):
        """A witness of the server's traffic, and where to call."""
        tap = Process(TESTIGO, "tap", "--listen", "127.0.0.1:0", "--to", server.address, "--out", folder, "--json", *options)
        return tap, lambda: tap.line(r"listening on (\S+),", err=True)[1]

    def capture(self, *options):
        """The capture of three calls by a witness with these options, as octets."""
        stack = contextlib.ExitStack()
        self.addCleanup(stack.close)
        with contextlib.ExitStack() as processes:
            folder = stack.enter_context(temporary_folder())
            server = processes.enter_context(start_server())
            self.port = server.port
            tap, address = self.witness(server, folder, *options)
            processes.enter_context(tap)
            self.assertEqual(run(*client_command(address(), "--name", NAME, "--count", "3", "--every", "10ms")).code, 0)
            self.assertEqual(tap.stop(signal.SIGINT), PROVEN, tap)
            self.report = json.loads(tap.out[-1])
            self.text = (pathlib.Path(self.report["evidence"]) / "report.txt").read_text()
            self.file = pathlib.Path(self.report["evidence"]) / "wire.pcapng"
            self.assertEqual(self.file.stat().st_mode & 0o777, 0o600)
            return self.file.read_bytes()

    def malformed(self):
        return tshark(self.file, self.port, "_ws.malformed && !protobuf", "frame.number")

    def test_secrets_and_bodies_are_not_written(self):
        octets = self.capture("--secret", "Testigo-Id")
        self.assertNotIn(NAME.encode(), octets)
        self.assertIn(b"secrets masked; without message bodies", octets)
        self.assertEqual(self.malformed(), [])
        fields = headers_seen_by_tshark(self.file, self.port)
        self.assertEqual(len(fields), 3)
        for of in fields.values():
            self.assertEqual(of[":path"], "/testigo.greeter.v1.Greeter/Greet")
            self.assertEqual(of["grpc-status"], "0")
            self.assertRegex(of["testigo-id"], r"^[-ox*]+$")
            self.assertGreater(len(of["testigo-id"]), len(NAME))
        masked = self.report["masked"]
        self.assertEqual([(of["name"], of["times"], len(of["values"])) for of in masked], [("testigo-id", 3, 3)])
        self.assertIn(f"masked: testigo-id 3 times, 3 values: {masked[0]['values'][0]}", self.text)

    def test_bodies_are_written_when_asked_for(self):
        octets = self.capture("--payloads")
        self.assertGreaterEqual(octets.count(NAME.encode()), 3)
        self.assertNotIn(b"without message bodies", octets)
        self.assertEqual(self.malformed(), [])
        self.assertEqual(self.report["masked"], [])
        self.assertIsNone(re.search("masked:", self.text))


@needs_capture
class PrivacyOfAListener(Privacy):
    """The same of packets as they were seen."""

    def witness(self, server, folder, *options):
        watch = Process(TESTIGO, "watch", "-i", "lo", "--filter", f"port {server.port}", "--write", "--out", folder, "--json", *options)

        def address():
            watch.line("listening on lo", err=True)
            return server.address

        return watch, address


if __name__ == "__main__":
    unittest.main()
