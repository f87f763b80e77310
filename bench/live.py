"""Live capture: packets of a capture are sent through a virtual cable in a network namespace made for it, and `testigo watch -i` listens at its other end."""

import collections
import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/e2e"))

from support import why_no_networks  # noqa: E402, F401

REPLAY = str(ROOT / "build/bench/bin/replay")
CORES = (min(os.sched_getaffinity(0)), max(os.sched_getaffinity(0)))  # of the sender, of the watch
COMPARED = ("method", "status", "http_status", "message")
COUNTED = ("requests", "replies")
PATIENCE = 90


def place_for_lines():
    """In memory where there is room: what is measured is no disk."""
    memory = pathlib.Path("/dev/shm")
    return memory if memory.is_dir() and shutil.disk_usage(memory).free > 1 << 30 else None


def ip(*arguments):
    return subprocess.run(["ip", *map(str, arguments)], check=True, capture_output=True, text=True).stdout


@contextlib.contextmanager
def cable():
    """A namespace in which a cable goes from the device `near` to the device `far`, silent but for what is sent into it."""
    name = f"testigo-live-{os.getpid()}"
    ip("netns", "add", name)
    try:
        silent = "echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6"
        subprocess.run(["ip", "netns", "exec", name, "sh", "-c", silent], check=False, stderr=subprocess.DEVNULL)
        ip("-n", name, "link", "add", "near", "mtu", 65535, "type", "veth", "peer", "name", "far", "mtu", 65535)
        for device in ("near", "far"):
            ip("-n", name, "link", "set", device, "arp", "off", "up")
        yield name
    finally:
        ip("netns", "del", name)


def inside(name, core, *command):
    return ["ip", "netns", "exec", name, "taskset", "-c", str(core), *map(str, command)]


def passed(name):
    """The packets that came out of the cable, by the kernel's own counter."""
    return json.loads(ip("-n", name, "-s", "-j", "link", "show", "far"))[0]["stats64"]["rx"]["packets"]


def said_of(call):
    """What a line says for certain; a method that is not known it does not say."""
    said = {member: call[member] for member in COMPARED + COUNTED if member in call}
    if call.get("method_known") == "unknown":
        said.pop("method", None)
    return said


def place_of(call):
    """Which call of the capture it is, whichever time the capture was sent: times differ in the third octet of the addresses."""
    return re.sub(r"^127\.0\.\d+\.", "127.0.0.", call["client"]), call["stream"]


class Truth:
    """What `testigo watch FILE` says of each call."""

    def __init__(self, testigo, file):
        with subprocess.Popen([testigo, "watch", "--json", str(file)], stdout=subprocess.PIPE) as watch:
            lines = (json.loads(line) for line in watch.stdout)
            self.calls = {place_of(line): said_of(line) for line in lines if line["type"] == "call"}

    def differs(self, call):
        """The members that are wrong. What is unknown is absent; of a side with missing octets fewer messages are counted, never more."""
        told, true = said_of(call), self.calls.get(place_of(call), {})
        return {member for member in told if member not in true or (told[member] > true[member] if member in COUNTED else told[member] != true[member])}


class Run:
    """One sending: what was sent, what passed, what the watch read and told, and what of that is wrong."""

    def __init__(self, testigo, folder, truth, capture, times, rate, held=None):
        """`held`: for so many seconds the watch cannot run."""
        folder = pathlib.Path(folder)
        folder.chmod(0o777)  # the watch gives up its identity
        lines = folder / "lines.json"
        with cable() as name:
            command = inside(name, CORES[1], testigo, "watch", "-i", "far", "--json", "--for", f"{PATIENCE}s", "--out", folder / "evidence")
            with open(lines, "wb") as out, self._watch(command, out) as watch:
                before = passed(name)
                sending = inside(name, CORES[0], REPLAY, capture.file, "near", capture.calls, times, rate)
                with subprocess.Popen(sending, stdout=subprocess.PIPE, text=True) as sender:  # which bounds its time itself
                    if held:
                        self._hold(watch, held, begun=lambda: sender.poll() is not None or passed(name) > before)
                    sent = json.loads(sender.stdout.read())
                self.passed = passed(name) - before
                watch.send_signal(signal.SIGINT)
                _, status, usage = os.wait4(watch.pid, 0)
                watch.returncode = os.waitstatus_to_exitcode(status)
        self.processor = usage.ru_utime + usage.ru_stime
        self.sent, self.refused, self.calls, self.asked = sent["sent"], sent["refused"], capture.calls * times, rate
        self.of_sender = sent["processor"]
        self.rate = self.calls / sent["seconds"]
        self._compare(lines, truth)

    @staticmethod
    @contextlib.contextmanager
    def _watch(command, out):
        watch = subprocess.Popen(command, stdout=out, stderr=subprocess.PIPE, text=True)
        try:
            for line in watch.stderr:
                if "listening on" in line:
                    break
            else:
                raise SystemExit(f"{' '.join(command)} did not start")
            yield watch
        finally:
            if watch.poll() is None:
                watch.kill()
            watch.communicate()

    @staticmethod
    def _hold(watch, held, begun):
        while not begun():
            time.sleep(0.01)
        time.sleep(0.1)  # connections are open, and calls on their way
        watch.send_signal(signal.SIGSTOP)
        time.sleep(held)
        watch.send_signal(signal.SIGCONT)

    def reached(self):
        """How much of it all was read, and of the rate reached; within a hundredth it is the rate."""
        return self.read / self.sent * min(1, self.rate / self.asked / 0.99)

    def _compare(self, lines, truth):
        self.told, self.whole, wrong, inferred, withdrawn = 0, 0, 0, collections.Counter(), set()
        with open(lines, encoding="utf-8") as file:
            for line in map(json.loads, file):
                if line["type"] == "withdrawn":
                    withdrawn.add(line["connection"])
                if line["type"] != "call":
                    continue
                self.told += 1
                differs = truth.differs(line)
                self.whole += not differs and said_of(line) == truth.calls[place_of(line)]
                if differs == {"method"} and line["method_known"] == "inferred":
                    inferred[line["connection"]] += 1
                elif differs:
                    wrong += 1
        self.wrong = wrong + sum(count for connection, count in inferred.items() if connection not in withdrawn)
        packets = line["packets"]
        self.read, self.dropped = packets["read"], packets["dropped"]
