#!/usr/bin/env python3
"""What testigo says of TLS without keys: connections of OpenSSL through a tap, and the golden captures of other stacks."""

import contextlib
import json
import signal
import socket
import subprocess
import unittest

from make_captures import CAPTURES
from support import TESTIGO, free_port, make_certificates, of_type, run, start_tap, temporary_folder, wait_until

BROKEN, INCONCLUSIVE = 1, 3
WEAK = ("-cipher", "ALL:@SECLEVEL=0")


def accepts(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
        return True
    return False


class Tls(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.folder = cls.enterClassContext(temporary_folder())
        make_certificates(cls.folder)

    def openssl_server(self, *options):
        port = free_port()
        command = ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert", "server.pem", "-key", "server.key", "-quiet", *options]
        server = subprocess.Popen(command, cwd=self.folder, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(server.wait)
        self.addCleanup(server.stdin.close)
        self.addCleanup(server.kill)
        wait_until(lambda: accepts(port), "openssl s_server")
        return f"127.0.0.1:{port}"

    def through_a_tap(self, server, client, code, typed=""):
        """The line of the connection, and what the checks found, with their grades."""
        to = self.openssl_server(*server)
        with start_tap(to, self.folder) as tap:
            command = ["openssl", "s_client", "-connect", tap.address, *client]
            subprocess.run(command, input=typed, text=True, capture_output=True, check=False, timeout=20)
            self.assertEqual(tap.stop(signal.SIGINT), code, tap)
            lines = [json.loads(line) for line in tap.out]
        line, = of_type(lines, "tls")
        self.causes = [cause["id"] for cause in lines[-1]["causes"]]
        found = [(finding["check"], finding["severity"]) for finding in lines[-1]["findings"]["list"]] if "list" in lines[-1]["findings"] else \
            [(finding["check"], finding["severity"]) for finding in of_type(lines, "finding")]
        return line, [each for each in found if each[1] != "info"]

    def test_what_was_agreed_is_told(self):
        line, found = self.through_a_tap(["-alpn", "h2"], ["-tls1_2", "-alpn", "grpc-exp,h2", "-servername", "greeter.test"], INCONCLUSIVE)
        self.assertEqual((found, self.causes), ([], []))
        told = {name: line[name] for name in ("tls_version", "alpn_offered", "alpn", "alpn_hidden", "server_name", "versions_offered", "retried")}
        self.assertEqual(told, {"tls_version": "TLS 1.2", "alpn_offered": ["grpc-exp", "h2"], "alpn": "h2", "alpn_hidden": False,
                                "server_name": "greeter.test", "versions_offered": ["TLS 1.2"], "retried": False})
        self.assertRegex(line["suite"], "^TLS_ECDHE_ECDSA_WITH_")

    def test_tls_13_hides_the_choice(self):
        line, found = self.through_a_tap(["-alpn", "h2", "-groups", "P-256"], ["-alpn", "h2", "-groups", "X25519:P-256"], INCONCLUSIVE)
        self.assertEqual((found, line["tls_version"], line["alpn_hidden"], line["retried"]), ([], "TLS 1.3", True, True))
        self.assertNotIn("alpn", line)

    def test_a_server_that_does_not_choose_h2_is_broken(self):
        line, found = self.through_a_tap(["-tls1_2"], ["-alpn", "h2"], BROKEN)
        self.assertEqual((found, "alpn" in line, self.causes), ([("TL01", "error")], False, ["F05"]))
        line, found = self.through_a_tap(["-alpn", "http/1.1"], ["-alpn", "h2"], BROKEN)
        self.assertEqual((found, self.causes), ([("TL01", "error")], ["F05"]))
        self.assertEqual(line["alert"], {"from": "server", "fatal": True, "name": "no_application_protocol"})

    def test_an_offer_without_h2_is_broken(self):
        self.assertEqual(self.through_a_tap(["-alpn", "h2c"], ["-alpn", "h2c"], BROKEN)[1], [("TL01", "error")])
        self.assertEqual(self.through_a_tap([], [], BROKEN)[1], [("TL01", "error")])

    def test_old_versions_and_suites_are_found(self):
        line, found = self.through_a_tap(["-alpn", "h2", "-tls1_1", *WEAK], ["-alpn", "h2", "-tls1_1", *WEAK], BROKEN)
        self.assertEqual((line["tls_version"], found), ("TLS 1.1", [("TL02", "error")]))
        prohibited = ("-tls1_2", "-cipher", "ECDHE-ECDSA-AES256-SHA384:@SECLEVEL=0")
        line, found = self.through_a_tap(["-alpn", "h2", *prohibited], ["-alpn", "h2", *prohibited], INCONCLUSIVE)
        self.assertEqual((line["suite"], found), ("0xc024", [("TL02", "warning")]))

    def test_golden_captures_tell_their_handshakes(self):
        for folder in sorted(CAPTURES.glob("*-tls")):
            with self.subTest(folder.name):
                lines = [json.loads(line) for line in run(TESTIGO, "watch", "--json", folder / "input.pcapng").out]
                told = of_type(lines, "tls")
                self.assertEqual({line["tls_version"] for line in told}, {"TLS 1.3"})
                self.assertTrue(all("h2" in line["alpn_offered"] for line in told))
                self.assertEqual(of_type(lines, "finding"), [])

    def test_a_choice_of_calls_leaves_them_out(self):
        capture = CAPTURES / "go-tls" / "input.pcapng"
        for options, count in (([], 4), (["--status", "failed"], 0), (["--quiet"], 0), (["--peer", "127.0.0.1"], 4), (["--peer", "127.0.0.2"], 0)):
            lines = [json.loads(line) for line in run(TESTIGO, "watch", "--json", *options, capture).out]
            self.assertEqual(len(of_type(lines, "tls")), count, options)


if __name__ == "__main__":
    unittest.main()
