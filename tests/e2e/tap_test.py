#!/usr/bin/env python3
"""testigo tap as its user runs it: between a client and a server that know nothing of it."""

import contextlib
import json
import pathlib
import signal
import socket
import unittest

from support import (TESTIGO, Process, client_command, free_port, headers_seen_by_tshark, http1_server, make_certificates, of_type, run,
                     start_server, temporary_folder, wait_until)

PROVEN, BROKEN, WRONG_USAGE, INCONCLUSIVE, ENVIRONMENT = 0, 1, 2, 3, 4


class Tap(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)
        self.folder = self.stack.enter_context(temporary_folder())

    def tap(self, to, *options, listen="127.0.0.1:0"):
        tap = self.stack.enter_context(Process(TESTIGO, "tap", "--listen", listen, "--to", to, "--out", self.folder, *options))
        tap.address = tap.line(r"listening on (\S+),", err=True)[1]
        return tap

    def end(self, tap, code):
        """Ends it; its JSON lines and its report."""
        self.assertEqual(tap.stop(signal.SIGINT), code, tap)
        lines = [json.loads(line) for line in tap.out]
        self.report = lines[-1]
        self.assertEqual(self.report["type"], "verdict")
        self.evidence = pathlib.Path(self.report["evidence"])
        return lines[:-1]

    def causes(self):
        return {cause["id"] for cause in self.report["causes"]}

    def test_calls_are_those_that_tshark_sees(self):
        server = self.stack.enter_context(start_server())
        tap = self.tap(server.address, "--json")
        for kind in ("unary", "server-stream", "client-stream", "bidi"):
            for name in ("client1", "client2"):
                client = run(*client_command(tap.address, "--name", name, "--count", "3", "--every", "10ms", "--kind", kind, "--messages", "4"))
                self.assertEqual(client.code, 0, client)
        refused = run(*client_command(tap.address, "--count", "1", "--payload-bytes", 5 << 20))  # a call that fails
        self.assertEqual(refused.code, 1, refused)
        lines = self.end(tap, PROVEN)
        self.assertEqual([line["check"] for line in of_type(lines, "finding")], ["MG08"])  # the message that was refused
        calls = of_type(lines, "call")
        self.assertEqual(len(calls), 25)
        self.assertEqual([call["kind"] for call in calls[:24]], [k for k in ("unary", "server-stream", "client-stream", "bidi") for _ in range(6)])
        self.assertEqual([call["status"] for call in calls], [0] * 24 + [8])
        for call in calls:
            self.assertEqual(call["server"], server.address)
            self.assertGreater(call["latency_ns"], 0)
        seen = {(call["connection"] - 1, call["stream"]): [call["method"], str(call["status"])] for call in calls}
        fields = headers_seen_by_tshark(self.evidence / "wire.pcapng", server.port)
        self.assertEqual({stream: [of[":path"], of["grpc-status"]] for stream, of in fields.items()}, seen)

    def test_bodies_that_it_does_not_keep_are_as_it_judged_them(self):
        server = self.stack.enter_context(start_server("--gzip"))
        tap = self.tap(server.address, "--json")
        client = run(*client_command(tap.address, "--count", "3", "--every", "10ms", "--gzip", "--payload-bytes", 400))
        self.assertEqual(client.code, 0, client)
        self.end(tap, PROVEN)
        self.assertEqual(self.judged_again()["outcome"], "PROVEN")
        record = self.evidence / "run.json"
        noted = json.loads(record.read_text())
        bodies = noted["judged_once"]["MG04"]
        self.assertEqual(bodies, {"passed": 6, "failed": 0, "not_judgeable": 0, "failures": []})
        for judged in ({"MG04": {**bodies, "passed": 5}}, {}):
            record.write_text(json.dumps({**noted, "judged_once": judged}))
            claim = self.judged_again()
            self.assertEqual(claim["outcome"], "INCONCLUSIVE")
            self.assertIn("MG04", claim["because"])

    def test_what_it_found_by_what_was_declared_stays_found(self):
        server = self.stack.enter_context(start_server("--misbehave", "wrong-name:3"))
        proto = pathlib.Path(__file__).resolve().parents[2] / "proto/testigo/greeter/v1/greeter.proto"
        tap = self.tap(server.address, "--proto", proto, "--relation", "reply.client=request.client", "--json")
        run(*client_command(tap.address, "--count", "6", "--every", "10ms"))
        self.end(tap, BROKEN)
        again = self.judged_again()
        self.assertEqual(again["outcome"], "BROKEN")
        self.assertEqual(again["exhibits"], self.report["claims"][0]["exhibits"])

    def judged_again(self):
        self.assertEqual(run(TESTIGO, "report", self.evidence).code, 0)
        return json.loads((self.evidence / "report.json").read_text())["claims"][0]

    def test_a_line_a_call_for_people(self):
        server = self.stack.enter_context(start_server())
        tap = self.tap(server.address)
        run(*client_command(tap.address, "--count", "2", "--every", "10ms"))
        tap.line(r"\d\d:\d\d:\d\d\.\d{3} 127\.0\.0\.1:\d+ → \S+  /testigo\.greeter\.v1\.Greeter/Greet  unary  OK  1→1 msg  \d+ B→\d+ B  \S+ .?s")
        self.assertEqual(tap.stop(signal.SIGTERM), PROVEN, tap)
        self.assertIn("PROVEN", "\n".join(tap.out))

    def test_names_and_families(self):
        server = self.stack.enter_context(start_server(listen="127.0.0.1:0"))
        tap = self.tap(f"localhost:{server.port}", "--json", listen="[::1]:0")
        self.assertEqual(run(*client_command(tap.address, "--count", "2", "--every", "10ms")).code, 0)
        calls = self.end(tap, PROVEN)
        self.assertEqual(len(calls), 2)
        self.assertTrue(calls[0]["client"].startswith("[::1]:"))
        self.assertEqual(len(headers_seen_by_tshark(self.evidence / "wire.pcapng", server.port)), 2)

    def test_limits_end_it(self):
        server = self.stack.enter_context(start_server())
        tap = self.tap(server.address, "--count", "3", "--json")
        run(*client_command(tap.address, "--count", "3", "--every", "10ms"))
        self.assertEqual(tap.wait(), PROVEN, tap)
        self.assertIn("3 gRPC calls on 1 connection,", json.loads(tap.out[-1])["claims"][0]["because"])
        self.assertEqual(self.tap(server.address, "--for", "50ms", "--quiet").wait(), INCONCLUSIVE)

    def test_a_server_that_is_not_there(self):
        tap = self.tap(f"127.0.0.1:{free_port()}", "--json")
        self.assertEqual(run(*client_command(tap.address, "--count", "1")).code, 1)
        self.end(tap, INCONCLUSIVE)
        self.assertIn("F01", self.causes())
        tap = self.tap("no-such-host.invalid:50051", "--json")
        self.assertEqual(run(*client_command(tap.address, "--count", "1")).code, 1)
        self.end(tap, INCONCLUSIVE)
        self.assertIn("name is not known", self.report["causes"][0]["title"])

    def test_an_http1_server(self):
        with http1_server() as port:
            tap = self.tap(f"127.0.0.1:{port}", "--json")
            run(*client_command(tap.address, "--count", "1", "--deadline", "300ms"))
            self.end(tap, BROKEN)
        self.assertRegex(self.report["claims"][0]["because"], r"^(1 connection|\d+ connections) did not speak HTTP/2$")
        self.assertIn("F02", self.causes())
        self.assertIn("HTTP/1.1 400", self.report["claims"][0]["exhibits"][0]["text"])

    def test_tls_passes_unread(self):
        make_certificates(self.folder)
        server = self.stack.enter_context(start_server("--tls-cert", self.folder / "server.pem", "--tls-key", self.folder / "server.key"))
        tap = self.tap(server.address, "--json")
        client = run(*client_command(tap.address, "--tls-ca", self.folder / "ca.pem", "--count", "2", "--every", "10ms"))
        self.assertEqual(client.code, 0, client)
        self.end(tap, INCONCLUSIVE)
        self.assertIn("1 of 1 connection is TLS", self.report["claims"][0]["because"])
        self.assertTrue(self.report["tshark"].endswith(f" -d tcp.port=={server.port},tls -Y tls"), self.report["tshark"])

    def test_hostile_octets_are_inert_and_harm_nobody(self):
        server = self.stack.enter_context(start_server())
        tap = self.tap(server.address, "--json")
        for octets in (b"\x1b]0;owned\x07" * 8, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\x00\x00\x04\x01\x04\x00\x00\x00\x01\xff\xff\xff\xff" + b"\xff" * 40,
                       b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01" + b"\x00" * 64):
            with socket.create_connection(("127.0.0.1", int(tap.address.rsplit(":", 1)[1]))) as stranger:
                stranger.sendall(octets)
                stranger.shutdown(socket.SHUT_WR)
                with contextlib.suppress(OSError):
                    while stranger.recv(65536):
                        pass
        self.assertEqual(run(*client_command(tap.address, "--count", "3", "--every", "10ms")).code, 0)
        lines = self.end(tap, BROKEN)
        self.assertEqual(len([line for line in lines if line["type"] == "call" and line.get("status") == 0]), 3)
        self.assertNotIn("\x1b", (self.evidence / "report.txt").read_text())

    def test_bad_input(self):
        taken = self.stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        port = taken.getsockname()[1]
        for code, pattern, options in ((WRONG_USAGE, "--listen", ["--to", "localhost:1"]),
                                       (WRONG_USAGE, "--nonsense", ["--listen", "127.0.0.1:0", "--to", "localhost:1", "--nonsense"]),
                                       (WRONG_USAGE, "250ms, 10s or 5m", ["--for", "1x"]),
                                       (ENVIRONMENT, "(?i)in use|taken", ["--listen", f"127.0.0.1:{port}", "--to", "localhost:1"]),
                                       (ENVIRONMENT, "port", ["--listen", "127.0.0.1:0", "--to", "localhost"])):
            with self.subTest(options):
                process = run(TESTIGO, "tap", "--out", self.folder, *options)
                self.assertEqual(process.code, code, process)
                self.assertEqual(len(process.err), 1, process)
                self.assertRegex(process.err[0], pattern)
                self.assertEqual(list(self.folder.iterdir()), [])  # no folder of a run that did not begin

    def test_killed_its_capture_is_readable(self):
        server = self.stack.enter_context(start_server())
        tap = self.tap(server.address, "--json")
        self.assertEqual(run(*client_command(tap.address, "--count", "5", "--every", "10ms")).code, 0)
        wait_until(lambda: len(tap.out) == 5, "five lines")
        tap.stop(signal.SIGKILL)
        capture = next(self.folder.glob("*-tap/wire.pcapng"))
        self.assertEqual(len(headers_seen_by_tshark(capture, server.port)), 5)


if __name__ == "__main__":
    unittest.main()
