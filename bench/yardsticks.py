#!/usr/bin/env python3
"""The yardsticks: both sides of each ratio in one run on one machine, medians of runs that take turns.

  bench/yardsticks.py               everything in full; writes docs/performance.md
  bench/yardsticks.py --ci          each at a twentieth; fails below half of what a twentieth gave when it was last written here
  bench/yardsticks.py --only NAME   one of: watch, hpack, large, flat, ledger, tap, live, page, followed, long

Programs are those of build/release and build/bench (make yardsticks builds them). Load is on the loopback, bounded in count, and ends.
"""

import argparse
import collections
import contextlib
import datetime
import http.client
import json
import os
import pathlib
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time

import browsed
import live
import middle_box

ROOT = pathlib.Path(__file__).resolve().parents[1]
TESTIGO, GREETER = (str(ROOT / "build/release/bin" / name) for name in ("testigo", "testigo-greeter"))
HPACK_BENCH, LEDGER_BENCH, FRAME_LOOP_SERVER = (str(ROOT / "build/bench/bin" / name) for name in ("hpack_bench", "ledger_bench", "frame_loop_server"))
CORE = str(max(os.sched_getaffinity(0)))


# Starts a command and says what it took. A process begins with the memory of the one that it was made from, which counts as its own; so that one is small.
LAUNCH = """import os, sys, time
begun = time.monotonic()
_, status, usage = os.wait4(os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ), 0)
wall = time.monotonic() - begun
os.write(int(sys.argv[1]), f"{wall} {usage.ru_utime + usage.ru_stime} {usage.ru_maxrss} {os.waitstatus_to_exitcode(status)}".encode())"""


class Used:
    """What one process took: seconds of processor and of wall time, and the most memory, in octets."""

    def __init__(self, command, stdin=None, cores=CORE):
        told, tell = os.pipe()
        with open(os.devnull, "wb") as nowhere:
            launch = [sys.executable, "-I", "-S", "-c", LAUNCH, str(tell), "taskset", "-c", cores, *map(str, command)]
            child = subprocess.Popen(launch, stdin=stdin or subprocess.DEVNULL, stdout=nowhere, stderr=nowhere, pass_fds=(tell,))
        os.close(tell)
        with open(told, encoding="ascii") as said:
            wall, processor, memory, code = said.read().split() or ("0", "0", "0", "-1")
        child.wait()
        if code != "0":
            raise SystemExit(f"{' '.join(map(str, command))} ended with {code}")
        self.wall, self.processor, self.memory = float(wall), float(processor), int(memory) * 1024


def in_turns(rounds, *sides):
    """The runs of each side, which take turns."""
    runs = [[] for _ in sides]
    for _ in range(rounds):
        for side, of_side in zip(sides, runs):
            of_side.append(side())
    return runs


def median(runs, what):
    return statistics.median(getattr(run, what) for run in runs)


class Capture:
    """Calls of gRPC C++, written by a tap; `port` is the server's."""

    def __init__(self, folder, calls, clients=4, payload_bytes=0, every="300us"):
        self.folder = pathlib.Path(folder)
        with contextlib.ExitStack() as stack:
            server, address = self.started(stack, r"listening on ([^\"\s]+)", GREETER, "server", "--listen", "127.0.0.1:0", out=True)
            tap, tapped = self.started(stack, r"listening on (\S+),", TESTIGO, "tap", "--listen", "127.0.0.1:0", "--to", address, "--payloads", "--quiet",
                                       "--json", "--out", folder)
            command = [GREETER, "client", "--target", tapped, "--count", str(calls // clients), "--every", every, "--payload-bytes",
                       str(payload_bytes), "--deadline", "60s"]
            running = [subprocess.Popen([*command, "--name", f"client{i}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                       for i in range(clients)]
            failed = [client.wait() for client in running if client.wait() != 0]
            tap.send_signal(signal.SIGINT)
            verdict = json.loads(tap.communicate()[0].splitlines()[-1])
            server.terminate()
            server.wait()
        if failed or verdict["calls"]["on_wire"] != calls // clients * clients:
            raise SystemExit(f"the calls to measure with were not made: {verdict['claims']}")
        self.port, self.calls = int(address.rsplit(":", 1)[1]), verdict["calls"]["on_wire"]
        self.file = pathlib.Path(verdict["evidence"]) / "wire.pcapng"

    @staticmethod
    def started(stack, pattern, *command, out=False):
        process = subprocess.Popen([*map(str, command)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL if out else subprocess.PIPE, text=True)
        stack.callback(process.kill)
        told = process.stdout if out else process.stderr
        for line in told:
            if match := re.search(pattern, line):
                break
        else:
            raise SystemExit(f"{' '.join(map(str, command))} did not start")
        threading.Thread(target=collections.deque, args=(told, 0), daemon=True).start()  # else it waits for a reader
        return process, match[1]

    def repeated(self, times):
        """The same octets again and again, as a pipe: sections of one capture, with connections of their own."""
        cat = subprocess.Popen(["cat", *[str(self.file)] * times], stdout=subprocess.PIPE)
        with cat:
            used = Used([TESTIGO, "watch", "--quiet", "-"], stdin=cat.stdout)
            cat.stdout.close()
        return used


class Result:
    """One row. `ratio` is how many times better than the other side; `least` is what a run of --ci must reach."""

    def __init__(self, what, against, ours, theirs, ratio, gate, goal, least):
        self.what, self.against, self.ours, self.theirs = what, against, ours, theirs
        self.ratio, self.gate, self.goal, self.least = ratio, gate, goal, least

    def judged(self):
        return "goal reached" if self.ratio >= self.goal else "gate held" if self.ratio >= self.gate else f"gate missed, {self.ratio / self.gate:.2f} of it"


def times(ratio):
    return f"{ratio:.2f} ×" if ratio < 1 else f"{ratio:.1f} ×" if ratio < 100 else f"{ratio:.0f} ×"


def watch_and_memory(folder, scale):
    yield from beside_tshark(Capture(folder, int(100_000 * scale)), 3 if scale == 1 else 1)
    if scale != 1:
        return
    million = Capture(folder, 1_000_000)
    yield from beside_tshark(million, 1)  # it takes minutes, and gigabytes
    if len(os.sched_getaffinity(0)) > 1:
        yield on_two_cores(million)


def beside_tshark(capture, rounds):
    """Ours runs three times for each time that tshark does."""
    tshark = ["tshark", "-r", capture.file, "-d", f"tcp.port=={capture.port},http2", "-T", "fields", "-e", "tcp.stream", "-e", "http2.streamid", "-e",
              "http2.headers.path"]
    ours, theirs = in_turns(rounds, lambda: [Used([TESTIGO, "watch", capture.file]) for _ in range(3)], lambda: [Used(tshark)])
    ours, theirs = ([run for runs in side for run in runs] for side in (ours, theirs))
    seconds, of_tshark = median(ours, "processor"), median(theirs, "processor")
    memory, of_tshark_memory = median(ours, "memory"), median(theirs, "memory")
    yield Result(f"`watch` of {capture.calls:,} unary calls, all checks on, a line a call, one core", "tshark", f"{seconds:.3f} s, {seconds / capture.calls * 1e6:.2f} µs a call",
                 f"{of_tshark:.2f} s", of_tshark / seconds, 150, 400, 20)
    yield Result("the same, peak memory", "tshark", f"{memory / 1e6:.1f} MB", f"{of_tshark_memory / 1e6:.0f} MB", of_tshark_memory / memory, 16, 32, 8)


def on_two_cores(capture):
    two = ",".join(map(str, sorted(os.sched_getaffinity(0))[-2:]))
    ours, alone = in_turns(5, lambda: Used([TESTIGO, "watch", capture.file], cores=two), lambda: Used([TESTIGO, "watch", capture.file]))
    ours, alone = median(ours, "wall"), median(alone, "wall")
    return Result(f"`watch` of {capture.calls:,} unary calls on two cores, wall time", "itself on one", f"{ours:.3f} s", f"{alone:.3f} s", alone / ours, 1.5, 1.8, 1)


def hpack(_, scale):
    output = subprocess.run(["taskset", "-c", CORE, HPACK_BENCH, str(max(1, int(15 * scale)))], capture_output=True, text=True, check=True).stdout
    for line in output.splitlines():
        told = json.loads(line)
        yield Result(f"HPACK: {told['kind']}", "nghttp2's inflater", f"{told['ours_ns']:.0f} ns", f"{told['theirs_ns']:.0f} ns",
                     told["theirs_ns"] / told["ours_ns"], 3, 6, 1.5)


def large(folder, scale):
    capture = Capture(folder, max(4, int(128 * scale)), payload_bytes=4_000_000, every="50ms")
    ours, theirs = in_turns(5, lambda: Used([TESTIGO, "watch", capture.file]), lambda: Used(["dd", f"if={capture.file}", "of=/dev/null", "bs=256k"]))
    size = capture.file.stat().st_size / 1e9
    ours, theirs = median(ours, "wall"), median(theirs, "wall")
    yield Result(f"`watch` of {size:.2f} GB of large messages", "reading the file", f"{size / ours:.2f} GB/s", f"{size / theirs:.2f} GB/s", theirs / ours, 1 / 4,
                 1 / 2, 1 / 10)


def flat(folder, scale):
    capture = Capture(folder, 100_000 if scale == 1 else 5_000)
    before, after = (10, 100) if scale == 1 else (10, 40)
    first, last = capture.repeated(before), capture.repeated(after)
    grown = max(0, last.memory - first.memory)
    millions = capture.calls * (after - before) / 1e6
    per_million = grown / millions
    yield Result(f"`watch` of {capture.calls * after:,} calls, memory beyond the first {capture.calls * before:,}, a million calls", "1 MB",
                 f"{per_million / 1e6:.3f} MB ({first.memory / 1e6:.1f}, then {last.memory / 1e6:.1f} MB)", "1 MB", 1e6 / max(per_million, 1), 1, 1, 0.05)


LEDGER_GATE, LEDGER_GOAL = 200_000, 500_000


def ledger(folder, scale):
    """Its journal is written to the disk of that folder."""
    command = ["taskset", "-c", CORE, LEDGER_BENCH, str(int(1_000_000 * scale)), "5", folder]
    told = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    yield Result(f"the ledger: {told['statements']:,} statements written", "the gate",
                 f"{told['per_second_of_processor']:,} a second, {told['per_second']:,} of wall time", f"{LEDGER_GATE:,} a second",
                 told["per_second_of_processor"] / LEDGER_GATE, 1, LEDGER_GOAL / LEDGER_GATE, 0.5)


def tap(_, scale):
    middle_box.Tap.program = TESTIGO
    with middle_box.server(FRAME_LOOP_SERVER) as server:
        yield latency_added(server, int(10_000 * scale), middle_box.ENDS, "all on one core")
        yield latency_added(server, int(10_000 * scale), middle_box.BOX, "the box on its own core")
        yield calls_through(server, int(400_000 * scale), 4, 25)
        yield calls_through(server, int(400_000 * scale), 8, 100)


def latency_added(server, calls, core, where):
    boxes = (middle_box.Nothing, middle_box.Tap, middle_box.HaProxy)
    runs = in_turns(7, *(lambda box=box: middle_box.Run(box, server, calls, core=core) for box in boxes))
    direct, ours, theirs = (median(side, "latency") for side in runs)
    return Result(f"`tap`, all checks on, 1 connection × 1 stream, latency added, {where}", "HAProxy, TCP mode", f"{ours - direct:.1f} µs on top of {direct:.1f} µs",
                  f"{theirs - direct:.1f} µs", (theirs - direct) / (ours - direct), 1 / 1.1, 1 / 0.9, 0.5 / 1.1)


def calls_through(server, calls, connections, streams):
    boxes = (middle_box.Nothing, middle_box.Tap, middle_box.HaProxy)
    runs = in_turns(5, *(lambda box=box: middle_box.Run(box, server, calls, connections, streams) for box in boxes))
    direct, ours, theirs = (median(side, "calls_per_second") for side in runs)
    taken, of_theirs = (median(side, "processor") for side in runs[1:])
    return Result(f"`tap`, all checks on, {connections} connections × {streams} streams, {calls:,} calls, {direct:,.0f} a second without a box", "HAProxy, TCP mode",
                  f"{ours:,.0f} calls/s, {taken:.2f} µs of its core a call", f"{theirs:,.0f} calls/s, {of_theirs:.2f} µs", ours / theirs, 0.7, 1, 0.35)


LIVE_RATE, LIVE_CALLS, LIVE_CALLS_HELD = 200_000, 600_000, 400_000
LIVE_STEPS = (100_000, 150_000, 250_000, 300_000, 400_000)


def live_capture(folder, scale):
    """Nothing where no namespace may be made."""
    if reason := live.why_no_networks():
        print(f"live capture is skipped: {reason}", flush=True)
        return
    capture = Capture(folder, int(100_000 * scale), every="1ms")  # slowly: else several calls share their packets
    truth = live.Truth(TESTIGO, capture.file)

    def run(rate, calls, held=None):
        with tempfile.TemporaryDirectory(prefix="testigo-live-", dir=live.place_for_lines()) as lines:
            return live.Run(TESTIGO, lines, truth, capture, int(calls / capture.calls), int(rate), held)

    at_rate = run(LIVE_RATE * scale, LIVE_CALLS * scale)
    yield from live_results(f"live capture of {at_rate.calls:,} calls at {at_rate.rate:,.0f} a second", at_rate)
    of_watch, of_sender = (seconds / at_rate.calls * 1e6 for seconds in (at_rate.processor, at_rate.of_sender))
    yield Result(f"the same: packets read; a call takes {of_watch:.2f} µs of the watch's core, {of_sender:.2f} µs of the sender's", "sent",
                 f"{at_rate.read:,} at {at_rate.rate:,.0f} calls/s", f"{at_rate.sent:,}, {at_rate.asked:,} calls/s asked", at_rate.reached(), 0, 1, 0.5)
    held = run(LIVE_RATE, LIVE_CALLS_HELD, held=1)
    yield from live_results(f"live capture of {held.calls:,} calls at {held.rate:,.0f} a second by a watch that is stopped for a second", held)
    if scale == 1:
        runs = [at_rate, *(run(rate, LIVE_CALLS_HELD) for rate in LIVE_STEPS)]
        most = max((run.rate for run in runs if run.read == run.sent), default=0)
        yield Result("live capture without loss, calls a second", "asked", f"{most:,.0f}", f"{LIVE_RATE:,}", most / LIVE_RATE, 0, 1, 0)


def live_results(what, run):
    """Loss is counted as the kernel counts it, and no call is told wrong."""
    counts = run.read + run.dropped, run.sent, run.passed
    yield Result(f"{what}, {run.sent / run.calls:.2f} packets a call: packets read, and dropped", "sent, and come out by the interface's counter", f"{run.read:,} + {run.dropped:,}",
                 f"{run.sent:,}, {run.passed:,}", min(counts) / max(counts), 1, 1, 1)
    yield Result(f"the same: calls, {run.wrong:,} told wrong", "`watch FILE`", f"{run.told:,} told, {run.whole:,} of them whole", f"{run.calls:,}",
                 (run.told - run.wrong) / max(run.told, 1), 1, 1, 1)


VIEWERS = 50


class Verified:
    """A verify of 100 calls a second whose page is served to so many that follow its events; `latency` is the clients' p50, in us."""

    def __init__(self, folder, viewers, seconds):
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=folder))
        command = [TESTIGO, "verify", "--wire", "tap", "--every", "20ms", "--for", f"{seconds}s", "--tolerance", "10s", "--out", str(self.folder), "--show"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as verify:
            address = next(match for match in (re.search(r"the page: http://127\.0\.0\.1:(\d+)/", line) for line in verify.stderr) if match)
            followers = [threading.Thread(target=self.follow, args=(int(address[1]),), daemon=True) for _ in range(viewers)]
            self.octets = 0
            for follower in followers:
                follower.start()
            for line in verify.stderr:
                if "the page stays" in line:
                    break
            verify.send_signal(signal.SIGINT)
            verify.communicate()
            if verify.returncode != 0:
                raise SystemExit(f"{' '.join(command)} ended with {verify.returncode}")
        latencies = [statement["latency_ns"] / 1000 for file in self.folder.glob("*/statements/client*.jsonl")
                     for statement in map(json.loads, file.read_text().splitlines()) if statement["type"] == "ended"]
        self.latency = statistics.median(latencies)
        if viewers and self.octets < viewers * 1000:
            raise SystemExit(f"{viewers} viewers were told {self.octets} octets")

    def follow(self, port):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(connection):
            connection.request("GET", "/events")
            for line in connection.getresponse():
                self.octets += len(line)


def followed_page(folder, scale):
    seconds = 10 if scale == 1 else 2
    followed, alone = (median(side, "latency") for side in in_turns(5, lambda: Verified(folder, VIEWERS, seconds), lambda: Verified(folder, 0, seconds)))
    allowed = max(alone * 1.05, alone + 50)
    yield Result(f"`verify --show` at 100 calls/s with {VIEWERS} that follow: p50 of a call, at most 5 % or 50 µs more", "the same, and nobody looks",
                 f"{followed:.0f} µs", f"{alone:.0f} µs", allowed / followed, 1, 1, 0.8)


FIRST_VIEW_MS, FRAMES_A_SECOND = 1000, 50
MOVES = {"zoom": "zooming its time line", "scroll": "scrolling its table of calls", "page": "scrolling it"}


def looked_at_page(folder, scale):
    evidence = Capture(folder, int(100_000 * scale)).file.parent
    subprocess.run([TESTIGO, "report", evidence], check=True, stdout=subprocess.DEVNULL)
    told = browsed.asked("speed", url=str(evidence / "report.html"), rounds=3 if scale == 1 else 1)
    yield Result(f"`report.html` of {told['calls']:,} calls in Chromium, from the begin of the navigation until all of the first view is drawn", "asked",
                 f"{told['first_view_ms']:.0f} ms", f"{FIRST_VIEW_MS:,} ms", FIRST_VIEW_MS / told["first_view_ms"], 1, 2, 0.5)
    for move, what in MOVES.items():
        frames = told[move]
        yield Result(f"the same: {what}, frames a second, 95 of 100 within {frames['p95_ms']:.1f} ms", "asked", f"{frames['a_second']:.0f}", f"{FRAMES_A_SECOND}",
                     frames["a_second"] / FRAMES_A_SECOND, 1, 1.2, 0.5)


def followed_for_long(_, scale):
    """What they held once they had become as large as they may, by what they hold at the end."""
    marks = [120, 240, 360, 480, 600] if scale == 1 else [30, 45]
    run = browsed.Followed(TESTIGO, GREETER, Capture.started, marks)
    for who, memory in {"what the page holds": run.page, "`show`": run.show, "`tap`": run.tap}.items():
        yield Result(f"{run.calls:,} calls, {run.rate:,.0f} a second, followed live in Chromium for {marks[-1]} s: {who}", f"after {', '.join(map(str, marks[:-1]))} s",
                     f"{memory[-1] / 1e6:.1f} MB", " ".join(f"{octets / 1e6:.1f}" for octets in memory[:-1]) + " MB", memory[0] / memory[-1], 0.9, 1, 0.5)


YARDSTICKS = {"watch": watch_and_memory, "hpack": hpack, "large": large, "flat": flat, "ledger": ledger, "tap": tap, "live": live_capture, "page": looked_at_page, "followed": followed_page,
              "long": followed_for_long}


def measured(names, scale):
    results = []
    for name in names:
        with tempfile.TemporaryDirectory(prefix="testigo-yardsticks-") as folder:
            for result in YARDSTICKS[name](folder, scale):
                print(f"{result.what}\n    ours {result.ours}; {result.against} {result.theirs}: {times(result.ratio)}"
                      f" (gate {times(result.gate)}, goal {times(result.goal)}): {result.judged()}", flush=True)
                results.append(result)
    return results


def said(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def page(results):
    rows = "\n".join(f"| {r.what} | {r.ours} | {r.against}: {r.theirs} | {times(r.ratio)} | {times(r.gate)} | {times(r.goal)} | {r.judged()} |" for r in results)
    tshark = said("tshark", "--version").splitlines()[0].rstrip(".")
    haproxy = " ".join(said("haproxy", "-v").split()[:3])
    commit = said("git", "-C", ROOT, "describe", "--always", "--dirty").strip()
    template = (ROOT / "bench/performance.md").read_text(encoding="utf-8")
    return template.format(rows=rows, day=datetime.date.today().isoformat(), cores=os.cpu_count(), load=os.getloadavg()[1], tshark=tshark,
                           haproxy=haproxy, commit=commit)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ci", action="store_true")
    parser.add_argument("--only", choices=YARDSTICKS, action="append")
    options = parser.parse_args()
    results = measured(options.only or YARDSTICKS, 1 / 20 if options.ci else 1)
    if options.ci:
        slow = [result for result in results if result.ratio < result.least]
        for result in slow:
            print(f"{result.what}: {times(result.ratio)}, and a twentieth must reach {times(result.least)}", file=sys.stderr)
        return 1 if slow else 0
    if not options.only:
        (ROOT / "docs/performance.md").write_text(page(results), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
