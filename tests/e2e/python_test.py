#!/usr/bin/env python3
"""The origin's stack, grpcio, as a peer: its clients call our server, our clients call its server, and both ends are Python."""

import unittest

from peers import BROKEN, KINDS, PATIENCE, ROOT, Channels, Interop, Peers
from promises import Promises
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


class Behaviour(Promises, Python):
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


if __name__ == "__main__":
    unittest.main()
