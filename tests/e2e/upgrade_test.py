#!/usr/bin/env python3
"""HTTP/2 that begins as HTTP/1.1 ("Upgrade: h2c"), between nghttp and nghttpx, through a tap and in its capture."""

import contextlib
import json
import signal
import socket
import subprocess
import unittest

from support import TESTIGO, free_port, of_type, run, start_tap, temporary_folder, wait_until

INCONCLUSIVE = 3


def accepts(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
        return True
    return False


class Upgrade(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)
        self.folder = self.stack.enter_context(temporary_folder())

    def proxy(self):
        """One without anybody behind it: it answers each request with a failure, which is an answer."""
        port = free_port()
        command = ["nghttpx", "--conf=/dev/null", "--workers=1", f"-f127.0.0.1,{port};no-tls", f"-b127.0.0.1,{free_port()};;proto=h2"]
        proxy = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(proxy.wait)
        self.addCleanup(proxy.terminate)
        wait_until(lambda: accepts(port), "nghttpx")
        return f"127.0.0.1:{port}"

    def through_a_tap(self, *paths, options=()):
        with start_tap(self.proxy(), self.folder, *options) as tap:
            subprocess.run(["nghttp", "--upgrade", "--null-out", *(f"http://{tap.address}{path}" for path in paths)], check=True, capture_output=True, timeout=20)
            self.assertEqual(tap.stop(signal.SIGINT), INCONCLUSIVE, tap)
            return [json.loads(line) for line in tap.out]

    def test_it_is_read_on_into_http2(self):
        lines = self.through_a_tap("/first", "/second")
        calls = of_type(lines, "call")
        self.assertEqual([(call["stream"] == 1, call["method"]) for call in calls], [(True, "/first"), (False, "/second")])
        self.assertTrue(all(call["http_status"] in (502, 503) for call in calls), calls)
        report = lines[-1]
        self.assertEqual(report["claims"][0]["because"], "no gRPC call was seen")
        self.assertEqual(report["findings"]["errors"], 0)
        checks = report["checks"]
        self.assertEqual({name: checks[name]["outcome"] for name in ("CN01", "CN02", "CN03")}, dict.fromkeys(("CN01", "CN02", "CN03"), "pass"))
        self.assertIn("HTTP/1.1", json.dumps(checks["ST02"]))

    def test_its_frames_are_shown(self):
        frames = of_type(self.through_a_tap("/only", options=("--frames",)), "frame")
        self.assertEqual({frame["direction"] for frame in frames if frame["frame"] == "SETTINGS"}, {"to-server", "to-client"})
        self.assertIn(1, {frame["stream"] for frame in frames if frame["frame"] == "HEADERS"})

    def test_its_capture_tells_the_same(self):
        *lines, report = self.through_a_tap("/first", "/second")
        again = run(TESTIGO, "watch", "--json", f"{report['evidence']}/wire.pcapng")
        self.assertEqual(again.code, INCONCLUSIVE, again)
        self.assertEqual(of_type(map(json.loads, again.out), "call"), of_type(lines, "call"))


if __name__ == "__main__":
    unittest.main()
