#!/usr/bin/env python3
"""testigo explain as its user runs it; the page that is made of it; and its display filters, held against tshark."""

import json
import pathlib
import re
import signal
import struct
import subprocess
import unittest

from support import TESTIGO, client_command, run, start_server, start_tap, temporary_folder, tshark

ROOT = pathlib.Path(__file__).resolve().parents[2]
DONE, WRONG_USAGE, ENVIRONMENT = 0, 2, 4
# A section and an interface of pcapng, and no packet.
EMPTY = struct.pack("<IIIHHqI", 0x0A0D0D0A, 28, 0x1A2B3C4D, 1, 0, -1, 28) + struct.pack("<IIHHII", 1, 20, 1, 0, 0, 20)


def explain(*arguments):
    ran = run(TESTIGO, "explain", *arguments)
    assert ran.code == DONE, ran
    return ran.out


def entries(*names):
    return [json.loads(line) for line in explain("--json", *names)]


class Explain(unittest.TestCase):
    maxDiff = None

    def test_without_an_id_it_lists_all(self):
        listed = "\n".join(explain())
        for entry in entries():
            name = f"claim {entry['id']}" if entry["type"] == "claim" else entry["id"]
            mark = " " if entry.get("judged", entry.get("named", True)) else "○"
            self.assertIn(f"\n  {mark} {name}  {entry.get('title', entry.get('sentence'))}\n", listed)

    def test_an_id_is_explained_in_any_case(self):
        said = explain("rq04")
        self.assertEqual(said[0], "RQ04  a gRPC request has te: trailers")
        labels = [line[2:14].strip() for line in said if re.match("  [a-z]", line)]
        self.assertEqual(labels, ["grade", "clause", "expected", "read as", "example", "wireshark", "fix"])
        self.assertEqual(explain("RQ04"), said)

    def test_a_claim_has_a_number_and_a_word(self):
        self.assertEqual(explain("3"), explain("Claim", "3"))
        self.assertEqual(explain("claim 3"), explain("3"))

    def test_several_ids_at_once(self):
        self.assertEqual([entry["id"] for entry in entries("F12", "claim", "8", "px01")], ["F12", "8", "PX01"])

    def test_an_id_that_is_not_there_is_wrong_usage_and_names_the_nearest(self):
        for name, nearest in (("RQ4", "near it are RQ04,"), ("f38", "near it are F08,"), ("trafic", "near it are claim traffic")):
            ran = run(TESTIGO, "explain", name)
            self.assertEqual((ran.code, ran.out), (WRONG_USAGE, []), ran)
            self.assertIn(nearest, "\n".join(ran.err))
        for name in ("", "claim", "\x1b[31m", "RQ" * 9999):
            ran = run(TESTIGO, "explain", name)
            self.assertEqual((ran.code, ran.out), (WRONG_USAGE, []), ran)
            self.assertNotIn("\x1b", "\n".join(ran.err))

    def test_json_lines_have_what_the_format_promises(self):
        page = (ROOT / "docs/formats/explanation.md").read_text(encoding="utf-8")
        sections = dict(re.findall(r'## `"type": "(\w+)"`\n(.*?)(?=\n## |\Z)', page, re.S))
        for entry in entries():
            told = set(re.findall(r"`(\w+)`", "\n".join(row.split("|")[1] for row in sections[entry["type"]].splitlines() if row.startswith("| `"))))
            told |= {"type", "version", "id"}
            self.assertEqual(entry["version"], "1.0")
            self.assertLessEqual(set(entry), told)
            self.assertLessEqual(told - set(entry), {"reading", "awaits"})

    def test_there_are_as_many_as_the_catalogue_says(self):
        kinds = [entry["type"] for entry in entries()]
        self.assertEqual([kinds.count(kind) for kind in ("check", "cause", "claim")], [117, 37, 9])

    def test_a_full_disk_is_told(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            ran = subprocess.run([TESTIGO, "explain"], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
        self.assertEqual(ran.returncode, ENVIRONMENT, ran)

    def test_the_page_of_checks_is_made_of_the_catalogue(self):
        page = (ROOT / "docs/checks.md").read_text(encoding="utf-8")
        self.assertEqual(page.splitlines(), explain("--markdown"), "run `testigo explain --markdown > docs/checks.md`")

    def test_reports_list_the_checks_that_are_judged(self):
        with temporary_folder() as folder:
            verdict = json.loads(run(TESTIGO, "verify", "--wire", "tap", "--every", "50ms", "--for", "300ms", "--out", folder, "--json").out[-1])
        self.assertEqual(sorted(verdict["checks"]), sorted(entry["id"] for entry in entries() if entry.get("judged")))


class Filters(unittest.TestCase):
    def test_tshark_understands_each_of_them(self):
        filters = {entry["id"]: entry["filter"] for entry in entries() if entry["type"] == "check"}
        with temporary_folder() as folder:
            capture = pathlib.Path(folder) / "empty.pcapng"
            capture.write_bytes(EMPTY)

            def complaint(display_filter):
                ran = subprocess.run(["tshark", "-r", capture, "-Y", display_filter], capture_output=True, text=True, check=False)
                return ran.stderr if ran.returncode else None

            if complaint(" || ".join(f"({display_filter})" for display_filter in filters.values())):
                self.fail("\n".join(f"{check}: {why}" for check, text in filters.items() if (why := complaint(text))))

    def test_they_show_the_frames_in_question(self):
        with temporary_folder() as folder:
            with start_server() as server, start_tap(server.address, folder) as tap:
                run(*client_command(tap.address, "--count", "1"))
                tap.stop(signal.SIGINT)
            capture = pathlib.Path(json.loads(tap.out[-1])["evidence"]) / "wire.pcapng"
            shown = {entry["id"]: len(tshark(capture, server.port, entry["filter"], "frame.number"))
                     for entry in entries("CN01", "CN04", "HD03", "RQ01", "RQ04", "RS06", "MG01", "RS01", "HD04", "HD05")}
        self.assertEqual(shown["CN01"], 2)  # the first octets of both sides
        self.assertGreaterEqual(shown["CN04"], 2)
        for check in ("HD03", "RQ01", "RS06"):
            self.assertEqual(shown[check], 1, check)
        for check in ("RQ04", "MG01", "RS01", "HD04", "HD05"):  # these show violations, and there is none
            self.assertEqual(shown[check], 0, check)


if __name__ == "__main__":
    unittest.main()
