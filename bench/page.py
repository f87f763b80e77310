#!/usr/bin/env python3
"""How fast the page is: the first view of report.html, and frames a second while it is zoomed and scrolled, in a Chromium.

  bench/page.py                  of 100,000 calls
  bench/page.py --ci             of a twentieth; fails where it takes twice as long as it may, or moves half as smoothly
  bench/page.py --capture FILE   of the calls of a capture

Programs are those of build/release, or of the folder that TESTIGO_BIN names. The first view is from the begin of the navigation until all of
what is seen first has been drawn.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

import yardsticks

ROOT = pathlib.Path(__file__).resolve().parents[1]
FIRST_VIEW_MS = 1000
FRAMES_A_SECOND = 50
if bin_folder := os.environ.get("TESTIGO_BIN"):
    yardsticks.TESTIGO, yardsticks.GREETER = (str(pathlib.Path(bin_folder) / name) for name in ("testigo", "testigo-greeter"))


def reported(evidence):
    begun = time.monotonic()
    subprocess.run([yardsticks.TESTIGO, "report", evidence], check=True, stdout=subprocess.DEVNULL)
    html = evidence / "report.html"
    print(f"testigo report took {time.monotonic() - begun:.1f} s, report.html has {html.stat().st_size / 1e6:.1f} MB")
    return html


def looked_at(html, rounds):
    asked = json.dumps({"do": "speed", "url": str(html), "rounds": rounds})
    answer = json.loads(subprocess.run(["node", ROOT / "web/e2e/main.mjs"], input=asked + "\n", capture_output=True, text=True, check=True).stdout)
    if "failed" in answer:
        raise SystemExit(answer["failed"])
    return answer["told"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ci", action="store_true")
    parser.add_argument("--capture", type=pathlib.Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="testigo-page-") as folder:
        evidence = pathlib.Path(folder) / "run"
        if options.capture:
            evidence.mkdir()
            shutil.copy(options.capture, evidence / "wire.pcapng")
        else:
            evidence = yardsticks.Capture(folder, 5_000 if options.ci else 100_000).file.parent
        told = looked_at(reported(evidence), 1 if options.ci else 3)
    print(f"{told['calls']} calls: first view after {told['first_view_ms']:.0f} ms (something after {told['painted_ms']:.0f} ms)")
    moves = {"zooming the time line": told["zoom"], "scrolling the table": told["scroll"], "scrolling the page": told["page"]}
    for what, frames in moves.items():
        print(f"{what}: {frames['a_second']:.0f} frames a second, 95 of 100 within {frames['p95_ms']:.1f} ms")
    slack = 2 if options.ci else 1
    missed = [f"the first view took {told['first_view_ms']:.0f} ms of {FIRST_VIEW_MS * slack}"] if told["first_view_ms"] > FIRST_VIEW_MS * slack else []
    missed += [f"{what}: {frames['a_second']:.0f} frames a second of {FRAMES_A_SECOND / slack:.0f}" for what, frames in moves.items()
               if frames["a_second"] < FRAMES_A_SECOND / slack]
    for each in missed:
        print(f"missed: {each}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
