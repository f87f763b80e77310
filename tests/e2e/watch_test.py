#!/usr/bin/env python3
"""testigo watch as its user runs it: it listens beside, sees what a tap and tshark see, and keeps no privilege."""

import contextlib
import json
import pathlib
import shutil
import signal
import socket
import subprocess
import unittest

from dissected import as_dissected, calls_dissected
from support import (TESTIGO, Process, client_command, headers_seen_by_tshark, http1_server, make_certificates, needs, needs_capture, run,
                     skip_or_fail, start_server, temporary_folder, tshark, wait_until, why_not_root)

PROVEN, BROKEN, WRONG_USAGE, INCONCLUSIVE, ENVIRONMENT = 0, 1, 2, 3, 4
KINDS = ("unary", "server-stream", "client-stream", "bidi")
UNPRIVILEGED = ["setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups", "--inh-caps=-all"]


class Watch(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)
        self.folder = self.stack.enter_context(temporary_folder())
        self.folder.chmod(0o777)  # whoever the watch becomes may write into it

    def watch(self, filter_text, *options, interface="lo", before=(), env=None, program=TESTIGO):
        command = [*before, program, "watch", "-i", interface, "--filter", filter_text, "--out", self.folder / "evidence", *options]
        # A leak checker cannot look into a process that has given up its identity.
        watch = self.stack.enter_context(Process(*command, env={"ASAN_OPTIONS": "detect_leaks=0", **(env or {})}))
        watch.line("listening on", err=True)
        watch.line("listening;", err=True)
        return watch

    def end(self, watch, code, number=signal.SIGINT):
        """Ends it; the lines of its calls, and its report."""
        self.assertEqual(watch.stop(number), code, watch)
        lines = [json.loads(line) for line in watch.out]
        report = lines[-1]
        self.assertEqual(report["type"], "verdict")
        return [line for line in lines if line["type"] == "call"], report

    def call(self, address, *options, code=0):
        client = run(*client_command(address, "--every", "10ms", *options))
        self.assertEqual(client.code, code, client)


def told(call, *without):
    """What does not depend on where the witness stood, nor on the moment."""
    left_out = {"time", "latency_ns", "packet", "client", "server", *without}
    return {name: value for name, value in call.items() if name not in left_out}


@needs_capture
class Calls(Watch):
    def test_a_tap_and_tshark_see_the_same(self):
        server = self.stack.enter_context(start_server())
        tap = self.stack.enter_context(Process(TESTIGO, "tap", "--listen", "127.0.0.1:0", "--to", server.address, "--json", "--out", self.folder / "tap"))
        address = tap.line(r"listening on (\S+),", err=True)[1]
        before_it = self.watch(f"port {address.rsplit(':', 1)[1]}", "--json", "--write", "--payloads")
        behind_it = self.watch(f"port {server.port}", "--json", "--write")
        for kind in KINDS:
            self.call(address, "--kind", kind, "--count", "3", "--messages", "4", "--payload-bytes", "3000")
        self.call(address, "--count", "1", "--payload-bytes", 5 << 20, code=1)  # the server refuses it
        seen_before, report = self.end(before_it, PROVEN)
        seen_behind, _ = self.end(behind_it, PROVEN)
        self.assertEqual(tap.stop(signal.SIGINT), PROVEN, tap)
        seen_by_tap = [line for line in map(json.loads, tap.out) if line["type"] == "call"]
        self.assertEqual(len(seen_by_tap), 13)
        self.assertEqual([told(call) for call in seen_before], [told(call) for call in seen_by_tap])
        self.assertEqual([told(call) for call in seen_behind], [told(call) for call in seen_by_tap])
        self.assertEqual([call["client"] for call in seen_before], [call["client"] for call in seen_by_tap])
        self.assertEqual([call["server"] for call in seen_behind], [call["server"] for call in seen_by_tap])
        self.assertEqual({call["server"] for call in seen_before}, {address})
        self.assertEqual(report["wire"], "listened on lo")

        for calls, port, folder in ((seen_before, address.rsplit(":", 1)[1], 0), (seen_behind, server.port, 1)):
            capture = sorted((self.folder / "evidence").iterdir())[folder] / "wire.pcapng"
            dissected = calls_dissected(capture, port)
            self.assertEqual({(call["connection"] - 1, call["stream"]): as_dissected(call) for call in calls}, dissected)
            if folder == 0:  # without their bodies messages are no protobuf
                self.assertEqual(tshark(capture, port, "_ws.malformed", "frame.number"), [])

    def test_bodies_are_written_only_when_asked_for(self):
        server = self.stack.enter_context(start_server())
        without = self.watch(f"port {server.port}", "--json", "--write")
        self.call(server.address, "--count", "2", "--name", "planted-name")
        _, report = self.end(without, PROVEN)
        octets = (pathlib.Path(report["evidence"]) / "wire.pcapng").read_bytes()
        body = b"\x0a\x0cplanted-name"  # field 1 of the request
        self.assertNotIn(body, octets)
        self.assertIn(b"planted-name/", octets)  # the id, in the metadata
        everything = self.watch(f"port {server.port}", "--json", "--write", "--payloads")
        self.call(server.address, "--count", "2", "--name", "planted-name")
        _, report = self.end(everything, PROVEN)
        self.assertIn(body, (pathlib.Path(report["evidence"]) / "wire.pcapng").read_bytes())

    def test_a_capture_that_it_wrote_is_evidence(self):
        statements = self.folder / "statements"
        statements.mkdir()
        server = self.stack.enter_context(start_server("--statements", statements / "server.jsonl"))
        watch = self.watch(f"port {server.port}", "--json", "--write", "--payloads")
        for name in ("client1", "client2"):
            self.call(server.address, "--count", "5", "--name", name, "--statements", statements / f"{name}.jsonl")
        _, report = self.end(watch, PROVEN)
        self.assertEqual(server.stop(), 0)
        evidence = pathlib.Path(report["evidence"])
        for file in statements.iterdir():
            shutil.copy(file, evidence / "statements")
        verify = run(TESTIGO, "verify", "--evidence", evidence, "--tolerance", "10s", "--json")
        self.assertEqual(verify.code, PROVEN, verify)
        self.assertEqual(json.loads(verify.out[-1])["calls"]["judged"], 10)

    def test_families_and_every_interface(self):
        for listen in ("127.0.0.1:0", "[::1]:0"):
            for interface in ("lo", "any"):
                with self.subTest(f"{listen} on {interface}"), start_server(listen=listen) as server:
                    watch = self.watch(f"port {server.port}", "--json", "--write", interface=interface)
                    self.call(server.address, "--count", "3")
                    calls, report = self.end(watch, PROVEN)
                    self.assertEqual([call["server"] for call in calls], [server.address] * 3)
                    fields = headers_seen_by_tshark(pathlib.Path(report["evidence"]) / "wire.pcapng", server.port)
                    self.assertEqual(len(fields), 3)

    def test_a_line_a_call_for_people(self):
        server = self.stack.enter_context(start_server())
        watch = self.watch(f"port {server.port}")
        self.call(server.address, "--count", "2")
        watch.line(r"\d\d:\d\d:\d\d\.\d{3} 127\.0\.0\.1:\d+ → \S+  /testigo\.greeter\.v1\.Greeter/Greet  unary  OK  1→1 msg  \d+ B→\d+ B  \S+ .?s")
        self.assertEqual(watch.stop(signal.SIGTERM), PROVEN, watch)
        self.assertIn("2 gRPC calls on 1 connection", "\n".join(watch.out))

    def test_what_an_earlier_watch_dropped_stays_known_as_long_as_its_capture(self):
        folder = self.folder / "shared"
        folder.mkdir(mode=0o777)
        record = folder / "run.json"
        listen = ("watch", "-i", "lo", "--filter", "port 1", "--write", "--json", "--for", "200ms", "--folder", folder)
        self.assertEqual(run(TESTIGO, *listen).code, INCONCLUSIVE)
        for _ in range(2):
            told = json.loads(record.read_text())
            record.write_text(json.dumps({**told, "packets_dropped": 7}))
            watch = run(TESTIGO, *listen)
            self.assertEqual(json.loads(record.read_text())["packets_dropped"], 7, watch)
            self.assertIn("of what older captures here hold, the kernel had dropped 7 packets", json.loads(watch.out[-1])["notes"])
        for capture in folder.glob("wire.pcapng*"):
            capture.unlink()
        self.assertEqual(run(TESTIGO, *listen).code, INCONCLUSIVE)
        self.assertNotIn("packets_dropped", json.loads(record.read_text()))

    def test_what_it_could_not_read_in_time_is_said(self):
        server = self.stack.enter_context(start_server())
        watch = self.watch(f"port {server.port}", "--json")
        self.call(server.address, "--count", "2")
        watch.line('"type":"call"')
        watch.send(signal.SIGSTOP)
        self.call(server.address, "--count", "20", "--payload-bytes", 4_000_000)  # more than the kernel keeps for it
        watch.send(signal.SIGCONT)
        watch.line(r"the kernel dropped \d+ packets more, \d+ so far", err=True)
        self.call(server.address, "--count", "2")
        record = json.loads((pathlib.Path(watch.line(r"evidence in (\S+);", err=True)[1]) / "run.json").read_text())
        self.assertEqual((record["finished"], record["packets_dropped"] > 0), (False, True))
        calls, report = self.end(watch, INCONCLUSIVE)
        self.assertRegex(report["notes"][-1], r"^the kernel dropped \d+ packets that had not been read in time: what they held was not seen$")
        self.assertRegex(report["claims"][0]["because"], "^\\d+ packets dropped before they could be read: not everything was seen$")
        self.assertEqual(report["findings"]["errors"], 0)
        self.assertEqual({call.get("status", 0) for call in calls}, {0})
        record = json.loads((pathlib.Path(report["evidence"]) / "run.json").read_text())
        self.assertGreater(record["packets_dropped"], 0)
        self.assertEqual(report["packets"]["dropped"], record["packets_dropped"])
        self.assertGreater(report["packets"]["read"], 0)

    def test_limits_end_it(self):
        server = self.stack.enter_context(start_server())
        watch = self.watch(f"port {server.port}", "--json", "--calls", "3", "--quiet")
        self.call(server.address, "--count", "5")
        self.assertEqual(watch.wait(), PROVEN, watch)
        self.assertEqual(len(watch.out), 1)
        watch = self.watch(f"port {server.port}", "--json", "--for", "200ms")
        self.assertEqual(watch.wait(), INCONCLUSIVE, watch)
        self.assertEqual(json.loads(watch.out[-1])["claims"][0]["because"], "no connection was seen that could be judged")


@needs_capture
class Others(Watch):
    def test_what_others_speak_breaks_nothing(self):
        server = self.stack.enter_context(start_server())
        web = self.stack.enter_context(http1_server())
        certificates = self.folder / "certificates"
        certificates.mkdir()
        make_certificates(certificates)
        tls = self.stack.enter_context(start_server("--tls-cert", certificates / "server.pem", "--tls-key", certificates / "server.key"))
        watch = self.watch(f"port {server.port} or port {web} or port {tls.port}", "--json")
        self.call(server.address, "--count", "3")
        self.call(tls.address, "--count", "2", "--tls-ca", certificates / "ca.pem")
        with socket.create_connection(("127.0.0.1", web)) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            connection.recv(1000)
        calls, report = self.end(watch, PROVEN)
        self.assertEqual(len(calls), 3)
        self.assertEqual(report["notes"], ["1 connection is TLS, of which only the handshake can be judged: the wire shows ciphertext",
                                           "1 connection does not speak HTTP/2 and was not judged"])
        self.assertEqual(report["findings"]["errors"], 0)

    def test_an_http2_client_at_another_server_is_broken(self):
        web = self.stack.enter_context(http1_server())
        watch = self.watch(f"port {web}", "--json")
        self.call(f"127.0.0.1:{web}", "--count", "1", code=1)
        _, report = self.end(watch, BROKEN)
        self.assertIn("F02", {cause["id"] for cause in report["causes"]})

    def test_what_began_before_is_not_judged(self):
        server = self.stack.enter_context(start_server())
        client = self.stack.enter_context(Process(*client_command(server.address, "--every", "20ms")))
        client.line("OK")
        watch = self.watch(f"port {server.port}", "--json")
        seen = len(client.out)
        wait_until(lambda: len(client.out) > seen + 5, "more calls")
        calls, report = self.end(watch, INCONCLUSIVE)
        self.assertEqual(calls, [])
        self.assertEqual(report["notes"], ["1 connection was not seen from its start and was not judged"])
        watch = self.watch(f"port {server.port}", "--json")
        self.call(server.address, "--count", "2")
        calls, report = self.end(watch, PROVEN)
        self.assertEqual(len(calls), 2)
        self.assertEqual(report["notes"], ["1 connection was not seen from its start and was not judged"])


@needs("capture", why_not_root())
class Privileges(Watch):
    def status(self, process):
        lines = pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines()
        return {name: value.strip() for name, value in (line.split(":", 1) for line in lines)}

    def assert_powerless(self, watch, user):
        status = self.status(watch)
        for kind in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
            self.assertEqual(int(status[kind], 16), 0, kind)
        self.assertEqual(status["NoNewPrivs"], "1")
        self.assertEqual(status["Uid"].split(), [str(user)] * 4)
        self.assertEqual(status["Threads"], "1")

    def assert_works(self, watch, server, user):
        """It still sees, and writes its evidence, whose owner is that user."""
        self.call(server.address, "--count", "2")
        calls, report = self.end(watch, PROVEN)
        self.assertEqual(len(calls), 2)
        for entry in pathlib.Path(report["evidence"]).rglob("*"):
            self.assertEqual(entry.stat().st_uid, user, entry)
            self.assertEqual(entry.stat().st_mode & 0o077, 0, entry)

    def test_root_becomes_nobody(self):
        server = self.stack.enter_context(start_server())
        watch = self.watch(f"port {server.port}", "--json", "--write")
        watch.line("now nobody, without capabilities", err=True)
        self.assert_powerless(watch, 65534)
        self.assert_works(watch, server, 65534)

    def test_root_becomes_who_called_sudo(self):
        server = self.stack.enter_context(start_server())
        watch = self.watch(f"port {server.port}", "--json", "--write", env={"SUDO_UID": "12345", "SUDO_GID": "12346"})
        watch.line("now user 12345, without capabilities", err=True)
        self.assert_powerless(watch, 12345)
        self.assertEqual(self.status(watch)["Gid"].split(), ["12346"] * 4)
        self.assertEqual(self.status(watch)["Groups"], "12346")
        self.assert_works(watch, server, 12345)

    def test_it_stays_root_where_nobody_else_could_write(self):
        self.folder.chmod(0o700)
        server = self.stack.enter_context(start_server())
        watch = self.watch(f"port {server.port}", "--json", "--write")
        watch.line("it stays root: it cannot be nobody and write to", err=True)
        self.assert_powerless(watch, 0)
        self.assert_works(watch, server, 0)

    def test_a_capability_of_the_file_is_enough(self):
        program = self.folder / "testigo"
        shutil.copy(TESTIGO, program)
        if shutil.which("setcap") is None or subprocess.run(["setcap", "cap_net_raw=p", program], capture_output=True).returncode != 0:
            skip_or_fail(self, "capture", "needs setcap, and a file system that keeps capabilities")
        server = self.stack.enter_context(start_server())
        watch = self.watch(f"port {server.port}", "--json", "--write", before=UNPRIVILEGED, program=program)
        watch.line("no privilege is left: capabilities are given up", err=True)
        status = self.status(watch)
        self.assertEqual([int(status[kind], 16) for kind in ("CapInh", "CapPrm", "CapEff", "CapAmb")], [0] * 4)
        self.assertEqual(status["NoNewPrivs"], "1")
        self.assert_works(watch, server, 65534)

    def test_what_is_missing(self):
        command = [*UNPRIVILEGED, TESTIGO, "watch", "-i", "lo", "--out", self.folder / "of-nobody"]
        process = run(*command)
        self.assertEqual(process.code, ENVIRONMENT, process)
        said = "\n".join(process.err)
        for part in ("cannot listen on lo: the capability CAP_NET_RAW is missing", "sudo setcap cap_net_raw=p $(command -v testigo)", "--cap-add NET_RAW"):
            self.assertIn(part, said)
        self.assertEqual([entry.name for entry in self.folder.iterdir()], [])
        process = run("setpriv", "--bounding-set=-all", *command[1:])
        self.assertEqual(process.code, ENVIRONMENT, process)
        self.assertIn("nobody in this container may have it", "\n".join(process.err))


class WrongUse(Watch):
    def refused(self, *options, code):
        process = run(TESTIGO, "watch", "--out", self.folder / "evidence", *options)
        self.assertEqual(process.code, code, process)
        self.assertEqual(process.out, [])
        self.assertEqual(len(process.err), 1, process)
        self.assertEqual([entry.name for entry in self.folder.iterdir()], [])
        return process.err[0]

    def test_no_interface_named(self):
        self.assertIn("-i,--interface or FILE is required", self.refused(code=WRONG_USAGE))

    def test_no_filter_at_all(self):
        self.assertIn("\"port what\" is no filter: unknown port 'what'; see pcap-filter(7)", self.refused("-i", "lo", "--filter", "port what", code=WRONG_USAGE))

    def test_options_that_need_others(self):
        self.assertIn("--write", self.refused("-i", "lo", "--payloads", code=WRONG_USAGE))
        self.assertIn("is no stream", self.refused("-i", "lo", "--follow", "5", code=WRONG_USAGE))
        self.assertIn("there is no status \"GREAT\"", self.refused("-i", "lo", "--status", "GREAT", code=WRONG_USAGE))
        self.assertIn("there is no check \"XX99\"", self.refused("-i", "lo", "--finding", "XX99", code=WRONG_USAGE))

    @needs_capture
    def test_no_such_interface(self):
        said = self.refused("-i", "nowhere0", code=ENVIRONMENT)
        self.assertIn("there is no interface nowhere0; there are lo,", said)
        self.assertIn("any", said)

    @needs_capture
    def test_a_filter_that_does_not_suit_the_interface(self):
        self.assertIn("is no filter", self.refused("-i", "any", "--filter", "ether host 01:02:03:04:05:06", code=WRONG_USAGE))


if __name__ == "__main__":
    unittest.main()
