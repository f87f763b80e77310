#!/usr/bin/env python3
"""Truth after loss: one packet of a capture removed at every position in turn, the first N for every N, and two runs of packets at random; what
`testigo watch` and tshark then say of each call is held against what the whole capture says.

  bench/truth.py              the golden captures and a longer one that is made here, tshark at every third position; writes docs/truth.md
  bench/truth.py --ci         testigo alone, the golden captures, every third position: nothing may be wrong
"""

import argparse
import concurrent.futures
import contextlib
import datetime
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests/e2e"))

from dissected import tshark_fields  # noqa: E402
from support import TESTIGO, Process, client_command, run, start_server  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[1]
SEED = 4  # of the runs that are removed at random
LONGEST_RUN = 5  # packets
TSHARK_EVERY = 3  # position that is looked at
COMPARED = ("method", "status", "http_status", "message")


def told_by_testigo(capture):
    """What is said of each call, by its client and stream; of a method what was withdrawn later is not."""
    calls, withdrawn = {}, set()
    lines = [json.loads(line) for line in run(TESTIGO, "watch", "--json", capture).out]
    for line in lines:
        if line["type"] == "withdrawn":
            withdrawn.add(line["connection"])
    for call in lines:
        if call["type"] != "call":
            continue
        said = {name: call[name] for name in COMPARED if name in call}
        inferred = call.get("method_known") == "inferred"
        if call.get("method_known") == "unknown" or (inferred and call["connection"] in withdrawn):
            said.pop("method", None)
        calls[(call["client"], call["stream"])] = said
    return calls


def told_by_tshark(capture, port):
    """Paths and statuses, by client and stream."""
    calls = {}
    fields = ("ip.src", "ipv6.src", "ip.dst", "ipv6.dst", "tcp.srcport", "tcp.dstport", "http2.type", "http2.streamid", "http2.headers.path", "http2.headers.status",
              "http2.header.name", "http2.header.value")
    for v4, v6, v4_to, v6_to, source, destination, types, streams, paths, _, names, values in tshark_fields(capture, port, "http2.type==1", *fields):
        from_server = source[0] == str(port)
        address, client_port = ((v4_to or v6_to)[0], destination[0]) if from_server else ((v4 or v6)[0], source[0])
        client = f"[{address}]:{client_port}" if ":" in address else f"{address}:{client_port}"
        headers = [stream for kind, stream in zip(types, streams) if kind == "1"]
        if len(headers) != 1:  # of several blocks in one packet it is not told which field is whose
            continue
        said = calls.setdefault((client, int(headers[0])), {})
        if paths:
            said["method"] = paths[0]
        if "grpc-status" in names and len(names) == len(values):
            said["status"] = int(values[names.index("grpc-status")])
    return calls


class Score:
    def __init__(self):
        self.files = self.calls = self.named = self.wrong = self.files_wrong = 0
        self.first_wrong = ""

    def add(self, truth, said, later, what):
        """`later`: calls whose request came behind what was removed."""
        self.files += 1
        wrong = [(key, name, values[name], truth[key][name]) for key, values in said.items() if key in truth
                 for name in values if name in truth[key] and values[name] != truth[key][name]]
        self.wrong += len(wrong)
        self.files_wrong += bool(wrong)
        if wrong and not self.first_wrong:
            self.first_wrong = f"{what}: {wrong[0]}"
        self.calls += len(later)
        self.named += sum("method" in said.get(key, {}) for key in later)

    def known(self):
        return f"{100 * self.named / self.calls:.1f} %" if self.calls else "–"


def without(capture, folder, *packets):
    """A copy of the capture without these packets: numbers, or a range."""
    copy = pathlib.Path(folder) / "lost.pcapng"
    subprocess.run(["editcap", str(capture), str(copy), *packets], check=True, capture_output=True)
    return copy


def packets_of(capture):
    told = subprocess.run(["capinfos", "-c", "-M", "-T", "-m", str(capture)], capture_output=True, text=True, check=True).stdout
    return int(told.splitlines()[1].split(",")[-1])


def removals(packets, step, pairs):
    """What is removed, kind by kind: packets of editcap, the first one of them, and whether tshark is asked, too."""
    for index, packet in enumerate(range(1, packets + 1, step)):
        asked = index % TSHARK_EVERY == 0
        yield "one", [str(packet)], packet, asked
        yield "first", [f"1-{packet}"], packet, asked
    dice = random.Random(SEED)
    for _ in range(pairs):
        runs = sorted((begin, begin + dice.randrange(LONGEST_RUN)) for begin in (dice.randint(1, packets), dice.randint(1, packets)))
        yield "two", [f"{begin}-{end}" for begin, end in runs], runs[0][0], False


def removed(capture, step, pairs, tshark):
    """Scores of testigo and of tshark, by kind of removal."""
    lines = [json.loads(line) for line in run(TESTIGO, "watch", "--json", capture).out]
    whole = [line for line in lines if line["type"] == "call"]
    truth = {(call["client"], call["stream"]): {name: call[name] for name in COMPARED if name in call} for call in whole}
    begun = {(call["client"], call["stream"]): call["packet"] for call in whole}
    port = whole[0]["server"].rpartition(":")[2]
    ours, theirs = ({kind: Score() for kind in ("one", "first", "two")} for _ in range(2))

    def look(removal):
        _, packets, _, asked = removal
        with tempfile.TemporaryDirectory() as folder:
            copy = without(capture, folder, *packets)
            return removal, told_by_testigo(copy), told_by_tshark(copy, port) if tshark and asked else None

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for (kind, packets, first, _), said, said_by_tshark in pool.map(look, removals(packets_of(capture), step, pairs)):
            later = [key for key, at in begun.items() if at > first]
            what = f"{capture.parent.name} without {' '.join(packets)}"
            ours[kind].add(truth, said, later, what)
            if said_by_tshark is not None:
                theirs[kind].add(truth, said_by_tshark, later, what)
    return ours, theirs


@contextlib.contextmanager
def longer_capture():
    """Of one client's 150 calls of each kind on one connection each."""
    with tempfile.TemporaryDirectory() as folder, start_server() as server:
        with Process(TESTIGO, "tap", "--listen", "127.0.0.1:0", "--to", server.address, "--payloads", "--quiet", "--json", "--out", folder) as tap:
            address = tap.line(r"listening on (\S+),", err=True)[1]
            for kind in ("unary", "bidi"):
                run(*client_command(address, "--kind", kind, "--count", "150", "--every", "2ms"))
            tap.stop(2)
        capture = next(pathlib.Path(folder).glob("*/wire.pcapng"))
        renamed = pathlib.Path(folder) / "300 calls of gRPC C++" / "input.pcapng"
        renamed.parent.mkdir()
        yield capture.rename(renamed)


def golden():
    return [folder / "input.pcapng" for folder in sorted((ROOT / "captures").iterdir())
            if (folder / "expect.json").is_file() and json.loads((folder / "expect.json").read_text(encoding="utf-8"))["calls"]]


def row(name, ours, theirs):
    one, first, two = (ours[kind] for kind in ("one", "first", "two"))
    return (f"| {name} | {one.files} | {one.wrong} | {one.known()} | {theirs['one'].wrong} in {theirs['one'].files_wrong} of {theirs['one'].files} files "
            f"| {theirs['one'].known()} | {first.wrong} | {first.known()} | {theirs['first'].wrong} in {theirs['first'].files} files | {theirs['first'].known()} "
            f"| {two.wrong} in {two.files} files |")


def page(rows):
    version = subprocess.run(["tshark", "--version"], capture_output=True, text=True, check=True).stdout.splitlines()[0].rstrip(".")
    template = (ROOT / "bench/truth.md").read_text(encoding="utf-8")
    return template.format(rows="\n".join(rows), day=datetime.date.today().isoformat(), tshark=version).replace("../docs/", "")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ci", action="store_true")
    options = parser.parse_args()
    rows, wrong = [], []

    def take(capture, step, pairs):
        ours, theirs = removed(capture, step, pairs, not options.ci)
        rows.append(row(capture.parent.name, ours, theirs))
        print(rows[-1], flush=True)
        wrong.extend(score.first_wrong for score in ours.values() if score.wrong)

    for capture in golden():
        take(capture, 3 if options.ci else 1, 10 if options.ci else 60)
    if not options.ci:
        with longer_capture() as capture:
            take(capture, 7, 60)
        (ROOT / "docs/truth.md").write_text(page(rows), encoding="utf-8")
    for what in wrong:
        print(f"wrong: {what}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    os.environ.setdefault("LC_ALL", "C.UTF-8")
    sys.exit(main())
