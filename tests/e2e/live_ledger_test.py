#!/usr/bin/env python3
"""The ledger beside a run: who asks it sees calls come; and whatever happens to it, the run and its verdict go on."""

import contextlib
import json
import pathlib
import signal
import sqlite3
import stat
import subprocess
import time
import unittest

from ledgers import dump, rows
from support import TESTIGO, Process, client_command, needs, run, start_server, start_tap, temporary_folder, wait_until, why_no_networks

DONE = 0
FOR_LONG = ["--for", "60s"]  # who ends it does so by a signal
VERIFY = ["verify", "--wire", "tap", "--every", "20ms", "--tolerance", "10s", "--json"]
WIDE = ["--tolerance", "10s"]
OF_ALL_WITNESSES = "SELECT * FROM calls WHERE client_status = 0 AND wire_status = 0 AND server_status = 0"


class Beside(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)
        self.folder = self.stack.enter_context(temporary_folder())

    def start(self, *options):
        """A run, of whose first calls the ledger says all."""
        process = self.stack.enter_context(Process(TESTIGO, *VERIFY, "--out", self.folder, *options))
        self.found(process)
        return process

    def found(self, process, query=OF_ALL_WITNESSES):
        self.evidence = wait_until(lambda: next(iter(self.folder.glob("*-*")), None), process)
        self.ledger = self.evidence / "ledger.db"
        wait_until(lambda: self.told(query), lambda: f"calls in the ledger: {process}")

    def told(self, query):
        """Nothing as long as there are no tables."""
        try:
            return rows(self.ledger, query)
        except sqlite3.OperationalError:
            return []

    def count(self, table="statements"):
        return rows(self.ledger, f"SELECT count(*) AS n FROM {table}")[0]["n"]

    def stated(self):
        return sum(len(file.read_text().splitlines()) for file in (self.evidence / "statements").iterdir())

    def stands_still(self):
        before = self.stated()
        time.sleep(0.1)  # they die with whoever started them
        return self.stated() == before

    def lock(self):
        """Nobody else writes to it until `close` of what this returns."""
        database = self.stack.enter_context(contextlib.closing(sqlite3.connect(self.ledger, isolation_level=None, timeout=30)))
        database.execute("BEGIN EXCLUSIVE")
        return database

    def meta(self):
        return {row["key"]: row["value"] for row in rows(self.ledger, "SELECT * FROM meta")}

    def whole(self):
        """It is what is made of the evidence, and nothing is left of the other one."""
        self.assertNotIn("live", self.meta())
        self.assertEqual(self.count(), self.stated())
        self.assertEqual([file.name for file in self.evidence.glob("ledger.db*")], ["ledger.db"])
        made = dump(self.ledger)
        ran = run(TESTIGO, "report", self.evidence, *WIDE, "--reindex", patience=60)
        self.assertEqual(ran.code, DONE, ran)
        self.assertEqual(dump(self.ledger), made)

    def ended(self, process):
        """It has come to its end as if there had been no trouble."""
        process.send(signal.SIGINT)
        code = process.wait(60)
        verdict = json.loads(process.out[-1])
        self.assertEqual((code, verdict["verdict"]), (DONE, "PROVEN"), process)
        self.assertEqual(self.meta()["verdict"], "PROVEN")


class Grows(Beside):
    def test_with_the_run(self):
        with self.start(*FOR_LONG) as process:
            self.assertEqual(stat.S_IMODE(self.ledger.stat().st_mode), 0o600)
            self.assertEqual((self.meta()["live"], self.meta()["evidence"]), (1, self.evidence.name))
            self.assertNotIn("verdict", self.meta())
            for table in ("calls", "wire_calls", "statements"):
                before = self.count(table)
                wait_until(lambda table=table, before=before: self.count(table) > before, lambda table=table: f"more in {table}: {process}")
            lines = {(file.name, number): json.loads(line) for file in (self.evidence / "statements").iterdir()
                     for number, line in enumerate(file.read_text().splitlines()[:20], 1)}
            for row in rows(self.ledger, "SELECT * FROM testimony WHERE line <= 20"):
                line = lines[row["file"].removeprefix("statements/"), row["line"]]
                self.assertEqual((row["type"], row["monotonic_ns"], row["latency_ns"]), (line["type"], line["monotonic_ns"], line.get("latency_ns")))
            self.ended(process)
            self.assertNotIn("ledger", "\n".join(process.err))
        self.whole()

    def test_with_a_tap_that_is_shown(self):
        with start_server() as server, start_tap(server.address, self.folder, "--show", "127.0.0.1:0") as tap:
            run(*client_command(tap.address, "--count", "3"))
            self.found(tap, "SELECT * FROM calls WHERE wire_status = 0")
            self.assertEqual(self.meta()["live"], 1)
            tap.send(signal.SIGINT)
            tap.line("until Ctrl-C", err=True)
            self.assertEqual((self.count("wire_calls"), self.meta()["verdict"]), (3, "PROVEN"))
            self.assertEqual(tap.stop(signal.SIGINT), DONE, tap)
            self.assertNotIn("ledger", "\n".join(tap.err))

    def test_not_with_a_tap_that_nobody_looks_at(self):
        with start_server() as server, start_tap(server.address, self.folder) as tap:
            run(*client_command(tap.address, "--count", "3"))
            tap.stop(signal.SIGINT)
        self.assertEqual(list(self.folder.rglob("ledger.db*")), [])


class Survives(Beside):
    LOCKED = r"^the ledger cannot be written: database is locked; it catches up"
    CAUGHT_UP = r"^ledger\.db has caught up$"

    def said(self, process, *patterns):
        """Of the ledger this, and nothing else."""
        told = [line for line in process.err if "ledger" in line]
        self.assertEqual(len(told), len(patterns), process)
        for line, pattern in zip(told, patterns):
            self.assertRegex(line, pattern)

    def test_somebody_who_locks_it_for_a_while(self):
        with self.start(*FOR_LONG) as process:
            other = self.lock()
            before = self.count()
            process.line(self.LOCKED, err=True)
            wait_until(lambda: self.stated() > before + 200, process)  # nobody waits
            self.assertEqual(self.count(), before)
            other.close()
            process.line(self.CAUGHT_UP, err=True)
            self.assertGreater(self.count(), before + 200)
            self.ended(process)
            self.said(process, self.LOCKED, self.CAUGHT_UP)
        self.whole()

    def test_somebody_who_locks_it_to_the_end(self):
        with self.start(*FOR_LONG) as process:
            other = self.lock()
            process.line(self.LOCKED, err=True)
            self.ended(process)
            self.said(process, self.LOCKED, self.CAUGHT_UP)
            other.close()
        self.whole()

    def test_somebody_who_removes_it(self):
        with self.start(*FOR_LONG) as process:
            for file in self.evidence.glob("ledger.db*"):
                file.unlink(missing_ok=True)
            process.line("ledger.db was taken away", err=True)
            self.assertFalse(self.ledger.exists())
            self.ended(process)
            self.said(process, "ledger.db was taken away, .*; it catches up", self.CAUGHT_UP)
        self.whole()

    def test_a_report_meanwhile(self):
        with self.start(*FOR_LONG) as process:
            ran = run(TESTIGO, "report", self.evidence, *WIDE, patience=60)
            self.assertEqual(ran.code, DONE, ran)
            self.assertIn("verdict", self.meta())
            process.line("another one stands in its place", err=True)
            self.ended(process)
        self.whole()

    def test_a_kill(self):
        with self.start(*FOR_LONG) as process:
            before = self.count()
            wait_until(lambda: self.count() > before, process)
            there = self.count()
            process.stop(signal.SIGKILL)
        self.assertEqual(rows(self.ledger, "PRAGMA integrity_check"), [{"integrity_check": "ok"}])
        self.assertGreaterEqual(self.count(), there)
        self.assertEqual(self.meta()["live"], 1)
        wait_until(self.stands_still, "nobody states anything any more")
        ran = run(TESTIGO, "report", self.evidence, *WIDE, patience=60)
        self.assertEqual(ran.code, DONE, ran)
        self.assertIn("did not come to its end", "\n".join(ran.out))
        self.whole()

    @needs("network", why_no_networks())
    def test_a_small_disk_which_is_left_to_the_evidence(self):
        """A file system of its own, in a namespace."""
        place = self.folder / "small"
        place.mkdir()
        command = " ".join([TESTIGO, *VERIFY, "--for", "2s", "--out", f"{place}/e"])
        script = f"mount -t tmpfs -o size=40m none {place} && {command}; echo code $?; cp -r {place}/e {self.folder}/kept"
        ran = subprocess.run(["unshare", "--mount", "sh", "-c", script], capture_output=True, text=True, check=False)
        self.assertIn("code 0\n", ran.stdout, ran)
        told = [line for line in ran.stderr.splitlines() if "ledger" in line]
        self.assertEqual(len(told), 2, ran)
        self.assertRegex(told[0], r"^ledger\.db is not written while the disk has less than 64 MB left; it catches up")
        self.assertRegex(told[1], self.CAUGHT_UP)
        self.evidence = next(pathlib.Path(self.folder / "kept").iterdir())
        self.ledger = self.evidence / "ledger.db"
        self.assertEqual(self.count(), self.stated())


if __name__ == "__main__":
    unittest.main()
