#!/usr/bin/env python3
"""testigo verify as its user runs it: the verdict tells the truth, names its evidence, and nothing is left behind."""

import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time
import unittest
import xml.etree.ElementTree as ElementTree

from support import (TESTIGO, Process, client_command, free_port, headers_seen_by_tshark, http1_server, may_capture, of_type, open_files, read_json_lines, run,
                     start_server, temporary_folder, tshark, wait_until)

PROVEN, BROKEN, WRONG_USAGE, INCONCLUSIVE, ENVIRONMENT = 0, 1, 2, 3, 4
UNAVAILABLE = 14  # gRPC's status
WIDE = ["--tolerance", "10s"]  # timing is tested with clocks of the tests' own


class Verify(unittest.TestCase):
    maxDiff = None
    wire = "auto"  # listens where it may, as root may, and else taps

    def setUp(self):
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)
        self.folder = self.stack.enter_context(temporary_folder())

    def verify(self, *options, code=None, patience=60):
        """Runs it, and gives its report.json."""
        made = [] if "--evidence" in options else ["--wire", self.wire, "--out", self.folder]
        process = run(TESTIGO, "verify", *WIDE, "--json", *made, *options, patience=patience)
        if code is not None:
            self.assertEqual(process.code, code, process)
        self.report = json.loads(process.out[-1])
        self.evidence = pathlib.Path(self.report["evidence"])
        self.assertEqual({0: "PROVEN", 1: "BROKEN", 3: "INCONCLUSIVE"}[process.code], self.report["verdict"])
        return self.report

    def outcomes(self, report=None):
        return {claim["number"]: claim["outcome"] for claim in (report or self.report)["claims"]}

    def assert_outcomes(self, broken=(), inconclusive=()):
        wanted = {n: "BROKEN" if n in broken else "INCONCLUSIVE" if n in inconclusive else "PROVEN" for n in range(1, 9)}
        reasons = [f"{claim['number']} {claim['outcome']}: {claim['because']}" for claim in self.report["claims"]]
        self.assertEqual(self.outcomes(), wanted, "\n".join(reasons))

    def judge(self, folder, *options, code=None):
        return self.verify("--evidence", folder, *options, code=code)

    def copy(self):
        """The evidence of the last run, to be changed."""
        folder = self.folder / f"copy{time.monotonic_ns()}"
        shutil.copytree(self.evidence, folder)
        return folder

    def causes(self):
        return {cause["id"] for cause in self.report["causes"]}

    def exhibits(self, number):
        return self.report["claims"][number - 1]["exhibits"]


class Proven(Verify):
    def test_all_four_kinds(self):
        for kind in ("unary", "server-stream", "client-stream", "bidi"):
            with self.subTest(kind):
                self.verify("--for", "600ms", "--every", "100ms", "--kind", kind, code=PROVEN)
                self.assert_outcomes()
                self.assertEqual(self.report["calls"]["judged"], 12)
                self.assertEqual(self.report["findings"]["errors"], 0)

    def test_payloads(self):
        for size in (0, 1, 16384, 1 << 20, (4 << 20) - 1024):
            with self.subTest(size):
                self.verify("--for", "400ms", "--every", "200ms", "--payload-bytes", size, code=PROVEN)

    def test_a_hundred_clients(self):
        self.verify("--clients", "100", "--for", "1s", "--every", "500ms", code=PROVEN, patience=120)
        self.assertEqual(self.report["calls"]["judged"], 200)

    def test_one_millisecond(self):
        self.verify("--for", "1s", "--every", "1ms", code=PROVEN)
        self.assertEqual(self.report["calls"]["judged"], 2000)

    def test_ipv6(self):
        self.verify("--host", "::1", "--for", "300ms", "--every", "100ms", code=PROVEN)

    def test_the_evidence_is_all_it_takes(self):
        self.verify("--for", "400ms", "--every", "100ms", code=PROVEN)
        kept = {"wire.pcapng", "statements", "logs", "run.json", "report.txt", "report.json", "report.xml", "report.md", "report.html", "ledger.db"}
        self.assertEqual({entry.name for entry in self.evidence.iterdir()}, kept)
        for file in [self.evidence / "wire.pcapng", self.evidence / "run.json", *self.evidence.glob("report.*"), self.evidence / "ledger.db", *(self.evidence / "statements").iterdir()]:
            self.assertEqual(file.stat().st_mode & 0o777, 0o600, file)
        claims = self.report["claims"]
        folder = self.copy()
        for report in folder.glob("report.*"):
            report.unlink()
        shutil.rmtree(folder / "logs")
        self.judge(folder, code=PROVEN)
        self.assertEqual(without_commands(self.report["claims"]), without_commands(claims))
        suite = ElementTree.parse(folder / "report.xml").getroot().find("testsuite")
        self.assertEqual((suite.get("tests"), suite.get("failures"), suite.get("errors")), ("8", "0", "0"))
        self.assertIn("PROVEN", (folder / "report.txt").read_text())


class Lies(Verify):
    def lie(self, mode, *options):
        return self.verify("--for", "600ms", "--every", "100ms", "--misbehave", mode, "--deadline", "1500ms", *options, code=BROKEN)

    def test_wrong_name(self):
        self.lie("wrong-name:3")
        self.assert_outcomes(broken=[3])
        self.assertIn("F27", self.causes())
        exhibit = self.exhibits(3)[0]
        self.assertTrue(exhibit["call"].startswith("client"), exhibit)
        self.assertGreater(exhibit["wire"][0]["packet"], 0)

    def test_swap_across_connections(self):
        self.lie("swap:3")
        self.assert_outcomes(broken=[3])
        self.assertIn("F27", self.causes())
        exhibit = self.exhibits(3)[0]
        wire = exhibit["wire"][0]
        asked = exhibit["call"].split("/")[0]
        self.assertIn(asked, exhibit["text"])
        frame = tshark(self.evidence / "wire.pcapng", self.port(), f"frame.number=={wire['packet']}", "http2.streamid", "http2.data.data")
        self.assertIn(str(wire["stream"]), frame[0][0].split("|"))
        self.assertIn(exhibit["octets"], frame[0][1].replace("|", "").replace(":", ""))  # the octets stand in that very packet
        other = {"client1": "client2", "client2": "client1"}[asked]
        self.assertTrue(any(bytes.fromhex(e["octets"]).find(other.encode()) >= 0 for e in self.exhibits(3) if e["call"].startswith(asked)))

    def deviation_of_core(self):
        """Claim 7, where gRPC C++ 1.51 ended a cancelled call twice (docs/deviations.md); any other finding is none of it."""
        found = self.report["findings"]
        by_server = [f for f in found["first"] if f["check"] == "ST05" and f["direction"] == "to-client"]
        self.assertEqual(len(by_server), found["errors"])
        return [7] if by_server else []

    def port(self):
        return int(re.search(r"tcp\.port==(\d+)", self.report["tshark"])[1])

    def test_swallow(self):
        self.lie("swallow:3")
        self.assert_outcomes(broken=[2, 4, *self.deviation_of_core()])
        self.assertIn("F29", self.causes())

    def test_swallow_silently(self):
        self.lie("swallow-silently:3")
        self.assert_outcomes(broken=[2, 4, 8, *self.deviation_of_core()])

    def test_twice(self):
        self.lie("twice:3")
        self.assert_outcomes(broken=[4])

    def test_slow(self):
        self.lie("slow:3")
        self.assert_outcomes(broken=[2, *self.deviation_of_core()])
        self.assertIn("F29", self.causes())

    def test_lies_are_seen_through_tls_as_far_as_two_witnesses_see(self):
        self.verify("--for", "500ms", "--every", "100ms", "--tls", code=INCONCLUSIVE)
        self.assert_outcomes(inconclusive=[6, 7])
        self.assertIn("TLS", " ".join(claim["because"] for claim in self.report["claims"][5:7]))
        self.assertRegex(self.report["tshark"], r" -d tcp\.port==\d+,tls -Y tls$")
        shown = subprocess.run(self.report["tshark"], shell=True, capture_output=True, text=True, check=True).stdout
        self.assertIn("Client Hello", shown)
        self.lie("wrong-name:3", "--tls")
        self.assert_outcomes(broken=[3], inconclusive=[6, 7])


class Tampering(Verify):
    """What one witness says is changed afterwards: the others contradict it."""

    @classmethod
    def setUpClass(cls):
        cls.folder_stack = contextlib.ExitStack()
        cls.clean_folder = cls.folder_stack.enter_context(temporary_folder())
        process = run(TESTIGO, "verify", *WIDE, "--out", cls.clean_folder, "--json", "--for", "600ms", "--every", "100ms")
        if process.code != PROVEN:
            raise AssertionError(str(process))
        cls.clean = pathlib.Path(json.loads(process.out[-1])["evidence"])

    @classmethod
    def tearDownClass(cls):
        cls.folder_stack.close()

    def tampered(self, witness, change):
        folder = self.folder / f"copy{time.monotonic_ns()}"
        shutil.copytree(self.clean, folder)
        file = folder / "statements" / f"{witness}.jsonl"
        lines = read_json_lines(file)
        lines = change(lines) or lines
        file.write_text("".join(json.dumps(line) + "\n" for line in lines))
        return folder

    def test_a_removed_answer_of_the_server(self):
        def remove(lines):
            lines.remove(of_type(lines, "ended")[3])

        self.judge(self.tampered("server", remove), code=BROKEN)
        self.assert_outcomes(broken=[8])

    def test_an_added_statement_of_the_server(self):
        def add(lines):
            line = dict(of_type(lines, "received")[2])
            line["id"] = line["id"].rsplit("/", 1)[0] + "/999"
            lines.insert(5, line)

        self.judge(self.tampered("server", add), code=BROKEN)
        self.assertIn(8, {n for n, outcome in self.outcomes().items() if outcome == "BROKEN"})

    def test_a_line_behind_the_end_record(self):
        self.judge(self.tampered("server", lambda lines: lines.append(dict(of_type(lines, "received")[2]))), code=BROKEN)
        self.assert_outcomes(broken=[8])

    def test_a_line_of_another_client(self):
        others = of_type(read_json_lines(self.clean / "statements" / "client2.jsonl"), "started")
        self.judge(self.tampered("client1", lambda lines: lines.insert(4, others[1])), code=BROKEN)
        self.assertIn(8, {n for n, outcome in self.outcomes().items() if outcome == "BROKEN"})

    def test_a_line_of_another_process(self):
        def change(lines):
            line = of_type(lines, "started")[2]
            name, process, number = line["id"].rsplit("/", 2)
            line["id"] = f"{name}/{process[::-1]}x/{number}"

        self.judge(self.tampered("client1", change), code=BROKEN)
        self.assertIn(8, {n for n, outcome in self.outcomes().items() if outcome == "BROKEN"})

    def test_a_line_that_only_a_server_writes(self):
        received = of_type(read_json_lines(self.clean / "statements" / "server.jsonl"), "received")
        self.judge(self.tampered("client1", lambda lines: lines.insert(4, received[1])), code=BROKEN)
        self.assertIn(8, {n for n, outcome in self.outcomes().items() if outcome == "BROKEN"})

    def test_a_call_removed_from_a_client(self):
        def remove(lines):
            gone = of_type(lines, "started")[2]["id"]
            return [line for line in lines if line.get("id") != gone]

        self.judge(self.tampered("client1", remove), code=BROKEN)
        self.assertEqual(self.outcomes()[8], "BROKEN")

    def test_changed_fields(self):
        def change(witness, kind, field, value):
            def apply(lines):
                line = of_type(lines, kind)[1]
                line[field] = value(line[field]) if callable(value) else value

            with self.subTest(f"{witness} {kind} {field}"):
                self.judge(self.tampered(witness, apply), code=BROKEN)

        change("client1", "ended", "reply", lambda reply: {**reply, "server": "another"})
        change("client1", "ended", "replies", 2)
        change("client1", "ended", "requests", 2)
        change("client1", "started", "method", "/testigo.greeter.v1.Greeter/GreetMany")
        change("server", "ended", "status", 13)
        change("server", "ended", "reply", lambda reply: {**reply, "call": reply["call"] + 1})
        change("server", "received", "method", "/testigo.greeter.v1.Greeter/GreetMany")

    def assert_reason(self, claims, text):
        for number in claims:
            self.assertIn(text, self.report["claims"][number - 1]["because"])

    def test_a_missing_witness(self):
        for gone, inconclusive, reason in (("wire.pcapng", [6, 7, 8], "wire"), ("statements/server.jsonl", [4, 8], "server")):
            with self.subTest(gone):
                folder = self.folder / f"copy{time.monotonic_ns()}"
                shutil.copytree(self.clean, folder)
                (folder / gone).unlink()
                self.judge(folder, code=INCONCLUSIVE)
                self.assert_outcomes(inconclusive=inconclusive)
                self.assert_reason(inconclusive, reason)
        folder = self.folder / "no-client1"
        shutil.copytree(self.clean, folder)
        (folder / "statements/client1.jsonl").unlink()
        self.judge(folder, code=INCONCLUSIVE)
        self.assert_outcomes(inconclusive=[2, 3, 5, 8])
        self.assert_reason([2, 3, 5, 8], "the client's statements of 6 calls are missing")
        self.assert_reason([2, 3, 5, 8], "2 clients were started, and 1 testify")

    def test_a_run_record_that_was_changed(self):
        for content, note in ((b"{", "run.json cannot be read"), (b"\xff" * 100, "run.json cannot be read"),
                              (b" " * (2 << 20), "run.json cannot be read"),
                              (json.dumps(dict(self.record(), notes=["\x1b[2Jowned"])).encode(), "\\x1b[2Jowned"),
                              (json.dumps(dict(self.record(), finished=False)).encode(), "did not come to its end")):
            with self.subTest(note):
                folder = self.folder / f"copy{time.monotonic_ns()}"
                shutil.copytree(self.clean, folder)
                (folder / "run.json").write_bytes(content)
                self.judge(folder, code=PROVEN)
                self.assertIn(note, " ".join(self.report["notes"]))
        (folder / "run.json").write_text(json.dumps(dict(self.record(), clients_started=3)))
        self.judge(folder, code=INCONCLUSIVE)
        self.assert_reason([2, 3, 5, 8], "3 clients were started, and 2 testify")

    def record(self):
        return json.loads((self.clean / "run.json").read_text())

    def test_a_statement_file_that_was_cut(self):
        folder = self.folder / "cut"
        shutil.copytree(self.clean, folder)
        file = folder / "statements" / "server.jsonl"
        lines = file.read_text().splitlines(keepends=True)
        file.write_text("".join(lines[:6]) + lines[6][:20])
        self.judge(folder, code=INCONCLUSIVE)
        self.assert_outcomes(inconclusive=[4, 8])

    def test_a_capture_that_was_cut(self):
        folder = self.folder / "cut"
        shutil.copytree(self.clean, folder)
        capture = folder / "wire.pcapng"
        capture.write_bytes(capture.read_bytes()[: capture.stat().st_size // 2])
        self.judge(folder, code=INCONCLUSIVE)
        self.assert_outcomes(inconclusive=[6, 7, 8])

    def test_since_leaves_earlier_calls_out(self):
        starts = [line["time"] for line in of_type(read_json_lines(self.clean / "statements/client1.jsonl"), "started")]
        self.judge(self.clean, "--since", starts[3], code=PROVEN)
        self.assertLess(self.report["calls"]["judged"], 12)


class Failures(Verify):
    def test_no_server(self):
        self.verify("--target", f"127.0.0.1:{free_port()}", "--for", "400ms", "--every", "100ms", code=BROKEN)
        self.assertEqual([n for n, outcome in self.outcomes().items() if outcome == "BROKEN"][:2], [1, 2])
        self.assertIn("F01", self.causes())

    def test_http1_server(self):
        with http1_server() as port:
            self.verify("--target", f"127.0.0.1:{port}", "--for", "400ms", "--every", "100ms", "--deadline", "300ms", code=BROKEN)
        self.assertEqual(self.outcomes()[6], "BROKEN")
        self.assertIn("HTTP/1.1", self.report["claims"][5]["because"] + str(self.exhibits(6)))
        self.assertIn("F02", self.causes())

    def test_server_killed_and_started_again(self):
        port = free_port()
        statements = self.folder / "server.jsonl"
        listen = f"127.0.0.1:{port}"
        first = start_server("--statements", statements, listen=listen)
        verify = Process(TESTIGO, "verify", *WIDE, "--out", self.folder, "--json", "--target", listen, "--server-statements", statements,
                         "--for", "3s", "--every", "50ms", "--deadline", "1s")
        with first, verify:
            wait_until(lambda: len(of_type(read_json_lines(statements), "ended")) > 20, "calls before the kill")
            killed = time.time()
            first.stop(signal.SIGKILL)
            time.sleep(0.3)
            with start_server("--statements", statements, listen=listen):
                back = time.time()
                self.assertEqual(verify.wait(60), BROKEN, verify)
        self.report = json.loads(verify.out[-1])
        self.assert_outcomes(broken=[2])
        evidence = pathlib.Path(self.report["evidence"])
        failed = {}
        for client in ("client1", "client2"):
            lines = read_json_lines(evidence / f"statements/{client}.jsonl")
            starts = {line["id"]: line["time"] for line in of_type(lines, "started")}
            failed.update({line["id"]: starts[line["id"]] for line in of_type(lines, "ended") if line["status"] != 0})
        self.assertTrue(failed)
        self.assertEqual(self.report["claims"][1]["exhibits_total"], len(failed))
        self.assertLessEqual({exhibit["call"] for exhibit in self.exhibits(2)}, set(failed))
        for start in failed.values():  # only calls of that window: until the clients' backoff, at most 2 s, had passed
            self.assertTrue(killed - 1 <= seconds(start) <= back + 3, (killed, start, back))

    def test_server_killed_with_calls_open(self):
        port = free_port()
        statements = self.folder / "server.jsonl"
        server = start_server("--statements", statements, "--misbehave", "swallow", listen=f"127.0.0.1:{port}")
        verify = Process(TESTIGO, "verify", *WIDE, "--out", self.folder, "--json", "--target", server.address, "--server-statements", statements,
                         "--for", "2s", "--every", "100ms", "--deadline", "3s")
        with server, verify:
            wait_until(lambda: len(of_type(read_json_lines(statements), "received")) > 4, "calls that wait")
            server.stop(signal.SIGKILL)
            self.assertEqual(verify.wait(60), BROKEN, verify)
        self.report = json.loads(verify.out[-1])
        died = next(cause for cause in self.report["causes"] if cause["id"] == "F31")
        self.assertFalse(died["suspected"])  # connections were refused afterwards
        self.assertIn("F01", self.causes())

    def test_a_greeter_that_runs_already(self):
        statements = self.folder / "server.jsonl"
        with start_server("--statements", statements) as server:
            run(*client_command(server.address, "--count", "3", "--every", "10ms"))  # calls of somebody else
            self.verify("--target", server.address, "--server-statements", statements, "--for", "400ms", "--every", "100ms", code=PROVEN)
            self.judge(self.evidence, code=PROVEN)
            (self.evidence / "run.json").unlink()
            self.judge(self.evidence, code=INCONCLUSIVE)  # without it the evidence does not say whose the other calls were
            self.judge(self.evidence, "--shared-server", code=PROVEN)
            self.verify("--target", server.address, "--for", "400ms", "--every", "100ms", code=INCONCLUSIVE)
            self.assert_outcomes(inconclusive=[4, 8])

    def test_bad_input(self):
        def fails(code, pattern, *options):
            with self.subTest(options):
                process = run(TESTIGO, "verify", *options)
                self.assertEqual(process.code, code, process)
                self.assertEqual(len(process.err), 1, process)
                self.assertRegex(process.err[0], pattern)

        fails(WRONG_USAGE, "--nonsense", "--nonsense")
        fails(WRONG_USAGE, "250ms, 10s or 5m", "--for", "ten")
        fails(WRONG_USAGE, "--clients", "--clients", "0")
        fails(WRONG_USAGE, "--kind", "--kind", "quaternary")
        fails(WRONG_USAGE, "--target", "--server-statements", "/dev/null")
        fails(WRONG_USAGE, "wrong-name, swap", "--misbehave", "nonsense")
        fails(WRONG_USAGE, "wrong-name, swap", "--misbehave", "swap:x")
        fails(WRONG_USAGE, "--cacert requires --tls", "--target", "localhost:1", "--cacert", "/dev/null")
        fails(ENVIRONMENT, "no folder", "--evidence", self.folder / "nowhere")
        blocked = self.folder / "file"
        blocked.write_text("")
        fails(ENVIRONMENT, "--out DIR", "--out", blocked / "below", "--for", "100ms")
        (self.folder / "odd/statements").mkdir(parents=True)
        start = {"type": "start", "format": "testigo-statements", "version": "9.0"}
        (self.folder / "odd/statements/client1.jsonl").write_text(json.dumps(start) + "\n")
        fails(ENVIRONMENT, r"9\.0", "--evidence", self.folder / "odd")
        (self.folder / "odd/statements/client1.jsonl").unlink()
        (self.folder / "odd/statements/client1.jsonl").symlink_to("client1.jsonl")  # not even root can read it
        fails(ENVIRONMENT, "client1.jsonl", "--evidence", self.folder / "odd")
        (self.folder / "odd/statements/client1.jsonl").unlink()
        (self.folder / "odd/wire.pcapng").write_text("no capture at all")
        fails(ENVIRONMENT, "wire.pcapng", "--evidence", self.folder / "odd")
        (self.folder / "odd/wire.pcapng").unlink()
        (self.folder / "odd/wire.pcapng").symlink_to("wire.pcapng")
        fails(ENVIRONMENT, "cannot read the capture", "--evidence", self.folder / "odd")
        (self.folder / "odd/wire.pcapng").unlink()
        (self.folder / "odd/statements").rmdir()
        (self.folder / "odd/statements").write_text("no folder at all")
        fails(ENVIRONMENT, r"cannot read the statements in \S+/odd/statements", "--evidence", self.folder / "odd")
        (self.folder / "odd/statements").unlink()
        (self.folder / "odd/statements").symlink_to("statements")  # not even root can follow it
        fails(ENVIRONMENT, r"cannot read \S+/odd/statements", "--evidence", self.folder / "odd")

    def test_a_folder_without_evidence_is_no_evidence(self):
        process = run(TESTIGO, "verify", "--evidence", self.folder)
        self.assertEqual(process.code, ENVIRONMENT, process)
        self.assertRegex("\n".join(process.err), r"^testigo: .* neither statements/ nor wire.pcapng; --evidence wants the folder of a run$")
        for name in ("20260102T030405Z-verify", "20260202T030405Z-verify"):
            (self.folder / name / "statements").mkdir(parents=True)
        process = run(TESTIGO, "verify", "--evidence", self.folder)
        self.assertEqual(process.code, ENVIRONMENT, process)
        self.assertIn(f"perhaps {self.folder}/20260202T030405Z-verify", process.err[0])
        self.assertEqual(list(self.folder.glob("report.*")), [])

    def test_no_evidence_is_inconclusive(self):
        (self.folder / "empty/statements").mkdir(parents=True)
        self.judge(self.folder / "empty", code=INCONCLUSIVE)
        self.assert_outcomes(inconclusive=range(1, 9))

    def test_a_run_that_does_not_begin_leaves_no_folder(self):
        lonely = self.folder / "testigo"
        shutil.copy(TESTIGO, lonely)
        out = self.folder / "evidence"
        for pattern, program, options in (("is no host:port", TESTIGO, ["--target", "localhost"]),
                                          ("(?i)the server did not start", TESTIGO, ["--host", "192.0.2.1"]),  # TEST-NET-1: nobody's
                                          ("testigo-greeter is neither", lonely, [])):
            with self.subTest(pattern):
                process = run(program, "verify", "--out", out, *options, env={"PATH": "/nowhere"})
                self.assertEqual(process.code, WRONG_USAGE if "localhost" in options else ENVIRONMENT, process)
                self.assertRegex(process.err[0], pattern)
                self.assertFalse(out.exists())


class Signals(Verify):
    def start(self, *options, run_time="20s", every="20ms", env=None):
        return Process(TESTIGO, "verify", *WIDE, "--out", self.folder, "--json", "--for", run_time, "--every", every, "--wire", self.wire,
                       *options, env=env)

    def children(self, process):
        listing = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children")
        return [int(pid) for pid in listing.read_text().split()] if listing.exists() else []

    def folder_of_run(self):
        """Of the newest one."""
        return max((entry for entry in self.folder.iterdir() if "-verify" in entry.name), default=None)

    def wait_for_calls(self):
        """Until each client has two answers: a period of which it can be judged."""
        folder = wait_until(self.folder_of_run, "the folder of the run")
        clients = [folder / f"statements/client{n}.jsonl" for n in (1, 2)]
        wait_until(lambda: all(file.exists() and len(of_type(read_json_lines(file), "ended")) > 1 for file in clients), "calls")

    def assert_gone(self, pids):
        wait_until(lambda: not any(alive(pid) for pid in pids), f"the end of {pids}")

    def test_ends_in_order(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(number), self.start() as verify:
                pids = wait_until(lambda: len(self.children(verify)) == 3 and self.children(verify), "server and clients")
                self.wait_for_calls()
                self.assertEqual(verify.stop(number), PROVEN, verify)
                self.assert_gone(pids)
                report = json.loads(verify.out[-1])
                self.assertIn("a signal ended the run early", report["notes"])
                again = self.judge(report["evidence"], code=PROVEN)
                self.assertEqual(again["notes"], report["notes"])

    def test_a_signal_while_the_server_drains_changes_nothing(self):
        with self.draining() as (verify, server, pids):
            verify.send(signal.SIGTERM)
            time.sleep(0.5)
            self.assertTrue(verify.running and alive(server), verify)
            os.kill(server, signal.SIGCONT)
            self.assertEqual(verify.wait(), PROVEN, verify)
            self.assert_gone(pids)
            self.judge(json.loads(verify.out[-1])["evidence"], code=PROVEN)

    def test_a_second_signal_while_the_server_drains_kills_it(self):
        with self.draining() as (verify, _, pids):
            asked = time.monotonic()
            verify.send(signal.SIGTERM)
            wait_until(lambda: not pending(verify.pid, signal.SIGTERM), "the first one to be taken")  # two of them at once would be one
            verify.send(signal.SIGTERM)
            self.assertIn(verify.wait(), (PROVEN, INCONCLUSIVE), verify)  # the server's file has no end record
            self.assertLess(time.monotonic() - asked, 10)  # without it the server has 15 s
            self.assert_gone(pids)
            report = json.loads(verify.out[-1])
            self.assertIn("was killed", " ".join(report["notes"]))
            self.assertEqual(self.judge(report["evidence"])["notes"], report["notes"])

    @contextlib.contextmanager
    def draining(self):
        """A run whose clients have ended, and whose server, which is stopped, was asked to."""
        for _ in range(4):  # there is one second and a half to stop it in, which a busy machine may miss
            with self.start(run_time="2900ms", every="1500ms") as verify:
                pids = wait_until(lambda: len(self.children(verify)) == 3 and self.children(verify), "server and clients")
                server = next(pid for pid in pids if b"server" in pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[1:2])
                folder = wait_until(self.folder_of_run, "the folder of the run")
                clients = [folder / f"statements/client{n}.jsonl" for n in (1, 2)]
                wait_until(lambda: all(len(of_type(read_json_lines(file), "ended")) == 2 for file in clients), "the last calls")
                with contextlib.suppress(ProcessLookupError, AssertionError):
                    os.kill(server, signal.SIGSTOP)
                    wait_until(lambda: self.children(verify) == [server] and pending(server, signal.SIGTERM), "it to be asked", 8)
                if verify.running and self.children(verify) == [server] and pending(server, signal.SIGTERM):
                    yield verify, server, pids
                    return
                with contextlib.suppress(ProcessLookupError):
                    os.kill(server, signal.SIGCONT)
                verify.wait()
        self.fail("the server was never stopped in time")

    def test_a_second_signal_while_the_clients_end_kills_them(self):
        with self.start() as verify:
            pids = wait_until(lambda: len(self.children(verify)) == 3 and self.children(verify), "server and clients")
            folder = wait_until(self.folder_of_run, "the folder of the run")
            client = folder / "statements/client1.jsonl"
            wait_until(lambda: len(of_type(read_json_lines(client), "ended")) > 5, "some calls")
            stopped = next(pid for pid in pids if b"client1" in pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0"))
            os.kill(stopped, signal.SIGSTOP)
            wait_until(lambda: is_stopped(stopped), "the client to stop")  # else it may still take the next signal
            verify.send(signal.SIGINT)
            wait_until(lambda: pending(stopped, signal.SIGTERM), "the client to be asked")
            self.assertTrue(verify.running, verify)
            verify.send(signal.SIGINT)
            self.assertIn(verify.wait(), (PROVEN, INCONCLUSIVE, BROKEN), verify)
            self.assert_gone(pids)
            report = json.loads(verify.out[-1])
            self.assertIn("a signal ended the run early", report["notes"])
            self.assertEqual(self.judge(report["evidence"])["notes"], report["notes"])
            self.assert_only_the_death_shows(pathlib.Path(report["evidence"]))

    def test_a_signal_while_it_judges(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(number), self.start(run_time="2s", every="1ms") as verify:
                pids = wait_until(lambda: len(self.children(verify)) == 3 and self.children(verify), "server and clients")
                folder = wait_until(self.folder_of_run, "the folder of the run")
                wait_until(lambda: (folder / "run.json").exists() and json.loads((folder / "run.json").read_text())["finished"], "the end of the run")
                self.assertIn(verify.stop(number), (-number, PROVEN), verify)  # PROVEN: it came before the judging, or after it
                self.assert_gone(pids)
                self.judge(folder, code=PROVEN)
                shutil.rmtree(folder)

    def test_no_key_stays_behind(self):
        temporary = self.folder / "temporary"
        temporary.mkdir()
        with self.start("--tls", env={"TMPDIR": str(temporary)}) as verify:
            pids = wait_until(lambda: len(self.children(verify)) == 3 and self.children(verify), "server and clients")
            folder = wait_until(self.folder_of_run, "the folder of the run")
            client = folder / "statements/client1.jsonl"
            wait_until(lambda: [line for line in of_type(read_json_lines(client), "ended") if line["status"] == 0], "a call over TLS")
            for pid in pids:
                if b"client" in pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0"):
                    self.assertEqual(keys_within_reach(pid), [])
            self.assertEqual(keys_within_reach(verify.pid), [])
            verify.stop(signal.SIGKILL)
            self.assert_gone(pids)
        self.assertEqual(list(temporary.iterdir()), [])
        files = [file for file in self.folder.rglob("*") if file.is_file()]
        self.assertTrue(files)
        self.assertEqual([file for file in files if b"PRIVATE KEY" in file.read_bytes()], [])

    def test_asked_to_end_at_any_moment(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            for moment in (0.05, 0.1, 0.2, 0.4):
                with self.subTest(f"{number} after {moment} s"), self.start() as verify:
                    seen = set()
                    folder = wait_until(self.folder_of_run, "the folder of the run")  # before it there is nothing to end in order
                    deadline = time.monotonic() + moment
                    while time.monotonic() < deadline:
                        seen.update(self.children(verify))
                        time.sleep(0.005)
                    code = verify.stop(number)
                    self.assertIn(code, (PROVEN, INCONCLUSIVE, ENVIRONMENT), verify)  # 4: the server was not up yet
                    self.assert_gone(seen)
                    if code == ENVIRONMENT and not folder.exists():
                        continue  # nobody had testified
                    self.judge(folder)
                    self.assertNotIn("BROKEN", self.outcomes().values())
                    shutil.rmtree(folder)

    def test_killed_at_any_moment(self):
        for moment in (0.0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8):
            with self.subTest(moment), self.start() as verify:
                seen = set()
                deadline = time.monotonic() + moment
                while time.monotonic() < deadline:
                    seen.update(self.children(verify))
                    time.sleep(0.005)
                seen.update(self.children(verify))
                verify.stop(signal.SIGKILL)
                self.assert_gone(seen)
                folder = self.folder_of_run()
                if folder is None:
                    continue
                if not (folder / "statements").exists():  # it was killed while it made the folder
                    shutil.rmtree(folder)
                    continue
                self.judge(folder)
                self.assert_only_the_death_shows(folder)
                shutil.rmtree(folder)

    def assert_only_the_death_shows(self, folder):
        """What was not seen is never called broken. A client may live on for a moment, and see its connection go with the tap."""
        broken = {number for number, outcome in self.outcomes().items() if outcome == "BROKEN"}
        ended = [line for file in (folder / "statements").glob("client*.jsonl") for line in of_type(read_json_lines(file), "ended")]
        self.assertLessEqual({line["status"] for line in ended}, {0, UNAVAILABLE})
        allowed = {1, 2} if any(line["status"] for line in ended) else set()
        self.assertLessEqual(broken, allowed, json.dumps(self.report["claims"], indent=1)[:6000])


class Wireshark(Verify):
    def test_tshark_sees_the_same_calls(self):
        for self.wire in ("tap", "listen") if may_capture() else ("tap",):
            with self.subTest(self.wire):
                self.tshark_sees_the_same_calls()

    def tshark_sees_the_same_calls(self):
        self.verify("--for", "600ms", "--every", "100ms", code=PROVEN)
        capture = self.evidence / "wire.pcapng"
        port = int(re.search(r"tcp\.port==(\d+)", self.report["tshark"])[1])
        streams = headers_seen_by_tshark(capture, port)
        self.assertEqual(len(streams), 12)
        self.assertEqual({fields[":path"] for fields in streams.values()}, {"/testigo.greeter.v1.Greeter/Greet"})
        self.assertEqual({fields["grpc-status"] for fields in streams.values()}, {"0"})
        ids = {line["id"] for client in ("client1", "client2") for line in of_type(read_json_lines(self.evidence / f"statements/{client}.jsonl"), "started")}
        self.assertEqual({fields["testigo-id"] for fields in streams.values()}, ids)
        # Where the loopback saves itself the checksums, a capture holds none.
        wrong = "_ws.malformed" if self.wire == "listen" else "_ws.malformed || tcp.checksum.status==0 || tcp.analysis.flags"
        trouble = tshark(capture, port, wrong, "frame.number", "_ws.col.Info")
        self.assertEqual(trouble, [])
        command = self.report["tshark"]
        shown = subprocess.run(command, shell=True, capture_output=True, text=True, check=True).stdout
        self.assertIn("HEADERS", shown)


def without_commands(claims):
    """The tshark commands hold the path of the folder."""
    return [dict(claim, exhibits=[{k: v for k, v in exhibit.items() if k != "tshark"} for exhibit in claim["exhibits"]]) for claim in claims]


def seconds(rfc3339):
    import datetime

    whole, fraction = rfc3339.rstrip("Z").split(".")
    return datetime.datetime.fromisoformat(whole + "+00:00").timestamp() + float("0." + fraction)


def is_stopped(pid):
    return re.search(r"^State:\s*T", pathlib.Path(f"/proc/{pid}/status").read_text(), re.MULTILINE) is not None


def pending(pid, number):
    """The signal was sent, and the process, which is stopped, has not taken it yet."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return any(int(mask, 16) >> (number - 1) & 1 for mask in re.findall(r"^(?:SigPnd|ShdPnd):\s*(\w+)", status, re.MULTILINE))


def keys_within_reach(pid):
    """The open files of a process that hold a private key."""
    found = []
    for descriptor, target in open_files(pid).items():
        with contextlib.suppress(OSError):
            if (target.startswith("/memfd:") or os.path.isfile(target)) and b"PRIVATE KEY" in descriptor.read_bytes():
                found.append(target)
    return found


def alive(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


if __name__ == "__main__":
    unittest.main()
