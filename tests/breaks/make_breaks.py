#!/usr/bin/env python3
"""Makes captures/breaks anew: of each check one capture that breaks it, and its clean neighbour, both edited from a golden capture;
`make breaks`. Arguments name some of them. breaks_test.py makes them again and reads them."""

import gzip
import json
import pathlib
import shutil
import subprocess
import sys

import conversation
import packets
import rows_behaviour
import rows_connection
import rows_endings
import rows_flow_control
import rows_graded_calls
import rows_graded_frames
import rows_headers
import rows_hop
import rows_hpack
import rows_implied
import rows_legal
import rows_messages
import rows_requests
import rows_responses
import rows_retries
import rows_streams
from entry import ENTRIES

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/e2e"))

from support import TESTIGO

ROWS = (rows_connection, rows_flow_control, rows_streams, rows_hpack, rows_headers, rows_requests, rows_messages, rows_responses, rows_endings,
        rows_behaviour, rows_retries, rows_hop, rows_implied, rows_graded_frames, rows_graded_calls, rows_legal)
CAPTURES = ROOT / "captures"
BREAKS = CAPTURES / "breaks"
PLAIN_MAX = 10_000  # octets; larger ones are compressed
KINDS = {1: "unary", 2: "server-stream", 3: "client-stream", 4: "bidi"}


def made(entry, clean=False):
    """The conversation, and what must be told of it."""
    talk = conversation.read(CAPTURES / entry.start / "input.pcapng", entry.connection)
    return talk, entry.made(talk, clean)


def captures(name, talk):
    """The octets of each file; of a hop there is one more."""
    sides = {name: talk, other_side(name): talk.other_side}
    return {file: packets.capture_of(conversation.packets_of(side)[0]) for file, side in sides.items() if side}


def other_side(name):
    return "other-side" if name == "input" else f"{name}-other-side"


IN_DOUBT = {"RS10"}  # whose messages have a coding that is not built in: MG04 is not judgeable


def unbroken(entry):
    """The exit code where no check fails at error severity: PROVEN or INCONCLUSIVE."""
    return 3 if entry.name in IN_DOUBT else 0


def expected(entry, talk, told):
    numbers = [conversation.packets_of(side)[1] if side else {} for side in (talk, talk.other_side)]
    findings = [as_expected(one, *numbers) for one in told]
    errors = any(finding["severity"] == "error" for finding in findings)
    return {"check": entry.check, "exit_code": 1 if errors else unbroken(entry), "findings": findings}


def as_expected(told, numbers, behind_hop):
    finding = {"check": told.check, "severity": told.severity, "times": told.times, "packet": (numbers | behind_hop)[told.said]}
    if told.said in behind_hop:
        finding["other_side"] = True
    if told.by:
        finding["implied_by"] = told.by
    if told.text:
        finding["text"] = told.text
    return finding


def explained():
    """The rows of the catalogue that are judged, by check."""
    lines = subprocess.run([TESTIGO, "explain", "--json"], capture_output=True, text=True, check=True).stdout.splitlines()
    return {row["id"]: row for row in map(json.loads, lines) if row["type"] == "check" and row["judged"]}


README = """# {name}: {title}

{clause}. From the {kind} connection of [{start}](../../{start}), calls kept: {calls}. {input}: {broken}.{neighbour}{implied}
"""


def readme(entry, row, names, findings):
    implied = [f"{finding['check']} ({finding['severity']})" for finding in findings if "implied_by" in finding]
    words = {"kind": KINDS[entry.connection], "start": entry.start, "calls": entry.calls, "input": in_words(names[0]), "broken": entry.broken,
             "neighbour": f"\n{in_words(names[1])}, of which nothing may be told: {entry.clean}." if entry.clean else "",
             "implied": f" It drags along: {', '.join(implied)}." if implied else ""}
    return README.format(name=entry.name, title=row["title"], clause=row["clause"], **words)


def in_words(files):
    return " and, behind a hop, ".join(f"`{file}`" for file in files)


def write_captures(folder, name, talk):
    files = []
    for of_side, octets in captures(name, talk).items():
        large = len(octets) > PLAIN_MAX
        files.append(f"{of_side}.pcapng{'.gz' if large else ''}")
        (folder / files[-1]).write_bytes(gzip.compress(octets, mtime=0) if large else octets)
    return files


def make(entry, row):
    folder = BREAKS / entry.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    talk, told = made(entry)
    names = [write_captures(folder, "input", talk)]
    if entry.clean:
        names.append(write_captures(folder, "clean", made(entry, clean=True)[0]))
    expect = expected(entry, talk, told)
    (folder / "expect.json").write_text(json.dumps(expect, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (folder / "README.md").write_text(readme(entry, row, names, expect["findings"]), encoding="utf-8")


if __name__ == "__main__":
    judged = explained()
    for name, entry in ENTRIES.items():
        if len(sys.argv) == 1 or name in sys.argv[1:]:
            make(entry, judged[entry.check])
