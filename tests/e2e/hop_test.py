#!/usr/bin/env python3
"""testigo watch A --other-side B: what a proxy did to calls, by the captures of its two sides. Of harmful ones each harm by its name, of
HAProxy and nginx what they really do."""

import contextlib
import json
import pathlib
import shutil
import signal
import time
import unittest

from support import TESTIGO, Process, client_command, free_port, of_type, run, start_server, start_tap, temporary_folder, wait_until

PROVEN, BROKEN, WRONG_USAGE, INCONCLUSIVE, ENVIRONMENT = 0, 1, 2, 3, 4
HARMFUL = pathlib.Path(__file__).resolve().with_name("harmful_hop.py")
HAPROXY, NGINX = (shutil.which(name, path="/usr/sbin:/usr/bin:/usr/local/sbin") for name in ("haproxy", "nginx"))


@contextlib.contextmanager
def tap(folder, to):
    """Its address; its capture is in `folder` when the block is over."""
    with start_tap(to, folder, "--payloads") as process:
        yield process.address
        process.stop(signal.SIGINT)


@contextlib.contextmanager
def harmful(to, harm):
    with Process(HARMFUL, "--to", to, "--harm", harm) as process:
        yield process.line(r"listening on (\S+)")[1]


@contextlib.contextmanager
def haproxy(folder, to):
    port = free_port()
    (folder / "haproxy.cfg").write_text(
        "global\n  maxconn 100\ndefaults\n  mode http\n  timeout client 10s\n  timeout server 10s\n  timeout connect 2s\n"
        f"frontend down\n  bind 127.0.0.1:{port} proto h2\n  default_backend up\n"
        f"backend up\n  server greeter {to} proto h2\n")
    with Process(HAPROXY, "-db", "-f", folder / "haproxy.cfg"):
        wait_until(lambda: listens(port), "HAProxy listens")
        yield f"127.0.0.1:{port}"


@contextlib.contextmanager
def nginx(folder, to):
    port = free_port()
    temporary = "".join(f"  {name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (folder / "nginx.conf").write_text(
        f"daemon off;\nmaster_process off;\nerror_log stderr;\npid {folder}/nginx.pid;\nevents {{}}\nhttp {{\n  access_log off;\n{temporary}"
        f"  server {{\n    listen 127.0.0.1:{port} http2;\n    location / {{ grpc_pass grpc://{to}; }}\n  }}\n}}\n")
    with Process(NGINX, "-e", "stderr", "-p", folder, "-c", folder / "nginx.conf"):
        wait_until(lambda: listens(port), "nginx listens")
        yield f"127.0.0.1:{port}"


def listens(port):
    return f":{port:04X} 00000000:0000 0A" in pathlib.Path("/proc/net/tcp").read_text(encoding="ascii")


def captures(folder):
    return sorted(folder.glob("*/wire.pcapng"))


def watch(*arguments):
    process = run(TESTIGO, "watch", "--json", *arguments)
    lines = [json.loads(line) for line in process.out]
    return process.code, lines, lines[-1]


class Hops(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        stack = contextlib.ExitStack()
        self.addCleanup(stack.close)
        self.folder = stack.enter_context(temporary_folder())

    def conversation(self, hop, *clients, server=(), decorated=True, wait=0):
        """The captures of both sides of a hop, in order: the client's, the server's."""
        with contextlib.ExitStack() as stack:
            address = stack.enter_context(start_server(*server)).address
            up = stack.enter_context(tap(self.folder / "up", address))
            down = stack.enter_context(tap(self.folder / "down", stack.enter_context(hop(up))))
            address = stack.enter_context(harmful(down, "decorate")) if decorated else down
            for options in clients:
                run(*client_command(address, *options))
            time.sleep(wait)
        return captures(self.folder / "down")[0], captures(self.folder / "up")[0]

    def rows(self, lines):
        """The rows about the hop that are more than remarks, and on which side of it."""
        findings = [line for line in of_type(lines, "finding") if line["check"].startswith("PX")]
        return sorted({(line["check"], line["severity"], "upstream" if line["wire"].get("other_side") else "downstream") for line in findings})


class HarmfulHop(Hops):
    CALLS = ("--count", "12", "--every", "30ms", "--deadline", "5s")
    STREAMS = (*CALLS, "--kind", "client-stream", "--messages", "4")

    def hear(self, harm, *clients, server=(), wait=0):
        down, up = self.conversation(lambda to: harmful(to, harm), *clients, server=server, wait=wait)
        return (*watch(down, "--other-side", up), (down, up))

    def expect(self, harm, rows, *clients, code, separate=(), **more):
        got, lines, report, _ = self.hear(harm, *clients, **more)
        self.assertEqual(self.rows(lines), rows, harm)
        graver = {line["check"] for line in of_type(lines, "finding")}
        self.assertEqual(graver - {row[0] for row in rows}, set(separate), harm)
        self.assertEqual(got, code, report["notes"])
        self.assertEqual(report["hop"]["calls"], {"paired": 12, "only_downstream": 0, "only_upstream": 0, "beyond_limit": 0})

    def test_one_that_does_no_harm(self):
        code, lines, report, (down, up) = self.hear("none", self.CALLS)
        self.assertEqual((code, self.rows(lines)), (PROVEN, []), lines)
        outcomes = {row: report["checks"][row]["outcome"] for row in report["checks"] if row.startswith("PX")}
        self.assertEqual(outcomes, {**{f"PX{n:02}": "pass" for n in range(1, 10)}, "PX08": "fail", "PX10": "not-observed"})
        self.assertEqual(report["hop"]["downstream"], str(down))
        self.assertGreater(report["hop"]["added_ns"]["p50"], 0)
        self.assertEqual(len(of_type(lines, "call")), 12)
        text = "\n".join(run(TESTIGO, "watch", "--quiet", down, "--other-side", up).out)
        self.assertRegex(text, r"PX08 info +packet \d+ stream \d+  the hop added ")
        self.assertIn(f"downstream, the side of the client: {down}; upstream, that of the server: {up} (as given)", text)

    def test_each_harm_by_its_name(self):
        upstream, downstream = "upstream", "downstream"
        for harm, row, severity, side, separate in (
            ("trailers", "PX01", "error", downstream, {"RS03"}),
            ("te", "PX02", "error", upstream, {"RQ04"}),
            ("timeout", "PX03", "warning", upstream, ()),
            ("metadata", "PX04", "warning", upstream, ()),
            ("binary", "PX04", "warning", upstream, ()),
            ("octet", "PX05", "error", upstream, ()),
            ("status", "PX06", "warning", downstream, ()),
            ("index", "PX07", "error", upstream, ()),
        ):
            with self.subTest(harm):
                self.setUp()
                self.expect(harm, [(row, severity, side)], self.CALLS, code=BROKEN if severity == "error" else PROVEN, separate=separate)

    def test_messages_that_are_lost_or_doubled(self):
        for harm in ("lose", "double"):
            with self.subTest(harm):
                self.setUp()
                self.expect(harm, [("PX09", "error", "upstream")], self.STREAMS, code=BROKEN)

    def test_a_cancel_that_is_swallowed(self):
        rows = [("PX03", "warning", "upstream"), ("PX10", "warning", "upstream")]
        calls = ("--count", "12", "--every", "300ms", "--deadline", "400ms")
        _, lines, _, _ = self.hear("cancel", calls, server=("--misbehave", "swallow-silently"))
        self.assertEqual(self.rows(lines), rows)

    def test_captures_that_have_nothing_to_do_with_each_other(self):
        down, up = self.conversation(lambda to: harmful(to, "none"), self.CALLS)
        shutil.move(self.folder / "up", self.folder / "before")
        shutil.move(self.folder / "down", self.folder / "before-down")
        other, _ = self.conversation(lambda to: harmful(to, "none"), (*self.CALLS, "--kind", "bidi", "--name", "other"))
        code, lines, report = watch(self.folder / "before" / up.parent.name / up.name, "--other-side", other)
        self.assertEqual((code, self.rows(lines)), (INCONCLUSIVE, []))
        self.assertIn("no call was found on both sides of the hop", report["claims"][0]["because"])
        del down

    def test_wrong_usage(self):
        self.assertEqual(run(TESTIGO, "watch", "--other-side", "x.pcapng").code, WRONG_USAGE)
        self.assertEqual(run(TESTIGO, "watch", "-i", "lo", "--other-side", "x.pcapng").code, WRONG_USAGE)


class RealHop(Hops):
    KINDS = [("--count", "10", "--every", "20ms", "--kind", kind, "--name", f"of-{kind}") for kind in
             ("unary", "server-stream", "client-stream", "bidi")]

    def hear(self, hop, expected):
        down, up = self.conversation(lambda to: hop(self.folder, to), *self.KINDS, (*self.KINDS[0], "--gzip"),
                                     server=("--gzip",), decorated=False)
        _, lines, report = watch(down, "--other-side", up)
        self.assertEqual(report["hop"]["calls"], {"paired": 50, "only_downstream": 0, "only_upstream": 0, "beyond_limit": 0})
        self.assertEqual({row[:2] for row in self.rows(lines)}, expected, of_type(lines, "finding"))

    def test_haproxy(self):
        self.hear(haproxy, set())

    def test_nginx(self):
        self.hear(nginx, set())


if __name__ == "__main__":
    unittest.main()
