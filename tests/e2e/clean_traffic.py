#!/usr/bin/env python3
"""Many calls of each stack, both ends of it, four kinds at once, through a tap: none may break a check. `make clean-traffic`.

TESTIGO_CALLS (100000) says how many of each; an argument names a stack, and without any it is every one.
"""

import contextlib
import json
import os
import signal
import sys
import time

from peers import KINDS, ROOT, STACKS, greeter_of, start_peer
from support import TESTIGO, Process, temporary_folder

CALLS = int(os.environ.get("TESTIGO_CALLS", "100000"))
PERIOD = {"cpp": "1ms", "python": "5ms", "go": "1ms", "node": "3ms"}  # of each client: what two slow cores bear
PATIENCE = 600.0
DECLARED = ["--proto", ROOT / "proto/testigo/greeter/v1/greeter.proto", "--relation", "reply.client=request.client", "--relation", "reply.call=request.call"]


def drive(stack):
    """The report of the tap, and the exit codes of the clients."""
    with contextlib.ExitStack() as processes:
        folder = processes.enter_context(temporary_folder())
        server = processes.enter_context(start_peer(stack))
        command = [TESTIGO, "tap", "--listen", "127.0.0.1:0", "--to", server.address, "--json", "--quiet", "--out", folder, *DECLARED]
        tap = processes.enter_context(Process(*command))
        target = ["--target", tap.line(r"listening on (\S+),", err=True)[1]]
        plan = ["--count", -(-CALLS // len(KINDS)), "--every", PERIOD[stack], "--deadline", "60s"]
        clients = [processes.enter_context(Process(greeter_of(stack), "client", *target, "--name", kind, "--kind", kind, *plan)) for kind in KINDS]
        codes = [client.wait(PATIENCE) for client in clients]
        tap.stop(signal.SIGINT, PATIENCE)
        return json.loads(tap.out[-1]), codes


def is_clean(stack):
    began = time.monotonic()
    report, codes = drive(stack)
    seconds = time.monotonic() - began
    calls, findings, checks = report["calls"]["on_wire"], report["findings"], report["checks"].values()
    counts = {name: sum(check[name] for check in checks) for name in ("passed", "failed", "not_judgeable")}
    print(f"{stack:7} {report['verdict']}  {calls} calls in {seconds:.0f} s; findings: {findings['errors']} errors, {findings['warnings']} warnings, "
          f"{findings['infos']} infos; judgements: {counts}; clients {codes}", flush=True)
    for finding in findings["first"]:
        print(f"        {json.dumps(finding, ensure_ascii=False)}", flush=True)
    return report["verdict"] == "PROVEN" and findings["errors"] == 0 and calls >= CALLS and not any(codes)


if __name__ == "__main__":
    sys.exit(0 if all([is_clean(stack) for stack in sys.argv[1:] or STACKS]) else 1)
