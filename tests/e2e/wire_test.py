#!/usr/bin/env python3
"""testigo verify with its wire witness between clients and server, and beside them: the same verdicts, and it says which it was."""

import json
import os
import pathlib
import re
import signal
import unittest

import verify_test
from support import TESTIGO, Process, client_command, may_capture, needs, needs_capture, open_files, run, start_server, wait_until, why_not_root
from verify_test import ENVIRONMENT, INCONCLUSIVE, PROVEN, WIDE, WRONG_USAGE


class ProvenThroughATap(verify_test.Proven):
    wire = "tap"


class LiesThroughATap(verify_test.Lies):
    wire = "tap"


class SignalsThroughATap(verify_test.Signals):
    wire = "tap"


class WhereTheWitnessStands(verify_test.Verify):
    def clean(self, *options):
        run_of = Process(TESTIGO, "verify", *WIDE, "--out", self.folder, "--json", "--for", "300ms", "--every", "100ms", *options)
        with run_of as process:
            self.assertEqual(process.wait(60), PROVEN, process)
        return process, json.loads(process.out[-1])

    def test_a_tap(self):
        process, report = self.clean("--wire", "tap")
        self.assertEqual(report["wire"], "tap")
        self.assertIn("wire: tap", "\n".join(process.err))
        self.assertIn("tap 127.0.0.1:", "\n".join(process.err))

    def test_beside_where_it_may(self):
        expected = "listened on lo" if may_capture() else "tap"
        for options in ([], ["--host", "::1"]):
            process, report = self.clean(*options)
            self.assertEqual(report["wire"], expected)
            self.assertIn(f"wire: {expected}", "\n".join(process.err))

    @needs_capture
    def test_beside_at_every_kind_and_tls(self):
        for kind in ("unary", "server-stream", "client-stream", "bidi"):
            _, report = self.clean("--wire", "listen", "--kind", kind, "--payload-bytes", "100000")
            self.assertEqual((report["wire"], report["calls"]["judged"]), ("listened on lo", 6))
        self.wire = "listen"
        self.verify("--for", "300ms", "--every", "100ms", "--tls", code=INCONCLUSIVE)
        self.assert_outcomes(inconclusive=[6, 7])

    @needs_capture
    def test_the_evidence_says_it_too(self):
        self.wire = "listen"
        self.verify("--for", "300ms", "--every", "100ms", code=PROVEN)
        folder = self.copy()
        self.assertEqual(self.judge(folder, code=PROVEN)["wire"], "listened on lo")
        (folder / "run.json").unlink()
        self.assertEqual(self.judge(folder, code=PROVEN)["wire"], "listened")

    @needs_capture
    def test_beside_a_server_that_runs_already(self):
        server = self.stack.enter_context(start_server("--statements", self.folder / "server.jsonl"))
        self.wire = "listen"
        for target in (server.address, f"localhost:{server.port}"):
            self.verify("--for", "300ms", "--every", "100ms", "--target", target, "--payloads", "--server-statements", self.folder / "server.jsonl", code=PROVEN)
            self.assertEqual(self.report["wire"], "listened on lo")

    def test_what_others_say_to_a_server_that_runs_already_is_not_written(self):
        server = self.stack.enter_context(start_server("--statements", self.folder / "server.jsonl"))
        stranger = self.stack.enter_context(Process(*client_command(server.address, "--name", "the-stranger", "--every", "20ms")))
        self.wire = "auto"
        self.verify("--for", "300ms", "--every", "100ms", "--target", server.address, "--server-statements", self.folder / "server.jsonl", code=PROVEN)
        self.assertEqual(self.report["wire"], "tap")
        self.assertGreater(self.report["calls"]["out_of_scope"], 0, stranger)
        self.assertNotIn(b"the-stranger", (self.evidence / "wire.pcapng").read_bytes())
        process = run(TESTIGO, "verify", "--out", self.folder, "--wire", "listen", "--target", server.address)
        self.assertEqual(process.code, WRONG_USAGE, process)
        self.assertIn("hears whoever calls there", "\n".join(process.err))

    @needs_capture
    def test_it_keeps_no_capability_and_gives_none_to_its_children(self):
        options = ["--out", self.folder, "--for", "5s", "--every", "100ms", "--wire", "listen"]
        with Process(TESTIGO, "verify", *options) as verify:
            verify.line("wire: listened on lo", err=True)
            children = wait_until(lambda: players(verify.pid), "server and clients")
            for pid in [verify.pid, *children]:
                status = dict(line.split(":\t") for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines() if ":\t" in line)
                net_raw = 1 << 13
                for kind in ("CapEff", "CapPrm", "CapInh", "CapBnd", "CapAmb"):
                    self.assertEqual(int(status[kind], 16) & net_raw, 0, f"{pid} {kind}")
                self.assertEqual(status["NoNewPrivs"], "1", pid)
            for pid in children:
                sockets = [file for file in open_files(pid).values() if "socket" in file]
                packet_sockets = {line.split()[-1] for line in pathlib.Path("/proc/net/packet").read_text().splitlines()[1:]}
                self.assertEqual([s for s in sockets if re.search(r"\d+", s)[0] in packet_sockets], [], pid)
            verify.stop(signal.SIGINT)

    def test_a_server_that_no_listener_hears(self):
        process = run(TESTIGO, "verify", "--out", self.folder, "--wire", "listen", "--payloads", "--target", "192.0.2.1:50051")
        self.assertEqual(process.code, WRONG_USAGE, process)
        self.assertIn("192.0.2.1 is not on it; use --wire tap", "\n".join(process.err))
        self.assertEqual(list(self.folder.iterdir()), [])

    @needs("capture", why_not_root())
    def test_no_permission(self):
        self.folder.chmod(0o777)
        unprivileged = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--clear-groups", "--reuid", "nobody", "--regid", "nogroup"]
        process = run(*unprivileged, TESTIGO, "verify", "--out", self.folder / "of-nobody", "--wire", "listen")
        self.assertEqual(process.code, ENVIRONMENT, process)
        self.assertIn("CAP_NET_RAW is missing", "\n".join(process.err))
        process = run(*unprivileged, TESTIGO, "verify", *WIDE, "--out", self.folder / "of-nobody", "--for", "300ms", "--every", "100ms", "--json")
        self.assertEqual(process.code, PROVEN, process)
        self.assertEqual(json.loads(process.out[-1])["wire"], "tap")


def players(pid):
    """Its server and two clients, once all of them are what they are to become."""
    children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    names = [pathlib.Path(f"/proc/{child}/comm").read_text().strip() for child in children]
    return children if names == ["testigo-greeter"] * 3 else None


if __name__ == "__main__":
    unittest.main()
