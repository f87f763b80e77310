"""h2load and a server of prepared answers (frame_loop_server.cc), and what stands between them: nothing, `testigo tap` or HAProxy in TCP mode.

The two ends share one core. The middle box has the other one for itself, or shares theirs: with one call at a time nobody has work while another has,
and then no core must be woken by another, which in a virtual machine takes longer than any box does.
"""

import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import statistics
import subprocess
import tempfile

ENDS, BOX = (str(choose(os.sched_getaffinity(0))) for choose in (min, max))
MESSAGE = bytes([0, 0, 0, 0, 7, 10, 5]) + b"hello"
WARMING = 200
HAPROXY = """
global
  nbthread 1
  maxconn 1000
defaults
  mode tcp
  timeout connect 10s
  timeout client 60s
  timeout server 60s
listen box
  bind fd@{fd}
  server behind {to}
"""


def pinned(core, *command, start=subprocess.Popen, **options):
    return start(["taskset", "-c", core, *map(str, command)], stdout=subprocess.PIPE, text=True, **options)


def address_in(stream):
    for line in stream:
        if match := re.search(r"listening on (127\.0\.0\.1:\d+)", line):
            return match[1]
    raise SystemExit("what was to listen did not start")


@contextlib.contextmanager
def server(program):
    """Its address."""
    process = pinned(ENDS, program)
    try:
        yield address_in(process.stdout)
    finally:
        process.kill()
        process.communicate()


def processor_at_end(process):
    """Seconds of a process that has been told to end."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_utime + usage.ru_stime


class Nothing:
    """The way without a box; the others are as this one: an address, and how it ends."""

    process = None

    def __init__(self, _core, to, _folder):
        self.address = to

    def processor(self):
        """Seconds of it that were taken so far."""
        if not self.process:
            return 0.0
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def ended(self, _calls):
        """Seconds of processor it took in all; so many calls went through it."""
        return 0.0

    def killed(self):
        if self.process and self.process.returncode is None:
            self.process.kill()
            self.process.communicate()


class Tap(Nothing):
    program = None

    def __init__(self, core, to, folder):
        self.process = pinned(core, self.program, "tap", "--listen", "127.0.0.1:0", "--to", to, "--quiet", "--json", "--out", folder, stderr=subprocess.PIPE)
        super().__init__(core, address_in(self.process.stderr), folder)

    def ended(self, calls):
        self.process.send_signal(signal.SIGINT)
        verdict = json.loads(self.process.stdout.read().splitlines()[-1])
        seconds = processor_at_end(self.process)
        shutil.rmtree(verdict["evidence"])
        if verdict["verdict"] == "BROKEN" or verdict["calls"]["on_wire"] != calls:
            raise SystemExit(f"{calls} calls went through the tap, and it says: {verdict}")
        return seconds


class HaProxy(Nothing):
    def __init__(self, core, to, folder):
        configuration = pathlib.Path(folder) / "haproxy.cfg"
        with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
            configuration.write_text(HAPROXY.format(fd=listener.fileno(), to=to), encoding="utf-8")
            self.process = pinned(core, "haproxy", "-db", "-q", "-f", configuration, stderr=subprocess.DEVNULL, pass_fds=[listener.fileno()])
            super().__init__(core, "%s:%d" % listener.getsockname(), folder)

    def ended(self, _calls):
        self.process.terminate()
        return processor_at_end(self.process)


class Run:
    """One run of h2load through a box: the median latency in µs, calls a second, and the µs of processor that the box took for a call."""

    def __init__(self, box, to, calls, connections=1, streams=1, core=BOX):
        with tempfile.TemporaryDirectory(prefix="testigo-middle-box-") as folder:
            self.folder = pathlib.Path(folder)
            between = box(core, to, folder)
            try:
                self.load(between.address, WARMING, 1, 1)
                begun = between.processor()
                told, latencies = self.load(between.address, calls, connections, streams)
                self.processor = (between.ended(WARMING + calls) - begun) / calls * 1e6
            finally:
                between.killed()
        self.calls_per_second = float(re.search(r"finished in .*, ([\d.]+) req/s", told)[1])
        self.latency = statistics.median_grouped(latencies)

    def load(self, address, calls, connections, streams):
        """What h2load says, and the latency of each call in µs."""
        message, log = self.folder / "message", self.folder / "calls"
        message.write_bytes(MESSAGE)
        log.unlink(missing_ok=True)
        command = ["h2load", "-n", calls, "-c", connections, "-m", streams, "-d", message, "-H", "content-type: application/grpc", "-H", "te: trailers"]
        told = pinned(ENDS, *command, f"--log-file={log}", f"http://{address}/yardsticks.Greeter/Greet", start=subprocess.run, stderr=subprocess.STDOUT,
                      timeout=120).stdout
        if f" {calls} succeeded," not in told:
            raise SystemExit(f"h2load did not make its calls: {told}")
        return told, [int(line.split()[2]) for line in log.read_text(encoding="utf-8").splitlines()]
