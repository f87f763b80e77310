#!/usr/bin/env python3
"""The origin's stack, grpcio, as a peer: its clients call our server, our clients call its server, and both ends are Python."""

import json
import time
import unittest

from peers import BROKEN, ENVIRONMENT, KINDS, PATIENCE, ROOT, Channels, Interop, Peers
from support import Process, client_command, of_type, read_json_lines, run, start_server, wait_until

DEBIAN = "/usr/bin/python3"


class Python(Interop):
    """The pinned grpcio."""

    stack_name = "python"


class Pinned(Peers, Channels, Python):
    def test_payloads(self):
        for size in (16384, (4 << 20) - 1024):
            with self.subTest(size):
                file = self.folder / f"{size}.jsonl"
                ballast = ["--payload-bytes", size, "--count", "2", "--every", "200ms"]
                self.witness(self.peer_server("--statements", file), file, *ballast)
                self.assert_all_proven(4)

    def test_a_lie_is_broken(self):
        for kind in KINDS:
            with self.subTest(kind):
                file = self.folder / f"{kind}.jsonl"
                with self.peer_server("--statements", file, "--misbehave", "wrong-name:4") as server:
                    self.verify(server, file, "--kind", kind, code=BROKEN)
                self.assertEqual([number for number, outcome in self.outcomes().items() if outcome != "PROVEN"], [3])
                self.assertIn("F27", {cause["id"] for cause in self.report["causes"]})

    def test_a_python_client_sees_a_lie(self):
        file = self.folder / "server.jsonl"
        server = self.peer_server("--statements", file, "--misbehave", "wrong-name")
        self.witness(server, file, "--count", "3", "--every", "100ms", code=BROKEN, client_code=1)
        self.assertEqual([number for number, outcome in self.outcomes().items() if outcome != "PROVEN"], [3])


class OfDebian(Peers, Python):
    """gRPC 1.51 as the distribution has it: the library of our own programs under another language."""

    environment = {"TESTIGO_PYTHON": DEBIAN}

    def test_payloads(self):
        """So large that both sides raise their windows: SETTINGS and PING together, and the PING's ACK comes first."""
        file = self.folder / "server.jsonl"
        ballast = ["--payload-bytes", (4 << 20) - 1024, "--count", "4", "--every", "200ms", "--deadline", "60s"]
        self.witness(self.peer_server("--statements", file), file, *ballast)
        self.assert_all_proven(8)


# ServerReflectionRequest{list_services: "*"} of grpc/reflection/v1alpha/reflection.proto, as it is encoded; prints the answer.
LIST_SERVICES = """
import sys, grpc
with grpc.insecure_channel(sys.argv[1]) as channel:
    call = channel.stream_stream("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo")(iter([b"\\x3a\\x01*"]), timeout=20)
    print(next(call).decode("latin-1"))
"""


class Reflection(Python):
    def test_our_server_names_its_services(self):
        python = run(ROOT / "scripts/interop-environment").out[0] + "/bin/python"
        with start_server() as server:
            asked = run(python, "-c", LIST_SERVICES, server.address, patience=PATIENCE)
        self.assertEqual(asked.code, 0, asked)
        for service in ("testigo.greeter.v1.Greeter", "grpc.health.v1.Health"):
            self.assertIn(service, "\n".join(asked.out))


class Behaviour(Python):
    """What the two programs promise, as our own do."""

    def test_starts_keep_their_places_while_calls_hang(self):
        file = self.folder / "server.jsonl"
        with start_server("--statements", file, "--misbehave", "swallow") as server:
            calls = ["--count", "5", "--every", "50ms", "--deadline", "1s"]
            client = self.peer_client(server.address, *calls, "--statements", self.folder / "client.jsonl")
            self.assertEqual(client.wait(), 1, client)
        lines = read_json_lines(self.folder / "client.jsonl")
        self.assertEqual([line["type"] for line in lines[:6]], ["start"] + ["started"] * 5)
        self.assertEqual({line["status"] for line in of_type(lines, "ended")}, {4})
        self.assertEqual((lines[-1]["type"], lines[-1]["calls"]), ("end", 5))

    def test_calls_fail_fast(self):
        with start_server() as server:
            address = server.address
            server.stop()
        calls = ["--count", "3", "--every", "100ms", "--deadline", "20s"]
        client = self.peer_client(address, *calls, "--statements", self.folder / "client.jsonl")
        self.assertEqual(client.wait(), 1, client)
        ended = of_type(read_json_lines(self.folder / "client.jsonl"), "ended")
        self.assertEqual([line["status"] for line in ended], [14] * 3)
        self.assertLess(max(line["latency_ns"] for line in ended), 10**10)

    def test_a_server_asked_to_end_lets_calls_end(self):
        file = self.folder / "server.jsonl"
        server = self.peer_server("--statements", file, "--grace", "60s")
        talk = ["--count", "1", "--kind", "bidi", "--messages", "3000", "--deadline", "60s"]
        client = self.stack.enter_context(Process(*client_command(server.address, *talk)))
        wait_until(lambda: of_type(read_json_lines(file), "received"), "the call to come", PATIENCE)
        self.assertEqual(server.stop(patience=PATIENCE), 0, server)
        self.assertEqual(client.wait(PATIENCE), 0, client)
        lines = read_json_lines(file)
        self.assertEqual([line["type"] for line in lines], ["start", "received", "ended", "end"])
        self.assertEqual((lines[2]["status"], lines[2]["requests"], lines[2]["replies"]), (0, 3000, 3000))

    def test_a_call_that_its_client_leaves(self):
        file = self.folder / "server.jsonl"
        server = self.peer_server("--statements", file)
        talk = ["--count", "1", "--kind", "bidi", "--messages", "1000000", "--deadline", "300ms"]
        client = self.stack.enter_context(Process(*client_command(server.address, *talk)))
        self.assertEqual(client.wait(), 1, client)
        ended = wait_until(lambda: of_type(read_json_lines(file), "ended"), "the end of the call")
        # grpcio may tell the handler of the end of the requests before it tells of the cancellation: then it ends as if all was well.
        self.assertIn(ended[0]["status"], (0, 1))
        self.assertEqual(server.stop(), 0, server)

    def test_asked_to_end_a_client_ends_in_order(self):
        file = self.folder / "client.jsonl"
        with start_server() as server:
            client = self.peer_client(server.address, "--every", "50ms", "--statements", file)
            wait_until(lambda: len(of_type(read_json_lines(file), "ended")) > 2, "calls", PATIENCE)
            self.assertEqual(client.stop(), 0, client)
        lines = read_json_lines(file)
        self.assertEqual((lines[-1]["type"], lines[-1]["calls"]), ("end", len(of_type(lines, "started"))))
        self.assertEqual(len(of_type(lines, "started")), len(of_type(lines, "ended")))

    def test_files(self):
        file = self.folder / "client.jsonl"
        file.write_bytes(b'{"type":"sta')  # a process was killed here
        with start_server() as server:
            self.assertEqual(self.peer_client(server.address, "--count", "1", "--statements", file).wait(PATIENCE), 0)
            torn, *lines = file.read_text().splitlines()
            self.assertEqual((torn, json.loads(lines[0])["type"]), ('{"type":"sta', "start"))
            new = self.folder / "new.jsonl"
            first = self.peer_client(server.address, "--every", "50ms", "--statements", new)
            wait_until(new.exists, "the file", PATIENCE)
            wait_until(lambda: of_type(read_json_lines(new), "started"), "a call")
            self.assertEqual(new.stat().st_mode & 0o777, 0o600)
            second = self.peer_client(server.address, "--count", "1", "--statements", new)
            self.assertEqual(second.wait(PATIENCE), ENVIRONMENT, second)
            self.assertIn("another process writes", "\n".join(second.err))
            self.assertEqual(first.stop(), 0)

    def test_the_period_is_kept(self):
        """Claim 5 at its own tolerance is for quiet machines; here the mean must hold."""
        file = self.folder / "client.jsonl"
        with start_server() as server:
            began = time.monotonic()
            client = self.peer_client(server.address, "--every", "20ms", "--for", "1s", "--statements", file)
            self.assertEqual(client.wait(PATIENCE), 0, client)
            self.assertLess(time.monotonic() - began, PATIENCE)
        starts = [line["monotonic_ns"] for line in of_type(read_json_lines(file), "started")]
        self.assertEqual(len(starts), 50)
        self.assertGreaterEqual(min(start - starts[0] - n * 20_000_000 for n, start in enumerate(starts)), -20_000_000)


if __name__ == "__main__":
    unittest.main()
