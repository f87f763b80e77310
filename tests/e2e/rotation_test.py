#!/usr/bin/env python3
"""A system that runs for ever, in short: every file is rotated away, disk and memory stay within limits, and the verdict is PROVEN.

rotation_test.py runs some seconds at a small load; TESTIGO_SOAK_SECONDS=150 makes ten clients call each TESTIGO_SOAK_PERIOD (1ms) for that
time, which is more calls than eight days of the clients in compose.yaml make. It takes two cores for itself.
"""

import contextlib
import json
import os
import re
import time
import unittest

from support import GREETER, TESTIGO, Process, client_command, free_port, needs_capture, run, temporary_folder, wait_until

SOAK = int(os.environ.get("TESTIGO_SOAK_SECONDS", "0"))
KEPT = 4  # older files beside the one that is written; of statements it is always 4
MEMORY_MAX = {"watch": 300_000_000, "server": 200_000_000, "client": 100_000_000}  # octets, resident


def unheard(*command):
    """The command with its log thrown away: to read it here would take more of the machine than to write it."""
    return "sh", "-c", 'exec "$@" >/dev/null', "sh", *command


class Scale:
    """How much is called, and how much of it is kept: three times the age of a connection at least, and less than what is written."""

    seconds = SOAK or 12
    clients = 10 if SOAK else 3
    period = os.environ.get("TESTIGO_SOAK_PERIOD", "1ms") if SOAK else "5ms"
    age = "5s" if SOAK else "500ms"
    wire_bytes = 40_000_000 if SOAK else 600_000
    server_bytes = 40_000_000 if SOAK else 250_000
    client_bytes = 4_000_000 if SOAK else 80_000


def resident(pid):
    """The most memory that the process held so far."""
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return int(re.search(r"VmHWM:\s+(\d+) kB", status.read())[1]) * 1024


@needs_capture
class Rotation(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)
        self.folder = self.stack.enter_context(temporary_folder()) / "evidence"
        self.statements = self.folder / "statements"
        self.statements.mkdir(parents=True)

    def start(self, *command):
        return self.stack.enter_context(Process(*command))

    def watch(self, port):
        watch = self.start(TESTIGO, "watch", "-i", "lo", "--filter", f"port {port}", "--write", "--payloads", "--quiet", "--folder", self.folder,
                           "--rotate-bytes", Scale.wire_bytes, "--rotate-files", KEPT)
        wait_until(lambda: run(TESTIGO, "watch", "--folder", self.folder, "--health").code == 0, lambda: f"the capture: {watch}")
        return watch

    def server(self, port):
        address = f"127.0.0.1:{port}"
        server = self.start(*unheard(GREETER, "server", "--listen", address, "--statements", self.statements / "server.jsonl",
                                     "--statements-rotate", Scale.server_bytes, "--max-connection-age", Scale.age))
        wait_until(lambda: run(GREETER, "health", "--target", address).code == 0, lambda: f"the server: {server}")
        return server

    def client(self, name, port):
        return self.start(*unheard(*client_command(f"127.0.0.1:{port}", "--name", name, "--every", Scale.period, "--for", f"{Scale.seconds}s",
                                                   "--deadline", "30s", "--statements", self.statements / f"{name}.jsonl",
                                                   "--statements-rotate", Scale.client_bytes)))

    def assert_rotated(self, file, bytes_max):
        self.assertEqual({path.name for path in file.parent.glob(f"{file.name}*")}, {file.name, *(f"{file.name}.{age}" for age in range(1, KEPT + 1))})
        for path in file.parent.glob(f"{file.name}*"):
            self.assertLessEqual(path.stat().st_size, bytes_max + 70_000, f"{path.name}: the limit, and the last entry")

    def test_it_may_run_for_ever(self):
        port = free_port()
        watch = self.watch(port)
        server = self.server(port)
        clients = [self.client(f"client{n}", port) for n in range(1, Scale.clients + 1)]
        memory = {"watch": 0, "server": 0, "client": 0}
        deadline = time.monotonic() + Scale.seconds + 60
        while any(client.running for client in clients):
            self.assertLess(time.monotonic(), deadline, clients[0])
            for name, processes in (("watch", [watch]), ("server", [server]), ("client", clients)):
                for process in processes:
                    with contextlib.suppress(OSError, TypeError):  # it has just ended
                        memory[name] = max(memory[name], resident(process.pid))
            time.sleep(0.2)
        self.assertEqual([client.wait() for client in clients], [0] * len(clients), clients[0])
        self.assertEqual(server.stop(), 0, server)
        self.assertEqual(watch.stop(patience=60), 0, watch)
        self.judge(memory)

    def judge(self, memory):
        self.assert_rotated(self.folder / "wire.pcapng", Scale.wire_bytes)
        self.assert_rotated(self.statements / "server.jsonl", Scale.server_bytes)
        for n in range(1, Scale.clients + 1):
            self.assert_rotated(self.statements / f"client{n}.jsonl", Scale.client_bytes)
        began = time.monotonic()
        verify = run(TESTIGO, "verify", "--evidence", self.folder, "--json", "--tolerance", "10s", patience=180)
        report = json.loads(verify.out[-1])
        print(f"{Scale.seconds} s, {report['calls']['judged']} calls judged in {time.monotonic() - began:.1f} s, "
              f"{sum(path.stat().st_size for path in self.folder.rglob('*') if path.is_file()) / 1e6:.0f} MB kept, "
              f"memory {', '.join(f'{name} {octets / 1e6:.0f} MB' for name, octets in memory.items())}")
        self.assertEqual((verify.code, report["verdict"]), (0, "PROVEN"), [f"{c['number']} {c['outcome']}: {c['because']}" for c in report["claims"]] + report["notes"])
        self.assertGreater(report["calls"]["judged"], Scale.clients * 200)
        self.assertGreater(report["calls"]["out_of_scope"], 0)
        for name, octets in memory.items():
            self.assertLess(octets, MEMORY_MAX[name], name)


if __name__ == "__main__":
    unittest.main()
