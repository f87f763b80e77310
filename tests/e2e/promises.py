"""What the programs of every stack in interop/ promise, as our own do: when calls start, how they end, what stands in their files."""

import json
import time

from peers import ENVIRONMENT, PATIENCE
from support import Process, client_command, of_type, read_json_lines, start_server, wait_until


class Promises:
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

    def test_a_call_that_its_client_leaves(self):
        file = self.folder / "server.jsonl"
        server = self.peer_server("--statements", file)
        talk = ["--count", "1", "--kind", "bidi", "--messages", "1000000", "--deadline", "300ms"]
        client = self.stack.enter_context(Process(*client_command(server.address, *talk)))
        self.assertEqual(client.wait(), 1, client)
        ended = wait_until(lambda: of_type(read_json_lines(file), "ended"), "the end of the call")
        # A handler may be told of the end of the requests before it is told of the cancellation: then it ends as if all was well.
        # Or it knows the deadline itself.
        self.assertIn(ended[0]["status"], (0, 1, 4))
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
