#!/usr/bin/env python3
"""testigo show, and --show of a run: what is served is what the files say, to whom it may be shown, and nobody's death takes evidence
along. TESTIGO_KILL_ROUNDS says how often processes are killed at random moments (5)."""

import base64
import contextlib
import http.client
import json
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import sqlite3
import struct
import subprocess
import threading
import time
import unittest
import urllib.parse
import zlib

from support import (TESTIGO, Process, client_command, needs_capture, open_files, read_json_lines, run, start_server, start_tap, temporary_folder, tshark, wait_until)

PROVEN, BROKEN, ENVIRONMENT = 0, 1, 4
CAPTURES = pathlib.Path(__file__).parents[2] / "captures"
NO_END, SAYS_NOTHING = 254, 255
PROGRAM = pathlib.Path(TESTIGO).resolve()  # for those who run elsewhere
WIDE = ["--tolerance", "10s"]
RUN = ["--wire", "tap", "--every", "40ms", "--for", "800ms"]
LONG = ["--wire", "tap", "--every", "20ms", "--for", "60s"]
VIEWERS = 64
ROUNDS = int(os.environ.get("TESTIGO_KILL_ROUNDS", "5"))
SEED = random.SystemRandom().randrange(1 << 32)
TYPES = {"f64": "d", "u32": "I", "u16": "H", "u8": "B"}
REPORTS = {"report.txt", "report.json", "report.xml", "report.md", "report.html"}


def rows_of(kept, columns, data):
    """What docs/formats/page.md packs, as one object a row."""
    octets = zlib.decompress(base64.b64decode(data))
    rows, at = [{} for _ in range(kept)], 0
    for column in columns:
        letter = TYPES[column["type"]]
        size = struct.calcsize("<" + letter) * kept
        for row, value in zip(rows, struct.unpack(f"<{kept}{letter}", octets[at:at + size])):
            row[column["name"]] = value
        at += size
    assert at == len(octets), (at, len(octets))
    return rows


class Viewer:
    """Asks what a browser asks."""

    def __init__(self, url):
        self.url = url.rstrip("/")
        parts = urllib.parse.urlsplit(url)
        self.host, self.port = parts.hostname, parts.port

    def get(self, path, headers=None, timeout=30):
        connection = http.client.HTTPConnection(self.host, self.port, timeout=timeout)
        with contextlib.closing(connection):
            connection.request("GET", path, headers=headers or {})
            response = connection.getresponse()
            return response.status, response.read().decode(), dict(response.getheaders())

    def document(self):
        status, text, _ = self.get("/data")
        assert status == 200, (status, text)
        return json.loads(text)

    def call(self, **name):
        status, text, _ = self.get("/call?" + urllib.parse.urlencode(name))
        return json.loads(text) if status == 200 else status

    def rows(self, document=None):
        calls = (document or self.document())["calls"]
        return rows_of(calls["kept"], calls["columns"], calls["data"])


class Stream:
    """An open /events, read on a thread of its own."""

    def __init__(self, viewer, query=""):
        self.connection = http.client.HTTPConnection(viewer.host, viewer.port, timeout=60)
        self.connection.request("GET", "/events" + query)
        self.socket = self.connection.sock  # which the connection lets go of when the answer is its last
        self.response = self.connection.getresponse()
        self.events, self.ended = [], False
        if self.response.status == 200:
            self.reader = threading.Thread(target=self._read, daemon=True)
            self.reader.start()

    def _read(self):
        name = None
        with contextlib.suppress(OSError, http.client.HTTPException, ValueError, AttributeError):
            for line in self.response:
                text = line.decode().rstrip("\n")
                if text.startswith("event: "):
                    name = text[7:]
                elif text.startswith("data: "):
                    self.events.append((name, json.loads(text[6:])))
        self.ended = True

    def of(self, name):
        return [data for event, data in list(self.events) if event == name]

    def close(self):
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.connection.close()


class Show(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)
        self.folder = self.stack.enter_context(temporary_folder())

    def start(self, *command, cwd=None):
        return self.stack.enter_context(Process(PROGRAM, *command, cwd=cwd or self.folder))

    def show(self, *options, cwd=None):
        """Serves; the process, with the viewer of its page."""
        shown = self.start("show", *WIDE, *options, cwd=cwd)
        shown.viewer = Viewer(shown.line(r"^(http://\S+)")[1])
        return shown

    def with_page(self, *command):
        """A run with --show; the process, with the viewer of its page."""
        process = self.start(*command)
        process.viewer = Viewer(process.line(r"the page: (http://\S+)", err=True)[1])
        return process

    def stream(self, viewer, query=""):
        stream = Stream(viewer, query)
        self.addCleanup(stream.close)
        return stream

    def verified(self, *options, code=PROVEN):
        """A run that is over; its evidence."""
        ran = run(PROGRAM, "verify", *WIDE, *RUN, "--out", self.folder / "evidence", "--json", *options, patience=60)
        self.assertEqual(ran.code, code, ran)
        return pathlib.Path(json.loads(ran.out[-1])["evidence"])

    def judged(self, viewer, patience=30):
        """The document with its last word."""
        def last():
            document = viewer.document()
            return document if not document["live"] else None
        return wait_until(last, "the verdict on the page", patience)

    def evidence_of(self, out, patience=20):
        """The folder that a run has begun, with statements in it."""
        def begun():
            return next((path.parent.parent for path in pathlib.Path(out).glob("*/statements/client*.jsonl") if path.stat().st_size > 2000), None)
        return wait_until(begun, "statements", patience)


class Finished(Show):
    def test_it_is_as_strict_as_its_run(self):
        ran = run(PROGRAM, "verify", *RUN, "--tolerance", "1ns", "--out", self.folder / "evidence", "--json", patience=60)
        self.assertEqual(ran.code, BROKEN, ran)
        evidence = pathlib.Path(json.loads(ran.out[-1])["evidence"])
        for options, outcome in (((), "BROKEN"), (WIDE, "PROVEN")):
            document = self.judged(Viewer(self.start("show", evidence, *options).line(r"^(http://\S+)")[1]))
            self.assertEqual(document["report"]["claims"][4]["outcome"], outcome)
            report = json.loads(run(PROGRAM, "report", evidence, "--json", *options, patience=60).out[-1])
            self.assertEqual(report["claims"], document["report"]["claims"])
        self.assertEqual(run(PROGRAM, "verify", "--evidence", evidence, patience=60).code, BROKEN)

    def assert_says_the_same(self, document, evidence):
        """As report.json, ledger.db and the statements, value by value."""
        report = json.loads((evidence / "report.json").read_text())
        said = dict(document["report"])
        for either in (report, said):
            either.pop("judged", None)
            either.pop("masked", None)  # told by the run that wrote the capture
        self.assertEqual(said, report)
        with contextlib.closing(sqlite3.connect(f"file:{evidence / 'ledger.db'}?mode=ro", uri=True)) as database:
            database.row_factory = sqlite3.Row
            ledger = [dict(row) for row in database.execute("SELECT c.*, k.client AS caller_client, k.process AS caller_process FROM calls c LEFT JOIN callers k ON k.id = c.caller")]
            findings = [row[0] for row in database.execute("SELECT text FROM findings ORDER BY id")]
        self.assertEqual([finding["text"] for finding in document["findings"]], findings)
        self.assertEqual(document["calls"]["total"], len(ledger))
        rows = rows_of(document["calls"]["kept"], document["calls"]["columns"], document["calls"]["data"])
        self.assertEqual([row["start_ns"] for row in rows], sorted(row["start_ns"] for row in rows))
        page = {(document["clients"][row["client"]]["name"], document["processes"][row["process"]]["process"], row["number"]): row for row in rows}
        self.assertEqual(len(page), len(ledger))
        statements = {}
        for file in sorted((evidence / "statements").glob("*.jsonl")):
            lines = read_json_lines(file)
            for line in lines:
                if "id" in line:
                    statements[(lines[0]["witness"], line["type"], line["id"])] = line
        for call in ledger:
            row = page[(call["caller_client"], call["caller_process"], call["number"])]
            call_id = f"{call['caller_client']}/{call['caller_process']}/{call['number']}"
            for witness in ("client", "server"):
                ended = statements.get((witness, "ended", call_id))
                self.assertEqual(row[f"{witness}_status"], ended["status"] if ended else row[f"{witness}_status"], call_id)
                if ended:
                    self.assertEqual(row[f"{witness}_latency_ns"], ended["latency_ns"], call_id)
                else:
                    self.assertIn(row[f"{witness}_status"], (NO_END, SAYS_NOTHING), call_id)
            started = statements[("client", "started", call_id)]
            self.assertEqual(document["methods"][row["method"]], started["method"])
        return rows

    def test_says_what_the_report_and_the_statements_say(self):
        for options, code in (([], 0), (["--misbehave", "swap"], 1), (["--misbehave", "swallow:5", "--deadline", "200ms"], 1),
                              (["--kind", "bidi", "--clients", "3"], 0)):
            with self.subTest(" ".join(options)):
                evidence = self.verified(*options, code=code)
                shown = self.show(evidence)
                document = self.judged(shown.viewer)
                self.assertEqual(document["evidence"], evidence.name)
                rows = self.assert_says_the_same(document, evidence)
                for index in random.Random(SEED).sample(range(len(rows)), 3):
                    self.assert_told(shown.viewer, document, index, rows[index])
                self.assertEqual(shown.stop(signal.SIGINT), 0, shown)
                file = (evidence / "report.html").read_text()
                embedded = json.loads(re.search(r'<script type="application/json" id="testigo-page">(.*?)</script>', file, re.DOTALL)[1])
                self.assert_says_the_same(embedded, evidence)

    def assert_told(self, viewer, document, index, row):
        """By its row, by its stream, by its id: the same call."""
        by_row = viewer.call(row=index)
        name = document["clients"][row["client"]]["name"]
        call_id = f"{name}/{document['processes'][row['process']]['process']}/{row['number']}"
        self.assertEqual(by_row["id"], call_id)
        self.assertTrue(by_row["statements"])
        self.assertEqual(viewer.call(id=call_id), by_row)
        if row["connection"]:
            self.assertEqual(viewer.call(connection=row["connection"], stream=row["stream"]), by_row)
            self.assertEqual(by_row["frames"][0]["packet"], row["packet"])

    def test_frames_are_those_that_tshark_sees(self):
        evidence = self.verified()
        shown = self.show(evidence)
        document = self.judged(shown.viewer)
        row = shown.viewer.rows(document)[3]
        frames = shown.viewer.call(connection=row["connection"], stream=row["stream"])["frames"]
        port = re.search(r"tcp\.port==(\d+),http2", (evidence / "report.html").read_text())[1]
        packets = {int(number) for number, in tshark(evidence / "wire.pcapng", port,
                                                     f"tcp.stream=={row['connection'] - 1} and http2.streamid=={row['stream']}", "frame.number")}
        self.assertEqual({frame["packet"] for frame in frames}, packets)

    def test_the_newest_evidence_is_the_default(self):
        old = self.verified()
        newest = self.verified()
        (self.folder / "evidence" / "old").mkdir()
        old.rename(self.folder / "evidence" / "old" / old.name)
        shown = self.show()
        self.assertEqual(self.judged(shown.viewer)["evidence"], newest.name)

    def test_a_capture_by_itself(self):
        evidence = self.verified()
        capture = self.folder / "trace.pcapng"
        shutil.copy(evidence / "wire.pcapng", capture)
        before = {path.name for path in self.folder.iterdir()}
        shown = self.show(capture)
        document = self.judged(shown.viewer)
        self.assertEqual((document["evidence"], document["report"]["evidence"]), ("trace.pcapng", str(capture)))
        self.assertEqual((document["wire"], document["report"]["wire"]), (f"read from {capture}",) * 2)
        shown.line(f"the page of {re.escape(str(capture))};", err=True)
        watched = run(PROGRAM, "watch", capture, "--json", cwd=self.folder)
        calls = [json.loads(line) for line in watched.out if json.loads(line)["type"] == "call"]
        self.assertGreater(len(calls), 10)
        rows = {(row["connection"], row["stream"]): row for row in shown.viewer.rows(document)}
        self.assertEqual(len(rows), len(calls))
        for call in calls:
            row = rows[(call["connection"], call["stream"])]
            self.assertEqual(document["methods"][row["method"]], call["method"])
            self.assertEqual(row["wire_status"], call["status"])
            self.assertEqual(row["wire_latency_ns"], call["latency_ns"])
            self.assertEqual(row["packet"], call["packet"])
            self.assertEqual(row["client_status"], SAYS_NOTHING)
        one = {"connection": calls[0]["connection"], "stream": calls[0]["stream"]}
        self.assertNotIn("untold", shown.viewer.call(**one))
        capture.rename(self.folder / "elsewhere.pcapng")
        told = shown.viewer.call(**one)
        self.assertEqual((told["untold"], told["frames"]), ("there is no capture in the evidence", []))
        self.assertEqual(shown.viewer.call(connection=9999, stream=1), 404)
        (self.folder / "elsewhere.pcapng").rename(capture)
        self.assertEqual(shown.stop(signal.SIGINT), 0, shown)
        self.assertEqual({path.name for path in self.folder.iterdir()}, before, "nothing is left beside it")

    def test_a_forged_ledger_is_not_believed(self):
        """Not even where no other one can be written in its place."""
        evidence = self.verified()
        sound = self.judged(self.show(evidence).viewer)
        for in_the_way in (False, True):
            with self.subTest(in_the_way=in_the_way):
                copy = self.folder / f"copy{in_the_way}"
                shutil.copytree(evidence, copy)
                with contextlib.closing(sqlite3.connect(copy / "ledger.db")) as database, database:
                    database.execute("UPDATE statements SET status = 5 WHERE type = 'ended'")
                if in_the_way:
                    (copy / "ledger.db.new").mkdir()
                shown = self.show(copy)
                self.assertEqual(self.judged(shown.viewer)["calls"], sound["calls"])
                self.assertEqual(shown.stop(signal.SIGINT), 0, shown)

    def test_damaged_evidence_is_told(self):
        evidence = self.verified()
        for change in (lambda folder: (folder / "wire.pcapng").write_bytes((folder / "wire.pcapng").read_bytes()[:5000]),
                       lambda folder: (folder / "ledger.db").write_text("no database"),
                       lambda folder: (folder / "statements" / "client1.jsonl").write_bytes(os.urandom(5000)),
                       lambda folder: (folder / "report.json").write_text("[")):
            copy = self.folder / f"copy{time.monotonic_ns()}"
            shutil.copytree(evidence, copy)
            change(copy)
            shown = self.show(copy)
            self.assertTrue(self.judged(shown.viewer)["report"])
            self.assertEqual(shown.stop(signal.SIGINT), 0, shown)


class Live(Show):
    def test_evidence_of_another_process(self):
        verify = self.start("verify", *WIDE, "--wire", "tap", "--every", "40ms", "--for", "3s", "--out", self.folder / "evidence", "--json")
        evidence = self.evidence_of(self.folder / "evidence")
        shown = self.show(evidence)
        document = shown.viewer.document()
        self.assertTrue(document["live"])
        self.assertIsNone(document["report"])
        stream = self.stream(shown.viewer, f"?from={document['next_event']}")
        wait_until(lambda: stream.of("calls"), "calls while they are made")
        self.assertTrue(verify.running, "it was told before the end")
        self.assertEqual(verify.wait(60), PROVEN, verify)
        wait_until(lambda: stream.of("end"), "the end")
        told = document["calls"]["total"] + sum(event["seen"] for event in stream.of("calls"))
        judged = self.judged(shown.viewer)
        self.assertEqual(told, judged["calls"]["total"], "each call once")
        self.assertEqual(told, json.loads((evidence / "report.json").read_text())["calls"]["judged"])
        live = [row for event in stream.of("calls") for row in rows_of(event["kept"], judged["calls"]["columns"], event["columns_data"])]
        live += shown.viewer.rows(document)
        final = {(row["connection"], row["stream"]): row for row in shown.viewer.rows(judged)}
        for row in live:
            same = final[(row["connection"], row["stream"])]
            for column in ("number", "client_status", "wire_status", "server_status", "client_latency_ns", "wire_latency_ns", "server_latency_ns", "packet", "end_packet"):
                self.assertEqual(row[column], same[column], column)
        self.assertEqual(stream.of("report")[-1], judged["report"])
        self.assertEqual(shown.stop(signal.SIGINT), 0, shown)

    def test_verify(self):
        verify = self.with_page("verify", *WIDE, *RUN, "--out", self.folder / "evidence", "--json", "--show")
        stream = self.stream(verify.viewer)
        verify.line("the page stays", err=True, patience=60)
        document = self.judged(verify.viewer)
        self.assertEqual(document["report"]["verdict"], "PROVEN")
        self.assertEqual(document["calls"]["total"], json.loads(verify.out[-1])["calls"]["judged"])
        wait_until(lambda: stream.of("end"), "the end")
        started = time.monotonic()
        self.assertEqual(verify.stop(signal.SIGINT), PROVEN, verify)
        self.assertLess(time.monotonic() - started, 3)

    def test_tap(self):
        with start_server() as server:
            tap = self.with_page("tap", "--listen", "127.0.0.1:0", "--to", server.address, "--out", self.folder / "evidence", "--json", "--show", "127.0.0.1:0")
            address = tap.line(r"listening on (\S+),", err=True)[1]
            stream = self.stream(tap.viewer)
            self.assertEqual(run(*client_command(address, "--count", "20", "--every", "10ms")).code, 0)
            wait_until(lambda: sum(event["seen"] for event in stream.of("calls")) == 20, "20 calls")
            self.assertTrue(tap.viewer.document()["live"])
            tap.send(signal.SIGINT)
            tap.line("the page stays", err=True)
            document = self.judged(tap.viewer)
            lines = [json.loads(line) for line in tap.out]
            calls = {(line["connection"], line["stream"]): line for line in lines if line["type"] == "call"}
            rows = tap.viewer.rows(document)
            self.assertEqual(len(rows), 20)
            for row in rows:
                call = calls[(row["connection"], row["stream"])]
                self.assertEqual((row["wire_status"], row["packet"], row["wire_latency_ns"]), (call["status"], call["packet"], call["latency_ns"]))
            told = tap.viewer.call(connection=rows[0]["connection"], stream=rows[0]["stream"])
            self.assertTrue(told["frames"])
            self.assertEqual(document["report"]["verdict"], lines[-1]["verdict"])
            self.assertEqual(tap.stop(signal.SIGINT), {"PROVEN": 0, "INCONCLUSIVE": 3}[lines[-1]["verdict"]], tap)

    @needs_capture
    def test_watch(self):
        self.folder.chmod(0o777)  # whoever the watch becomes may write into it
        with start_server() as server:
            command = [PROGRAM, "watch", "-i", "lo", "--filter", f"tcp port {server.port}", "--write", "--show", "--out", self.folder / "evidence", "--json"]
            watch = self.stack.enter_context(Process(*command, env={"ASAN_OPTIONS": "detect_leaks=0"}))
            viewer = Viewer(watch.line(r"the page: (http://\S+)", err=True)[1])
            stream = self.stream(viewer)
            self.assertEqual(run(*client_command(server.address, "--count", "20", "--every", "10ms")).code, 0)
            wait_until(lambda: sum(event["seen"] for event in stream.of("calls")) == 20, "20 calls")
            watch.send(signal.SIGINT)
            watch.line("the page stays", err=True)
            document = self.judged(viewer)
            lines = [json.loads(line) for line in watch.out]
            calls = {(line["connection"], line["stream"]): line for line in lines if line["type"] == "call"}
            rows = viewer.rows(document)
            self.assertEqual(len(rows), 20)
            for row in rows:
                call = calls[(row["connection"], row["stream"])]
                self.assertEqual((row["wire_status"], row["packet"]), (call["status"], call["packet"]))
            watch.stop(signal.SIGINT)

    def test_a_run_without_a_wire_witness(self):
        """Statements alone are followed to their end, too."""
        folder = self.folder / "evidence" / "alone"
        (folder / "statements").mkdir(parents=True)
        with start_server() as server:
            client = run(*client_command(server.address, "--count", "10", "--every", "10ms", "--statements", folder / "statements" / "client1.jsonl"))
            self.assertEqual(client.code, 0, client)
        shown = self.show(folder)
        wait_until(lambda: shown.viewer.document()["calls"]["total"] == 10, "what the client states")
        self.assertEqual({row["client_status"] for row in shown.viewer.rows()}, {0})


    def test_findings_come_while_the_run_goes_on(self):
        """What is told of each is what the document says of it in the end."""
        verify = self.start("verify", *WIDE, "--wire", "tap", "--every", "40ms", "--for", "3s", "--kind", "bidi", "--out", self.folder / "evidence", "--json")
        evidence = self.evidence_of(self.folder / "evidence")
        shown = self.show(evidence)
        stream = self.stream(shown.viewer, "?from=0")
        wait_until(lambda: stream.of("findings"), "findings while calls are made")
        live = shown.viewer.document()
        self.assertTrue(live["live"] and verify.running, "it was told before the end")
        self.assertEqual(live["wire"], "tap")
        self.assertTrue(live["findings"])
        rows = shown.viewer.rows(live)
        for finding in live["findings"]:
            if "row" in finding:
                row = rows[finding["row"]]
                self.assertEqual((row["connection"], row["stream"]), (finding["wire"]["connection"], finding["wire"]["stream"]))
                self.assertTrue(row["flags"] & 7)
        self.assertEqual(verify.wait(60), PROVEN, verify)
        judged = self.judged(shown.viewer)
        wait_until(lambda: stream.of("end"), "the end")
        told = [finding for event in stream.of("findings") for finding in event["findings"]]
        def said(findings):
            return sorted(json.dumps({name: value for name, value in finding.items() if name != "row"}, sort_keys=True) for finding in findings)
        self.assertEqual(said(told), said(judged["findings"]))
        found = stream.of("findings")[-1]["found"]
        counted = judged["report"]["findings"]
        self.assertEqual({name: found[name] for name in ("errors", "warnings", "infos")}, {name: counted[name] for name in ("errors", "warnings", "infos")})
        self.assertNotIn("found", judged)
        self.assertEqual(judged["wire"], "tap")


class CutShort(Show):
    """A run whose process is gone is not called live; one that is there, or of which that is not known, is."""

    def followed(self, *options):
        verify = self.start("verify", *WIDE, *LONG, "--out", self.folder / "evidence", *options)
        evidence = self.evidence_of(self.folder / "evidence")
        return verify, evidence, self.show(evidence)

    @staticmethod
    def kill(process):
        process.send(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL

    def stays_live(self, viewer, seconds=2):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.assertTrue(viewer.document()["live"])
            time.sleep(0.2)

    def test_while_somebody_follows_it(self):
        verify, evidence, shown = self.followed()
        stream = self.stream(shown.viewer)
        wait_until(lambda: stream.of("calls"), "calls")
        self.stays_live(shown.viewer, 1)
        self.kill(verify)
        document = self.judged(shown.viewer)
        self.assertIs(document["cut_short"], True)
        self.assertIn("the run that collected this evidence did not come to its end", document["report"]["notes"])
        self.assertGreater(document["calls"]["total"], 0)
        wait_until(lambda: stream.of("end"), "the end")
        shown.line("its process is gone", err=True)
        self.assertFalse((evidence / "report.json").exists(), "whoever shows it writes no reports")
        ran = run(PROGRAM, "report", evidence, *WIDE, "--json", patience=60)
        self.assertEqual(ran.code, 0, ran)
        self.assertEqual(json.loads(ran.out[-1])["verdict"], document["report"]["verdict"])
        self.assertEqual(shown.stop(signal.SIGINT), 0, shown)

    def test_before_somebody_comes(self):
        verify = self.start("verify", *WIDE, *LONG, "--out", self.folder / "evidence")
        evidence = self.evidence_of(self.folder / "evidence")
        self.kill(verify)
        shown = self.show(evidence)
        self.assertIs(self.judged(shown.viewer, patience=8)["cut_short"], True)

    def test_without_the_lock_nothing_is_concluded(self):
        verify, evidence, shown = self.followed()
        (evidence / "run.lock").unlink()  # as an older testigo leaves it
        self.kill(verify)
        self.stays_live(shown.viewer)

    def test_of_a_copy_nothing_is_concluded_before_it_was_silent_for_a_while(self):
        _, evidence, _ = self.followed()
        copy = self.folder / "copy"
        shutil.copytree(evidence, copy)
        shown = self.show(copy)
        self.stays_live(shown.viewer)
        self.assertNotIn("cut_short", self.judged(shown.viewer))

    def test_a_tap_that_nobody_calls_goes_on(self):
        with start_server() as server:
            tap = self.start("tap", "--listen", "127.0.0.1:0", "--to", server.address, "--out", self.folder / "evidence")
            tap.line(r"listening on", err=True)
            evidence = next((self.folder / "evidence").iterdir())
            for path in (evidence, evidence / "wire.pcapng"):
                os.utime(path, (time.time() - 600, time.time() - 600))
            shown = self.show(evidence)
            self.stays_live(shown.viewer)
            self.assertEqual(shown.viewer.document()["wire"], "tap")
            self.kill(tap)
            document = self.judged(shown.viewer)
            self.assertIs(document["cut_short"], True)
            self.assertEqual(document["report"]["command"], "tap")
            self.assertIn("the run that collected this evidence did not come to its end", document["report"]["notes"])

    def test_a_run_that_ends_leaves_no_lock(self):
        evidence = self.verified()
        self.assertFalse((evidence / "run.lock").exists())
        document = self.judged(self.show(evidence).viewer)
        self.assertNotIn("cut_short", document)


class Access(Show):
    def test_fifty_follow_at_once_and_the_65th_is_told_to_come_back(self):
        verify = self.with_page("verify", *WIDE, *LONG, "--out", self.folder / "evidence", "--show")
        streams = [self.stream(verify.viewer) for _ in range(50)]
        for stream in streams:
            wait_until(lambda stream=stream: stream.of("calls"), "calls for each of fifty")
        first = streams[0].of("calls")[0]
        self.assertTrue(all(first in stream.of("calls") or stream.of("calls")[0] in streams[0].of("calls") for stream in streams))
        streams += [self.stream(verify.viewer) for _ in range(VIEWERS - 50)]
        self.assertEqual({stream.response.status for stream in streams}, {200})
        refused = self.stream(verify.viewer)
        self.assertEqual(refused.response.status, 503)
        self.assertTrue(refused.response.getheader("Retry-After"))
        self.assertEqual(verify.viewer.get("/data")[0], 200, "whoever only asks is answered")
        streams[0].close()
        def again():
            return (lambda stream: stream.response.status == 200 or stream.close())(self.stream(verify.viewer))
        wait_until(again, "room for another", patience=40)

    def assert_asks_for_its_token(self, url):
        """Opened once, a cookie carries it."""
        token = urllib.parse.parse_qs(url.query)["token"][0]
        self.assertGreaterEqual(len(token), 20)
        viewer = Viewer(f"http://127.0.0.1:{url.port}")
        for path in ("/", "/data", "/call?row=0", "/events", "/data?token=", "/data?token=x" + token[1:]):
            self.assertEqual(viewer.get(path)[0], 401, path)
        status, page, headers = viewer.get(f"/?token={token}")
        self.assertEqual(status, 200)
        self.assertNotIn(token, page)
        cookie = headers["Set-Cookie"].split(";")[0]
        self.assertEqual(viewer.get("/data", {"Cookie": cookie})[0], 200)
        self.assertEqual(viewer.get("/data", {"Cookie": cookie, "Host": f"box.example:{url.port}"})[0], 200)
        self.assertEqual(viewer.get("/data", {"Cookie": cookie, "Origin": "http://evil.example"})[0], 403)
        return token

    def test_elsewhere_a_token_is_asked_for(self):
        evidence = self.verified()
        for options in ([], ["--token", "sesame-open-the-page"]):
            shown = self.start("show", evidence, "--listen", "0.0.0.0:0", *options)
            self.assert_asks_for_its_token(urllib.parse.urlsplit(shown.line(r"^(http://\S+)")[1]))
            self.assertEqual(shown.stop(signal.SIGINT), 0, shown)

    def assert_run_asks_for_its_token(self, began, *command):
        """The token, once the run is over; `began` is what it says when a signal ends it in order."""
        out = self.folder / f"elsewhere{time.monotonic_ns()}"
        out.mkdir()
        out.chmod(0o777)  # whoever a watch becomes may write into it
        process = self.start(*command, "--show", "0.0.0.0:0", "--out", out)
        token = self.assert_asks_for_its_token(urllib.parse.urlsplit(process.line(r"the page: (http://\S+)", err=True)[1]))
        self.assertRegex(token, "^[0-9a-f]{32}$")
        process.line(began, err=True, patience=30)
        process.send(signal.SIGINT)
        process.line("the page stays", err=True, patience=60)
        process.stop(signal.SIGINT)
        self.assertEqual(len([line for line in process.err + process.out if token in line]), 1, process)
        for path in out.rglob("*"):
            self.assertFalse(path.is_file() and token.encode() in path.read_bytes(), path)
        return token

    def test_a_run_asks_for_a_token_elsewhere(self):
        verify = ("wire: ", "verify", *WIDE, *LONG)
        tokens = {self.assert_run_asks_for_its_token(*command)
                  for command in (verify, verify, ("listening on", "tap", "--listen", "127.0.0.1:0", "--to", "127.0.0.1:1"))}
        self.assertEqual(len(tokens), 3, "each run has its own")

    @needs_capture
    def test_a_watch_asks_for_a_token_elsewhere(self):
        self.folder.chmod(0o755)
        self.assert_run_asks_for_its_token("listening", "watch", "-i", "lo", "--filter", "tcp port 1", "--write")

    def test_a_program_that_a_run_starts_inherits_no_socket(self):
        verify = self.with_page("verify", *WIDE, *LONG, "--out", self.folder / "evidence", "--show")
        stream = self.stream(verify.viewer)
        wait_until(lambda: stream.of("calls"), "calls")
        def sockets(pid):
            return {file for file in open_files(pid).values() if file.startswith("socket:")}
        ours = sockets(verify.pid)
        self.assertGreaterEqual(len(ours), 2, "the one that listens, and the stream")
        children = list(map(int, pathlib.Path(f"/proc/{verify.pid}/task/{verify.pid}/children").read_text().split()))
        self.assertTrue(children)
        for child in children:
            self.assertEqual(sockets(child) & ours, set())

    def test_foreign_names_and_origins(self):
        shown = self.show(self.verified())
        own = f"127.0.0.1:{shown.viewer.port}"
        self.assertEqual(shown.viewer.get("/data", {"Host": own, "Origin": f"http://{own}"})[0], 200)
        for headers in ({"Host": f"evil.example:{shown.viewer.port}"}, {"Origin": "http://evil.example"}, {"Origin": "null"},
                        {"Origin": f"http://127.0.0.1:{shown.viewer.port + 1}"}, {"Sec-Fetch-Site": "cross-site"}):
            for path in ("/", "/data", "/call?row=0", "/events"):
                status, text, _ = shown.viewer.get(path, headers)
                self.assertEqual(status, 403, (headers, path))
                self.assertNotIn("testigo-page", text)

    def test_a_port_that_is_taken(self):
        evidence = self.verified()
        with socket.create_server(("127.0.0.1", 0)) as taken:
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            for command in (["show", evidence, "--listen", address],
                            ["verify", *RUN, "--out", self.folder / "other", "--show", address],
                            ["tap", "--listen", "127.0.0.1:0", "--to", "127.0.0.1:1", "--out", self.folder / "other", "--show", address]):
                ran = run(PROGRAM, *command, patience=30)
                self.assertEqual(ran.code, ENVIRONMENT, ran)
                self.assertEqual(len([line for line in ran.err if f"cannot listen on {address}" in line]), 1, ran)

    def test_no_evidence(self):
        (self.folder / "empty").mkdir()
        for options in ([], [self.folder / "empty"], [self.folder / "nowhere"]):
            ran = run(PROGRAM, "show", *options, cwd=self.folder)
            self.assertEqual(ran.code, ENVIRONMENT, ran)
            self.assertEqual(ran.out, [])
            self.assertEqual(len(ran.err), 1, ran)

    def test_ctrl_c_ends_it_at_once(self):
        verify = self.start("verify", *WIDE, *LONG, "--out", self.folder / "evidence")
        evidence = self.evidence_of(self.folder / "evidence")
        for number in (signal.SIGINT, signal.SIGTERM):
            shown = self.show(evidence)
            streams = [self.stream(shown.viewer) for _ in range(20)]
            idle = [socket.create_connection((shown.viewer.host, shown.viewer.port)) for _ in range(3)]
            kept = http.client.HTTPConnection(shown.viewer.host, shown.viewer.port)
            kept.request("GET", "/data")
            kept.getresponse().read()  # and the connection stays open
            started = time.monotonic()
            self.assertEqual(shown.stop(number), 0, shown)
            self.assertLess(time.monotonic() - started, 3)
            wait_until(lambda: all(stream.ended for stream in streams), "all streams end")
            for connection in idle:
                connection.close()
            kept.close()
        self.assertTrue(verify.running, "nobody who looks ends a run")

    def test_ctrl_c_ends_it_while_it_judges(self):
        evidence = self.folder / "evidence"
        evidence.mkdir()
        capture = evidence / "wire.pcapng"
        capture.write_bytes((CAPTURES / "cpp-h2c/input.pcapng").read_bytes() * 6000)  # to judge it takes seconds
        for path in (capture, evidence):
            os.utime(path, (time.time() - 600, time.time() - 600))
        shown = self.show(evidence)
        wait_until(lambda: (evidence / "ledger.db.new").exists(), "it judges")
        document = shown.viewer.document()
        self.assertEqual((document["live"], document.get("judging")), (True, True))
        self.assertEqual(shown.stop(signal.SIGINT), 0, shown)
        self.assertEqual([path.name for path in evidence.iterdir()], ["wire.pcapng"], "nothing half done stays")

    def test_who_still_writes_into_a_finished_run_is_not_waited_for(self):
        evidence = self.verified()
        over = threading.Event()

        def write():
            with open(evidence / "statements" / "client1.jsonl", "a", encoding="utf-8") as file:
                while not over.wait(0.05):
                    file.write("{}\n")
                    file.flush()

        writer = threading.Thread(target=write)
        writer.start()
        try:
            self.assertTrue(self.judged(self.show(evidence).viewer)["report"])
        finally:
            over.set()
            writer.join()

    def test_a_viewer_that_does_not_read_holds_nobody_up(self):
        verify = self.with_page("verify", *WIDE, "--wire", "tap", "--every", "5ms", "--clients", "8", "--for", "3s", "--out", self.folder / "evidence", "--show")
        deaf = socket.socket()
        self.addCleanup(deaf.close)
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        deaf.connect((verify.viewer.host, verify.viewer.port))
        deaf.sendall(f"GET /events HTTP/1.1\r\nHost: 127.0.0.1:{verify.viewer.port}\r\n\r\n".encode())
        stream = self.stream(verify.viewer)
        wait_until(lambda: stream.of("end"), "the end", patience=60)
        verify.line("the page stays", err=True)
        started = time.monotonic()
        self.assertEqual(verify.stop(signal.SIGINT), PROVEN, verify)
        self.assertLess(time.monotonic() - started, 3)

    def test_it_may_be_ended_as_soon_as_it_says_that_it_stays(self):
        command = [PROGRAM, "verify", *WIDE, "--wire", "tap", "--every", "50ms", "--for", "200ms", "--out", self.folder / "evidence", "--show"]
        for _ in range(3):
            with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as verify:
                for line in verify.stderr:
                    if "the page stays" in line:
                        verify.send_signal(signal.SIGINT)
                        break
                verify.communicate(timeout=60)
            self.assertEqual(verify.returncode, PROVEN)


class Killed(Show):
    """Whoever dies at whatever moment: what was said before is there, and what is missing is said."""

    def children(self, verify):
        """By what they are."""
        text = pathlib.Path(f"/proc/{verify.pid}/task/{verify.pid}/children").read_text()
        found = {}
        for child in map(int, text.split()):
            with contextlib.suppress(OSError):
                words = pathlib.Path(f"/proc/{child}/cmdline").read_bytes().decode().split("\0")
                found.setdefault(next((word for word in ("client", "server") if word in words), "other"), []).append(child)
        return found

    def assert_readable(self, evidence):
        """All reports are built from it, and each call that a client began before is in it."""
        statements = {}
        for file in (evidence / "statements").glob("*.jsonl"):
            for line in read_json_lines(file):
                if line["type"] == "started":
                    statements[line["id"]] = line
        for report in REPORTS | {"ledger.db"}:
            (evidence / report).unlink(missing_ok=True)
        judged = run(PROGRAM, "verify", "--evidence", evidence, *WIDE, "--json", patience=60)
        self.assertIn(judged.code, (0, 1, 3), judged)
        ran = run(PROGRAM, "report", evidence, *WIDE, patience=60)
        self.assertEqual(ran.code, 0, ran)
        self.assertLessEqual(REPORTS, {path.name for path in evidence.iterdir()}, ran)
        report = json.loads((evidence / "report.json").read_text())
        embedded = json.loads(re.search(r'<script type="application/json" id="testigo-page">(.*?)</script>', (evidence / "report.html").read_text(), re.DOTALL)[1])
        ids = {f"{embedded['clients'][row['client']]['name']}/{embedded['processes'][row['process']]['process']}/{row['number']}"
               for row in rows_of(embedded["calls"]["kept"], embedded["calls"]["columns"], embedded["calls"]["data"]) if row["number"]}
        self.assertLessEqual(set(statements), ids)
        self.assertGreater(len(ids), 0)
        return report

    def test_at_random_moments(self):
        chance = random.Random(SEED)
        victims = ("verify", "client", "server", "show")
        for number in range(ROUNDS):
            victim = victims[number % len(victims)]
            with self.subTest(f"round {number}, {victim}, seed {SEED}"), contextlib.ExitStack() as stack:
                out = self.folder / f"round{number}"
                verify = stack.enter_context(Process(PROGRAM, "verify", *WIDE, "--wire", "tap", "--every", "10ms", "--for", "3s", "--out", out, "--show"))
                viewer = Viewer(verify.line(r"the page: (http://\S+)", err=True)[1])
                evidence = self.evidence_of(out)
                shown = stack.enter_context(Process(PROGRAM, "show", evidence))
                beside = Viewer(shown.line(r"^(http://\S+)")[1])
                stream = self.stream(beside)
                time.sleep(chance.uniform(0, 1.5))
                children = self.children(verify)
                self.assertTrue(children.get("client") and children.get("server"), children)
                if victim == "verify":
                    verify.send(signal.SIGKILL)
                    self.assertEqual(verify.wait(), -signal.SIGKILL)
                    wait_until(lambda: all(not self.alive(pid) for pids in children.values() for pid in pids), "nobody outlives it")
                elif victim == "show":
                    shown.send(signal.SIGKILL)
                    shown.wait()
                    verify.line("the page stays", err=True, patience=60)
                else:
                    os.kill(chance.choice(children[victim]), signal.SIGKILL)
                    verify.line("the page stays", err=True, patience=60)
                if victim != "verify":
                    self.judged(viewer)
                    verify.send(signal.SIGINT)
                    code = verify.wait()
                    self.assertIn(code, (0,) if victim == "show" else (0, 1, 3), verify)
                if victim == "verify":
                    self.assertIs(self.judged(beside, patience=60).get("cut_short"), True)
                report = self.assert_readable(evidence)
                notes = " ".join(report["notes"] + [claim["because"] for claim in report["claims"]])
                if victim == "verify":
                    self.assertRegex(notes, "not come to its end|did not finish|was killed|not finished|cut")
                elif victim != "show":
                    self.assertRegex(notes, rf"{victim}\d? ended (before it was asked to, )?with exit code 137")
                if victim != "show":
                    self.assertTrue(shown.running, shown)
                    self.assertEqual(beside.get("/data")[0], 200)
                    self.assertEqual(shown.stop(signal.SIGINT), 0, shown)
                stream.close()

    def test_a_tap_at_random_moments(self):
        chance = random.Random(SEED)
        for number in range(max(1, ROUNDS // 5)):
            with self.subTest(f"round {number}, seed {SEED}"), contextlib.ExitStack() as stack:
                server = stack.enter_context(start_server())
                tap = stack.enter_context(start_tap(server.address, self.folder / f"tap{number}", "--quiet", "--show"))
                client = stack.enter_context(Process(*client_command(tap.address, "--every", "5ms", "--for", "60s")))
                stream = self.stream(Viewer(tap.line(r"the page: (http://\S+)", err=True)[1]))
                wait_until(lambda: stream.of("calls"), "a call that is shown")
                time.sleep(chance.uniform(0, 1))
                tap.send(signal.SIGKILL)
                self.assertEqual(tap.wait(), -signal.SIGKILL)
                client.stop()
                stream.close()
                evidence = next((self.folder / f"tap{number}").iterdir())
                ran = run(PROGRAM, "report", evidence, "--json", patience=60)
                self.assertEqual(ran.code, 0, ran)
                report = json.loads(ran.out[-1])
                self.assertGreater(report["calls"]["on_wire"], 0)
                self.assertIn("the run that collected this evidence did not come to its end", report["notes"])
                self.assertLessEqual(REPORTS, {path.name for path in evidence.iterdir()}, ran)

    @staticmethod
    def alive(pid):
        with contextlib.suppress(OSError):
            return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
        return False


if __name__ == "__main__":
    unittest.main()
