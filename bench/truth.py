#!/usr/bin/env python3
"""Truth after loss: one packet of a capture removed at every position in turn, the first N for every N, and two runs of packets at random; what
`testigo watch` and tshark then say of each call, and of each header field, is held against what they say of the whole capture.

  bench/truth.py              the golden captures and longer ones that are made here, tshark at every third position; writes docs/truth.md
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
from peers import PATIENCE, greeter_of  # noqa: E402
from support import TESTIGO, Process, run, start_server  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[1]
SEED = 4  # of the runs that are removed at random
LONGEST_RUN = 5  # packets
TSHARK_EVERY = 3  # position that is looked at
STACKS = {"cpp": "gRPC C++", "go": "gRPC Go", "python": "gRPC Python", "node": "gRPC Node"}  # of the longer captures
COMPARED = ("method", "status", "http_status", "message")


class Told:
    """What is said of each call, by its client and stream, and of the fields of each header block, by when and on which stream it ended."""

    def __init__(self):
        self.calls, self.blocks = {}, {}

    def take_block(self, time, stream, fields):
        """`fields`: name and value, either None where it is said to be unknown."""
        self.blocks.setdefault((time, stream), []).append(fields)

    def wrong_values(self, truth):
        return [(key, name, said[name], truth.calls[key][name]) for key, said in self.calls.items() if key in truth.calls
                for name in said if name in truth.calls[key] and said[name] != truth.calls[key][name]]

    def wrong_fields(self, truth):
        """Of blocks that stand alone in their packet on their stream; the fields of a block in their order."""
        return [(key, said, true) for key, blocks in self.blocks.items() if len(blocks) == len(truth.blocks.get(key, ())) == 1
                for said, true in zip(blocks[0], truth.blocks[key][0]) if is_wrong(said, true)]


def is_wrong(said, true):
    return any(part is not None and whole is not None and part != whole for part, whole in zip(said, true))


def told_by_testigo(capture):
    """A method that was withdrawn later is not said."""
    told, withdrawn = Told(), set()
    lines = [json.loads(line) for line in run(TESTIGO, "watch", "--frames", "--json", capture).out]
    for line in lines:
        if line["type"] == "withdrawn":
            withdrawn.add(line["connection"])
    for line in lines:
        if line["type"] == "block":
            told.take_block(line["time"], line["stream"], [(field.get("name"), field.get("value")) for field in line["fields"]])
        if line["type"] != "call":
            continue
        said = {name: line[name] for name in COMPARED if name in line}
        inferred = line.get("method_known") == "inferred"
        if line.get("method_known") == "unknown" or (inferred and line["connection"] in withdrawn):
            said.pop("method", None)
        told.calls[(line["client"], line["stream"])] = said
    return told


def told_by_tshark(capture, port):
    """Of packets with one header block: of several its output does not tell which field is whose."""
    told = Told()
    fields = ("frame.time_epoch", "ip.src", "ipv6.src", "ip.dst", "ipv6.dst", "tcp.srcport", "tcp.dstport", "http2.type", "http2.streamid",
              "http2.headers.path", "http2.header.name", "http2.header.value")
    for time, v4, v6, v4_to, v6_to, source, destination, types, streams, paths, names, values in tshark_fields(capture, port, "http2.type==1", *fields):
        from_server = source[0] == str(port)
        address, client_port = ((v4_to or v6_to)[0], destination[0]) if from_server else ((v4 or v6)[0], source[0])
        client = f"[{address}]:{client_port}" if ":" in address else f"{address}:{client_port}"
        headers = [stream for kind, stream in zip(types, streams) if kind == "1"]
        if len(headers) != 1:
            continue
        stream = int(headers[0])
        said = told.calls.setdefault((client, stream), {})
        if paths:
            said["method"] = paths[0]
        if len(names) != len(values):
            continue
        if "grpc-status" in names:
            said["status"] = int(values[names.index("grpc-status")])
        told.take_block(time[0], stream, [(None, None) if name == "<unknown>" else (name, value) for name, value in zip(names, values)])
    return told


class Score:
    def __init__(self):
        self.files = self.calls = self.named = self.values_wrong = self.fields_wrong = self.files_wrong = 0
        self.first_wrong = ""

    def add(self, truth, said, later, what):
        """`later`: calls whose request came behind what was removed."""
        values, fields = said.wrong_values(truth), said.wrong_fields(truth)
        self.files += 1
        self.values_wrong += len(values)
        self.fields_wrong += len(fields)
        self.files_wrong += bool(values or fields)
        if (values or fields) and not self.first_wrong:
            self.first_wrong = f"{what}: {(values + fields)[0]}"
        self.calls += len(later)
        self.named += sum("method" in said.calls.get(key, {}) for key in later)

    def wrong(self):
        """Values of calls, header fields, and in how many files."""
        return f"{self.values_wrong} + {self.fields_wrong} in {self.files_wrong} of {self.files}"

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
    begun = {(call["client"], call["stream"]): call["packet"] for call in whole}
    port = whole[0]["server"].rpartition(":")[2]
    truth, true_to_tshark = told_by_testigo(capture), told_by_tshark(capture, port) if tshark else None
    if tshark:
        true_to_tshark.calls = truth.calls
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
                theirs[kind].add(true_to_tshark, said_by_tshark, later, what)
    return ours, theirs


@contextlib.contextmanager
def longer_capture(stack):
    """Of 150 calls of each of two kinds, on one connection each, by a client of this stack."""
    with tempfile.TemporaryDirectory() as folder, start_server() as server:
        with Process(TESTIGO, "tap", "--listen", "127.0.0.1:0", "--to", server.address, "--payloads", "--quiet", "--json", "--out", folder) as tap:
            address = tap.line(r"listening on (\S+),", err=True)[1]
            for kind in ("unary", "bidi"):
                run(greeter_of(stack), "client", "--target", address, "--kind", kind, "--count", "150", "--every", "2ms", "--deadline", "20s", patience=PATIENCE)
            tap.stop(2)
        capture = next(pathlib.Path(folder).glob("*/wire.pcapng"))
        renamed = pathlib.Path(folder) / f"300 calls of {STACKS[stack]}" / "input.pcapng"
        renamed.parent.mkdir()
        yield capture.rename(renamed)


def golden():
    return [folder / "input.pcapng" for folder in sorted((ROOT / "captures").iterdir())
            if (folder / "expect.json").is_file() and json.loads((folder / "expect.json").read_text(encoding="utf-8"))["calls"]]


def row(name, ours, theirs):
    one, first, two = (ours[kind] for kind in ("one", "first", "two"))
    return (f"| {name} | {one.wrong()} | {one.known()} | {theirs['one'].wrong()} | {theirs['one'].known()} "
            f"| {first.wrong()} | {first.known()} | {theirs['first'].wrong()} | {theirs['first'].known()} | {two.wrong()} |")


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
        wrong.extend(score.first_wrong for score in ours.values() if score.files_wrong)

    for capture in golden():
        take(capture, 3 if options.ci else 1, 10 if options.ci else 60)
    if not options.ci:
        for stack in STACKS:
            with longer_capture(stack) as capture:
                take(capture, 7, 60)
        (ROOT / "docs/truth.md").write_text(page(rows), encoding="utf-8")
    for what in wrong:
        print(f"wrong: {what}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    os.environ.setdefault("LC_ALL", "C.UTF-8")
    sys.exit(main())
