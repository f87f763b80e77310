#!/usr/bin/env python3
"""What clients make of answers without grpc-status (RS13, SD06): each stack's client, held against what the wire showed it."""

import json
import pathlib
import shutil
import signal
import unittest

from blunt_server import BluntServer, http, reset
from peers import greeter_of, require
from support import TESTIGO, of_type, read_json_lines, run, start_tap, temporary_folder

PATIENCE = 60.0
UNKNOWN, RESOURCE_EXHAUSTED, UNAVAILABLE = 2, 8, 14
FLOW_CONTROL_ERROR, ENHANCE_YOUR_CALM = 3, 11
PAGES = [http(status) for status in (400, 401, 403, 404, 429, 502, 503, 504, 418, 302)]
RESETS = [reset(code) for code in (0, 1, 2, 4, 6, 8, 9, 10, ENHANCE_YOUR_CALM, 12)]


def collected(stack, answers, folder):
    """The evidence: one client of this stack, and the wire."""
    with BluntServer(answers) as server, start_tap(server.address, folder) as tap:
        statements = folder / "client1.jsonl"
        run(greeter_of(stack), "client", "--target", tap.address, "--name", "client1", "--statements", statements, "--count", len(answers), "--every", "50ms",
            "--deadline", "20s", patience=PATIENCE)
        tap.stop(signal.SIGINT)
        evidence = pathlib.Path(json.loads(tap.out[-1])["evidence"])
    (evidence / "statements").mkdir(exist_ok=True)
    shutil.move(statements, evidence / "statements")
    return evidence


def judged(evidence):
    """How often each of the two rows passed and failed, and the texts of what failed."""
    report = json.loads(run(TESTIGO, "verify", "--evidence", evidence, "--json", "--tolerance", "10s", patience=PATIENCE).out[-1])
    counts = {row: (report["checks"][row]["passed"], report["checks"][row]["failed"]) for row in ("RS13", "SD06")}
    return counts, [finding["text"] for finding in report["findings"]["first"] if finding["check"] in counts]


TOO_LARGE = ":status 431 without grpc-status came, and the client reports UNKNOWN, not INTERNAL"
FLOW_CONTROL = "RST_STREAM(FLOW_CONTROL_ERROR) came, and the client reports RESOURCE_EXHAUSTED, not INTERNAL"


class Reported:
    """A client of this stack. What `deviates` says of it is confirmed: docs/deviations.md."""

    maxDiff = None
    deviates = {"RS13": [TOO_LARGE], "SD06": []}

    def setUp(self):
        require(self, self.stack, {})
        self.folder = self.enterContext(temporary_folder())

    def test_it_reports_what_the_documents_say(self):
        counts, failed = judged(collected(self.stack, PAGES + RESETS, self.folder))
        self.assertEqual((counts, failed), ({"RS13": (len(PAGES), 0), "SD06": (len(RESETS), 0)}, []))

    def test_where_it_reports_something_else_that_is_told(self):
        counts, failed = judged(collected(self.stack, [http(431), reset(FLOW_CONTROL_ERROR)], self.folder))
        self.assertEqual([text.partition(": ")[2] for text in failed], self.deviates["RS13"] + self.deviates["SD06"])
        self.assertEqual(counts, {row: (1 - len(texts), len(texts)) for row, texts in self.deviates.items()})


class Cpp(Reported, unittest.TestCase):
    stack = "cpp"

    def test_a_statement_of_another_status_is_told(self):
        evidence = collected(self.stack, [http(503), reset(ENHANCE_YOUR_CALM)], self.folder)
        file = evidence / "statements" / "client1.jsonl"
        lines = read_json_lines(file)
        self.assertEqual([line["status"] for line in of_type(lines, "ended")], [UNAVAILABLE, RESOURCE_EXHAUSTED])
        for line in of_type(lines, "ended"):
            line["status"] = UNKNOWN
        file.write_text("".join(json.dumps(line) + "\n" for line in lines))
        counts, failed = judged(evidence)
        self.assertEqual(counts, {"RS13": (0, 1), "SD06": (0, 1)})
        self.assertEqual([text.partition(": ")[2] for text in failed],
                         [":status 503 without grpc-status came, and the client reports UNKNOWN, not UNAVAILABLE",
                          "RST_STREAM(ENHANCE_YOUR_CALM) came, and the client reports UNKNOWN, not RESOURCE_EXHAUSTED"])


class Python(Reported, unittest.TestCase):
    stack = "python"


class Go(Reported, unittest.TestCase):
    stack = "go"
    deviates = {"RS13": [TOO_LARGE], "SD06": [FLOW_CONTROL]}


class Node(Reported, unittest.TestCase):
    stack = "node"


if __name__ == "__main__":
    unittest.main()
