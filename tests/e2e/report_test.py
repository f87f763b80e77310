#!/usr/bin/env python3
"""testigo report and the ledger: what it says of each call is what statements, capture and report.json say; and whatever happens to
ledger.db, the verdict stands and the file is made anew."""

import contextlib
import datetime
import json
import os
import pathlib
import random
import re
import resource
import shutil
import signal
import sqlite3
import stat
import subprocess
import time
import unittest

from ledgers import dump, rows
from support import TESTIGO, Process, client_command, needs, read_json_lines, run, start_server, start_tap, temporary_folder, why_no_networks

DONE, BROKEN, WRONG_USAGE, ENVIRONMENT = 0, 1, 2, 4
VERIFY = ["verify", "--wire", "tap", "--every", "40ms", "--for", "800ms"]
WIDE = ["--tolerance", "10s"]  # timing is tested elsewhere
ENDED = ("status", "message", "latency_ns", "requests", "replies")
CAPTURES = pathlib.Path(__file__).resolve().parents[2] / "captures"
SEED = random.SystemRandom().randrange(1 << 32)


def nanoseconds(text):
    """Of RFC 3339 with nanoseconds."""
    seconds, fraction = text.removesuffix("Z").split(".")
    return int(datetime.datetime.fromisoformat(seconds + "+00:00").timestamp()) * 10**9 + int(fraction.ljust(9, "0"))


def small_files(octets):
    """For a child: a disk that takes no file larger than that."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (octets, octets))


def identity(file):
    """Of the file itself: the number alone is given again once its file is gone."""
    status = file.stat()
    return status.st_ino, status.st_mtime_ns


class Ledger(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)
        self.folder = self.stack.enter_context(temporary_folder())

    def verify(self, *options):
        """A run; its process, with the evidence."""
        ran = run(TESTIGO, *VERIFY, *WIDE, "--out", self.folder, "--json", *options, patience=60)
        self.verdict = json.loads(ran.out[-1])
        self.evidence = pathlib.Path(self.verdict["evidence"])
        self.ledger = self.evidence / "ledger.db"
        return ran

    def report(self, *options, code=DONE):
        ran = run(TESTIGO, "report", self.evidence, *WIDE, *options, patience=60)
        self.assertEqual(ran.code, code, ran)
        return ran

    def page(self):
        """The document of report.html."""
        html = (self.evidence / "report.html").read_text(encoding="utf-8")
        return json.loads(html.split('<script type="application/json" id="testigo-page">')[1].split("</script")[0])


class SaysTheSame(Ledger):
    """As statements, the capture, and report.json."""

    def test_of_runs_of_all_kinds(self):
        for options in ([], ["--kind", "bidi", "--clients", "3"], ["--misbehave", "wrong-name:3"], ["--misbehave", "twice:4"],
                        ["--misbehave", "swallow:5", "--deadline", "200ms"], ["--misbehave", "swap"], ["--tls"]):
            with self.subTest(" ".join(options)):
                self.verify(*options)
                self.assertEqual(stat.S_IMODE(self.ledger.stat().st_mode), 0o600)
                self.of_statements()
                self.of_the_wire()
                self.of_the_verdict()
                self.of_calls()
        self.assertEqual(rows(self.ledger, "SELECT count(*) AS n FROM wire_calls")[0]["n"], 0)  # under TLS

    def of_statements(self):
        told = rows(self.ledger, "SELECT * FROM testimony ORDER BY file, line")
        written = [(f"statements/{file.name}", number, json.loads(line))
                   for file in sorted((self.evidence / "statements").iterdir()) for number, line in enumerate(file.read_text().splitlines(), 1)]
        self.assertGreater(len(written), 50)
        self.assertEqual(len(told), len(written))
        starts = {start["process"]: start for _, _, start in written if start["type"] == "start"}
        for row, (file, number, line) in zip(told, written):
            self.assertEqual((row["file"], row["line"], row["type"], row["time_ns"], row["monotonic_ns"]),
                             (file, number, line["type"], nanoseconds(line["time"]), line["monotonic_ns"]))
            self.assertEqual(row["name"], pathlib.Path(file).stem)
            if "id" in line:
                self.assertEqual(f"{row['client']}/{row['process']}/{row['number']}", line["id"])
            for member in ("method", "kind", "peer", *ENDED):
                self.assertEqual(row[member], line.get(member), line)
            reply = line.get("reply", {})
            self.assertEqual((row["reply_client"], row["reply_call"], row["reply_server"]), (reply.get("client"), reply.get("call"), reply.get("server")))
        for witness in rows(self.ledger, "SELECT * FROM witnesses"):
            start = starts[witness["process"]]
            for member in ("witness", "name", "host", "pid", "address", "period_ns", "deadline_ns", "tls", "continues"):
                self.assertEqual(witness[member], start.get(member), start)

    def watched(self):
        ran = run(TESTIGO, "watch", self.evidence / "wire.pcapng", "--json", patience=60)
        return [line for line in map(json.loads, ran.out) if line["type"] == "call"]

    def of_the_wire(self):
        told = rows(self.ledger, "SELECT w.*, m.method AS path, c.client, c.server FROM wire_calls w LEFT JOIN methods m ON m.id = w.method"
                                 " JOIN connections c ON c.number = w.connection ORDER BY w.connection, w.stream")
        seen = sorted(self.watched(), key=lambda call: (call["connection"], call["stream"]))
        self.assertEqual(len(told), len(seen))
        for row, call in zip(told, seen):
            self.assertEqual((row["path"], row["started_ns"]), (call.get("method"), nanoseconds(call["time"])))
            self.assertEqual(row["message"], call.get("message", ""))
            for member in ("connection", "stream", "method_known", "kind", "ending", "status", "http_status", "requests", "replies", "request_bytes",
                           "reply_bytes", "latency_ns", "client", "server"):
                self.assertEqual(row[member], call.get(member), call)
            self.assertGreater(row["packet"], 0)

    def of_the_verdict(self):
        report = json.loads((self.evidence / "report.json").read_text())
        meta = {row["key"]: row["value"] for row in rows(self.ledger, "SELECT * FROM meta")}
        self.assertEqual((meta["format"], meta["version"], meta["testigo"], meta["evidence"], meta["verdict"], meta["wire"]),
                         ("testigo-ledger", "1.0", report["testigo"], self.evidence.name, report["verdict"], report["wire"]))
        findings = rows(self.ledger, "SELECT * FROM findings ORDER BY id")
        for finding in findings:
            del finding["id"], finding["time_ns"]
        first = [{"check_id": finding["check"], "severity": finding["severity"], "text": finding["text"], "clause": finding["clause"],
                  **finding["wire"], "direction": finding["direction"], "offset": finding["offset"]} for finding in report["findings"]["first"]]
        self.assertEqual(findings, first)  # there are fewer than a report keeps
        self.assertEqual(len(findings), sum(report["findings"][grade] for grade in ("errors", "warnings", "infos")))
        for claim in report["claims"]:
            row, = rows(self.ledger, f"SELECT * FROM claims WHERE number = {claim['number']}")
            self.assertEqual(row, {member: claim[member] for member in row})
            exhibits = rows(self.ledger, "SELECT e.*, c.client || '/' || c.process || '/' || e.number AS call FROM exhibits e"
                                         f" LEFT JOIN callers c ON c.id = e.caller WHERE e.claim = {claim['number']} ORDER BY exhibit")
            self.assertEqual(len(exhibits), len(claim["exhibits"]))
            for row, exhibit in zip(exhibits, claim["exhibits"]):
                self.assertEqual((row["text"], row["call"], row["octets"]), (exhibit["text"], exhibit.get("call"), exhibit.get("octets", "")))
                where = f"WHERE claim = {row['claim']} AND exhibit = {row['exhibit']} ORDER BY place"
                self.assertEqual(rows(self.ledger, f"SELECT packet, connection, stream FROM exhibit_wire {where}"), exhibit["wire"])
                self.assertEqual(rows(self.ledger, f"SELECT f.file, s.line FROM exhibit_statements s JOIN files f ON f.id = s.file {where}"),
                                 exhibit["statements"])
        for number, cause in enumerate(report["causes"], 1):
            row, = rows(self.ledger, f"SELECT id, title, explanation, fix, suspected, times FROM causes WHERE number = {number}")
            self.assertEqual(row, {member: cause[member] for member in row})
            self.assertEqual(rows(self.ledger, f"SELECT packet, connection, stream FROM cause_wire WHERE cause = {number} ORDER BY place"), cause["wire"])

    def of_calls(self):
        """The view, against what this test makes of statements and the capture."""
        said = {}
        for file in (self.evidence / "statements").iterdir():
            lines = read_json_lines(file)
            for line in lines:
                if "id" in line:
                    said.setdefault(line["id"], {}).setdefault((lines[0]["witness"], line["type"]), line)
        seen = {(call["connection"], call["stream"]): call for call in self.watched()}
        calls = rows(self.ledger, "SELECT * FROM calls")
        self.assertEqual(len(calls), len(said) + sum(call["caller"] is None for call in calls))
        exhibited = {exhibit["call"] for claim in self.verdict["claims"] if claim["outcome"] == "BROKEN" for exhibit in claim["exhibits"] if "call" in exhibit}
        for call in calls:
            if call["caller"] is None:
                continue
            name = f"{call['client']}/{call['process']}/{call['number']}"
            lines = said.pop(name)
            for part, (witness, kind) in {"client_started": ("client", "started"), "client_ended": ("client", "ended"),
                                          "server_received": ("server", "received"), "server_ended": ("server", "ended")}.items():
                self.assertEqual(call[part], int((witness, kind) in lines), name)
            for witness in ("client", "server"):
                ended = lines.get((witness, "ended"), {})
                self.assertEqual((call[f"{witness}_status"], call[f"{witness}_latency_ns"]), (ended.get("status"), ended.get("latency_ns")), name)
            wire = seen.pop((call["connection"], call["stream"]), None)
            if wire:
                self.assertEqual((call["wire_status"], call["wire_latency_ns"], call["ending"], call["start_ns"], call["method"], call["requests"]),
                                 (wire.get("status"), wire["latency_ns"], wire["ending"], nanoseconds(wire["time"]), wire["method"], wire["requests"]))
            else:
                self.assertIsNone(call["connection"])
                self.assertEqual(call["start_ns"], nanoseconds(lines["client", "started"]["time"]))
            reply = lines.get(("client", "ended"), {}).get("reply")
            self.assertEqual(bool(call["reply_other"]), bool(reply) and (reply["client"], reply["call"]) != (call["client"], call["number"]), name)
            self.assertEqual(bool(call["exhibit"]), name in exhibited, name)
        self.assertEqual(said, {})
        differing = {f"{row['client']}/{row['process']}/{row['number']}" for row in calls if row["differs"]}
        broken = {exhibit["call"] for exhibit in self.verdict["claims"][7]["exhibits"] if "call" in exhibit and self.verdict["claims"][7]["outcome"] == "BROKEN"}
        self.assertEqual(differing, broken)

    def test_where_a_statement_was_changed(self):
        self.verify("--clients", "1")
        file = self.evidence / "statements" / "client1.jsonl"
        text = file.read_text()
        changed = next(json.loads(line)["id"] for line in text.splitlines() if '"status":0' in line)  # that which ended first
        file.write_text(text.replace('"latency_ns":', '"message":"", "latency_ns":').replace('"status":0', '"status":5', 1))
        self.report()
        self.verdict = json.loads((self.evidence / "report.json").read_text())
        self.assertEqual(self.verdict["verdict"], "BROKEN")
        self.of_statements()
        self.of_calls()
        differences = rows(self.ledger, "SELECT c.client, d.number, d.field, d.text FROM differences d JOIN callers c ON c.id = d.caller")
        self.assertEqual([(row["client"], row["number"], row["field"]) for row in differences], [("client1", int(changed.rsplit("/", 1)[1]), "status")])
        self.assertIn("NOT_FOUND", differences[0]["text"])

    def test_of_a_call_without_id(self):
        with start_server() as server, start_tap(server.address, self.folder) as tap:
            run(*client_command(tap.address, "--count", "2"))
            run(*[client_command(tap.address)[0], "health", "--target", tap.address])
            tap.stop(signal.SIGINT)
        verdict = json.loads(tap.out[-1])
        self.evidence = pathlib.Path(verdict["evidence"])
        self.ledger = self.evidence / "ledger.db"
        again = json.loads(self.report("--json").out[-1])
        for report in (verdict, again):
            del report["judged"], report["masked"]
        self.assertEqual(again, verdict)  # the one claim of a tap, not those of verify
        calls = rows(self.ledger, "SELECT method, client, number, connection, stream, wire_status FROM calls ORDER BY start_ns")
        self.assertEqual([(call["method"].rsplit("/", 1)[1], call["number"], call["wire_status"]) for call in calls],
                         [("Greet", 1, 0), ("Greet", 2, 0), ("Check", None, 0)])


class Report(Ledger):
    def test_what_a_record_takes_out_of_scope_is_told_with_its_name(self):
        self.verify()
        self.assertEqual([note for note in self.verdict["notes"] if "out of scope" in note], [])
        times = sorted(line["time"] for line in read_json_lines(self.evidence / "statements/client1.jsonl") if line["type"] == "started")
        judge = {"format": "testigo-run", "version": "1.2", "command": "verify", "finished": True, "clients_started": 0, "shared_server": False, "notes": []}
        for record in ("run.json", "judge.json"):
            (self.evidence / record).write_text(json.dumps({**judge, "since": times[5]}))
            for command in (("report", self.evidence), ("verify", "--evidence", self.evidence)):
                told = json.loads(run(TESTIGO, *command, *WIDE, "--json", patience=60).out[-1])
                left_out = told["calls"]["out_of_scope"]
                self.assertGreaterEqual(left_out, 5)
                self.assertIn(f"calls before {times[5]} are out of scope (--since, of {record}): {left_out}", told["notes"])

    def test_writes_everything_anew_and_ends_with_0(self):
        self.assertEqual(self.verify("--misbehave", "wrong-name:3").code, BROKEN)
        before = json.loads((self.evidence / "report.json").read_text())
        ledger = dump(self.ledger)
        for file in ("report.txt", "report.json", "report.xml", "report.md", "report.html", "ledger.db"):
            (self.evidence / file).unlink()
        ran = self.report()
        self.assertIn("BROKEN", "\n".join(ran.out))
        for file in ("report.txt", "report.xml", "report.json", "report.md", "report.html"):
            self.assertTrue((self.evidence / file).exists())
        after = json.loads((self.evidence / "report.json").read_text())
        for report in (before, after):
            del report["judged"], report["masked"]
        self.assertEqual(after, before)
        self.assertEqual(dump(self.ledger), ledger)
        self.assertEqual(json.loads(self.report("--json").out[-1])["type"], "verdict")

    def test_a_deleted_ledger_comes_back_the_same(self):
        self.verify()
        self.report("--reindex")
        first = dump(self.ledger)
        self.assertGreater(len(first), 200)
        self.ledger.unlink()
        self.report("--reindex")
        self.assertEqual(dump(self.ledger), first)

    def test_a_forged_one_is_not_believed(self):
        """Of the same files, by all that it says of itself."""
        self.verify("--clients", "1")
        self.report()
        sound, page = dump(self.ledger), self.page()
        with contextlib.closing(sqlite3.connect(self.ledger)) as database, database:
            database.execute("UPDATE statements SET status = 5 WHERE type = 'ended'")
            database.execute("INSERT INTO differences (caller, number, field, text) SELECT caller, number, 'status', 'forged' FROM calls")
        self.assertNotEqual(dump(self.ledger), sound)
        self.report()
        self.assertEqual(dump(self.ledger), sound)
        again = self.page()
        self.assertEqual((again["calls"], again["details"], again["findings"]), (page["calls"], page["details"], page["findings"]))

    def test_it_is_of_what_is_judged_now(self):
        self.verify()
        made = identity(self.ledger)
        self.report()
        self.assertNotEqual(identity(self.ledger), made)
        (self.evidence / "statements" / "client2.jsonl").unlink()
        self.report()
        self.assertEqual([row["name"] for row in rows(self.ledger, "SELECT name FROM witnesses")], ["server", "client1"])

    def test_a_folder_is_called_the_same_however_it_is_named(self):
        self.verify()
        name, self.evidence = self.evidence.name, f"{self.evidence}/"
        self.report()
        self.evidence = pathlib.Path(self.evidence)
        self.assertEqual(self.page()["evidence"], name)

    def test_wrong_usage_and_no_evidence(self):
        self.assertEqual(run(TESTIGO, "report").code, WRONG_USAGE)
        ran = run(TESTIGO, "report", self.folder)
        self.assertEqual(ran.code, ENVIRONMENT, ran)
        self.assertIn("neither statements/ nor wire.pcapng", ran.err[-1])

    def test_a_damaged_one_is_made_anew(self):
        self.verify()
        self.report()
        sound = dump(self.ledger)
        for octets in (b"", b"no database", self.ledger.read_bytes()[:30_000], self.ledger.read_bytes().replace(b"client1", b"\xff\x00\x00\x00\x00\x00\x00")):
            self.ledger.write_bytes(octets)
            self.report()
            self.assertEqual(dump(self.ledger), sound)

    def test_a_pipe_in_place_of_a_capture_keeps_nobody_waiting(self):
        self.verify()
        for name in ("wire.pcapng", "wire.pcapng.1"):
            pipe = self.evidence / name
            pipe.unlink(missing_ok=True)
            os.mkfifo(pipe)
            os.mkfifo(self.evidence / "watch.lock")
            for command in (["report"], ["verify", "--evidence"], ["show", "--listen", "127.0.0.1:0"]):
                with self.subTest(" ".join(command), name=name):
                    ran = run(TESTIGO, *command, self.evidence, patience=30)
                    self.assertEqual(ran.code, ENVIRONMENT, ran)
                    self.assertIn(f"{name}: not a regular file; ", ran.err[-1])
            (self.evidence / "watch.lock").unlink()
            pipe.unlink()
            pipe.write_bytes(b"")

    def test_a_capture_of_many_runs_is_judged_in_the_time_that_it_takes_to_read(self):
        """Each begins behind a time when nobody listened, and before the one in front of it ended."""
        self.evidence = self.folder / "many"
        self.evidence.mkdir()
        (self.evidence / "wire.pcapng").write_bytes((CAPTURES / "cpp-h2c" / "input.pcapng").read_bytes() * 2000)
        self.report("--json")
        notes = [note for note in json.loads((self.evidence / "report.json").read_text())["notes"] if "nobody listened" in note]
        self.assertEqual(len(notes), 1)
        self.assertRegex(notes[0], "^a capture that begins at .* stands behind one that ends at .*; so it is not told when nobody listened")

    def test_more_files_than_may_be_open_at_first(self):
        self.verify()
        client = self.evidence / "statements" / "client1.jsonl"
        for number in range(100):
            shutil.copy(client, client.with_name(f"copy{number}.jsonl"))

        def judge(*command, hard):
            limit = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, hard))
            return subprocess.run([TESTIGO, *command, self.evidence], capture_output=True, text=True, check=False, timeout=60, preexec_fn=limit)

        for command in (["report"], ["verify", "--evidence"]):
            with self.subTest(" ".join(command)):
                ran = judge(*command, hard=1024)
                self.assertNotEqual(ran.returncode, ENVIRONMENT, ran)
                self.assertEqual(ran.stderr, "")
                # They are read one behind the other, and say the same.
                few = judge(*command, hard=64)
                self.assertEqual((few.returncode, few.stderr), (ran.returncode, ""), few)
                note = re.compile(r"  note: the files of 103 witnesses may not be open at once \(`ulimit -n`\).*\n+")
                self.assertRegex(few.stdout, note)
                self.assertEqual(note.sub("", few.stdout).split(), note.sub("", ran.stdout).split())

    def test_a_newer_one_is_kept_until_somebody_says_otherwise(self):
        code = self.verify().code
        with contextlib.closing(sqlite3.connect(self.ledger)) as database:
            database.execute("PRAGMA user_version = 99")
        newer = self.ledger.read_bytes()
        self.assertIn("--reindex", self.report(code=ENVIRONMENT).err[-1])
        ran = run(TESTIGO, "verify", "--evidence", self.evidence, *WIDE, "--json")
        self.assertEqual(ran.code, code)
        self.assertIn("ledger.db could not be written: ", "\n".join(ran.err))
        self.assertEqual(self.ledger.read_bytes(), newer)
        self.report("--reindex")
        self.assertEqual(rows(self.ledger, "PRAGMA user_version")[0]["user_version"], 2)


class Page(Ledger):
    """docs/formats/ledger.md."""

    def setUp(self):
        super().setUp()
        self.text = (pathlib.Path(__file__).resolve().parents[2] / "docs/formats/ledger.md").read_text(encoding="utf-8")
        self.verify("--misbehave", "swap")

    def test_its_queries_are_answered(self):
        queries = [query for query in self.text.split("```sql\n")[1].split("```")[0].split(";") if query.strip()]
        self.assertGreater(len(queries), 5)
        answers = {query: rows(self.ledger, query) for query in queries}
        self.assertEqual([query for query, told in answers.items() if not told], [query for query in queries if "<> 0" in query or "FROM differences" in query])

    def test_it_names_every_table_and_column(self):
        for table in rows(self.ledger, "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')"):
            self.assertIn(f"`{table['name']}`", self.text)
            if table["name"] in ("calls", "testimony"):
                named = self.text.split("## Views")[1]
            else:
                named = next(line for line in self.text.splitlines() if line.startswith("| ") and f"`{table['name']}`" in line.split("|")[1])
            for column in rows(self.ledger, f"PRAGMA table_info({table['name']})"):
                told = f"`{column['name']}`" in named or table["name"] in ("testimony", "exhibit_wire", "exhibit_statements", "cause_wire")
                told = told or column["name"].split("_", 1)[-1] in ("status", "message", "latency_ns")
                self.assertTrue(told, f"{table['name']}.{column['name']}")


class Survives(Ledger):
    def verify_again(self, **how):
        return subprocess.run([TESTIGO, "verify", "--evidence", self.evidence, *WIDE, "--json"], capture_output=True, text=True, check=False, **how)

    def test_a_full_disk(self):
        code = self.verify().code
        old = dump(self.ledger)
        ran = self.verify_again(preexec_fn=small_files(150_000))
        self.assertEqual(ran.returncode, code, ran)
        self.assertEqual(json.loads(ran.stdout)["verdict"], self.verdict["verdict"])
        self.assertRegex(ran.stderr, r"^ledger.db could not be written: [^\n]+; nor could report.html, [^\n]+ an older one is removed; `testigo report \S+ --reindex` makes both\n$")
        self.assertFalse((self.evidence / "ledger.db.new").exists())
        self.assertFalse((self.evidence / "report.html").exists(), "it is older than report.json")
        self.assertEqual(dump(self.ledger), old)
        ran = subprocess.run([TESTIGO, "report", self.evidence, *WIDE, "--reindex"], capture_output=True, text=True, check=False,
                             preexec_fn=small_files(150_000))
        self.assertEqual(ran.returncode, ENVIRONMENT, ran)
        self.assertIn("PROVEN", ran.stdout)
        self.assertIn("nor could report.html, ", ran.stderr)
        self.report("--reindex")
        self.assertEqual(self.page()["report"]["verdict"], self.verdict["verdict"])

    def test_somebody_who_reads_the_old_one(self):
        code = self.verify().code
        with contextlib.closing(sqlite3.connect(self.ledger, isolation_level=None)) as database:
            database.execute("BEGIN EXCLUSIVE")
            ran = self.verify_again()
            self.assertEqual((ran.returncode, ran.stderr), (code, ""))
            database.execute("COMMIT")
        self.assertEqual(rows(self.ledger, "SELECT value FROM meta WHERE key = 'format'"), [{"value": "testigo-ledger"}])

    def test_two_judges_at_once(self):
        """Each has its verdict, neither leaves anything out, and what stays there is of one of them."""
        code = self.verify().code
        before = {file.name for file in self.evidence.iterdir()}
        for _ in range(20):
            for name in ("ledger.db", "report.html"):
                (self.evidence / name).unlink()
            judges = [self.stack.enter_context(Process(TESTIGO, "verify", "--evidence", self.evidence, *WIDE, "--json")) for _ in range(2)]
            for judge in judges:
                self.assertEqual((judge.wait(60), judge.err), (code, []), judge)
            self.assertEqual({file.name for file in self.evidence.iterdir()}, before)
            report, page = json.loads((self.evidence / "report.json").read_text()), self.page()["report"]
            self.assertEqual((report["verdict"], report["judged"]), (page["verdict"], page["judged"]))

    def test_a_folder_where_it_should_be(self):
        code = self.verify().code
        self.ledger.unlink()
        self.ledger.mkdir()
        ran = self.verify_again()
        self.assertEqual(ran.returncode, code, ran)
        self.assertRegex(ran.stderr, r"^ledger.db could not be written: [^\n]+; `testigo report \S+ --reindex` makes it\n$")
        self.assertEqual(self.page()["report"]["verdict"], self.verdict["verdict"])

    def many_calls(self, calls):
        """The statements of that many, made from those of one client."""
        file = self.evidence / "statements" / "client1.jsonl"
        lines = read_json_lines(file)
        started, ended = lines[1:3]
        text = [json.dumps(lines[0])]
        for number in range(1, calls + 1):
            name = started["id"].rsplit("/", 1)[0] + f"/{number}"
            text += [json.dumps({**started, "id": name}), json.dumps({**ended, "id": name})]
        file.write_text("\n".join(text) + "\n")

    def test_a_kill_at_any_moment(self):
        chance = random.Random(SEED)
        self.verify("--clients", "1")
        self.many_calls(20_000)
        begun = time.monotonic()
        self.report("--reindex")
        took = time.monotonic() - begun
        sound, killed = dump(self.ledger), 0
        for round_ in range(40):
            with self.subTest(seed=SEED, round=round_):
                if round_ % 3 == 0:
                    self.ledger.unlink(missing_ok=True)
                there = self.ledger.exists()
                child = subprocess.Popen([TESTIGO, "report", self.evidence, *WIDE, "--reindex"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                time.sleep(chance.uniform(0.1, 1.0) * took)
                child.kill()
                in_time = child.wait() == -signal.SIGKILL
                killed, took = killed + in_time, took if in_time else took * 0.8  # the machine was busier before
                self.assertTrue(self.ledger.exists() or not there)
                if self.ledger.exists():
                    self.assertEqual(dump(self.ledger), sound)
            if killed == 10:
                break
        self.assertEqual(killed, 10)
        self.report()
        self.assertEqual(dump(self.ledger), sound)
        self.report("--reindex")  # takes over what the killed ones left
        self.assertEqual(dump(self.ledger), sound)
        self.assertFalse((self.evidence / "ledger.db.new").exists())

    @needs("network", why_no_networks())
    def test_a_full_file_system(self):
        """A small one of its own, in a namespace."""
        place = self.folder / "small"
        place.mkdir()
        code = self.verify().code
        self.ledger.unlink()
        (self.evidence / "report.html").unlink()  # it would be taken away first, and make room
        used = sum(4 - -file.stat().st_size // 4096 * 4 for file in self.evidence.rglob("*"))
        script = (f"mount -t tmpfs -o size={used + 100}k none {place} && cp -r {self.evidence} {place}/e && "
                  f"{TESTIGO} verify --evidence {place}/e --tolerance 10s --json; echo code $?; ls {place}/e")
        ran = subprocess.run(["unshare", "--mount", "sh", "-c", script], capture_output=True, text=True, check=False)
        self.assertIn(f"code {code}\n", ran.stdout, ran)
        self.assertIn("ledger.db could not be written: ", ran.stderr)
        for name in ("ledger.db", "report.html", ".new"):
            self.assertNotIn(name, ran.stdout.split("code", 1)[1])


if __name__ == "__main__":
    unittest.main()
