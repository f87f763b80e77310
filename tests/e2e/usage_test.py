#!/usr/bin/env python3
"""How options are written: all commands alike."""

import contextlib
import json
import os
import pathlib
import pty
import re
import subprocess
import unittest

from support import GREETER, TESTIGO, run, temporary_folder

WRONG_USAGE = 2
CAPTURES = pathlib.Path(__file__).parents[2] / "captures"
COMMANDS = ("verify", "watch", "tap", "report", "explain")


def long_options(command):
    return re.findall(r"^  (?:-\w,|   )?\s*--([a-z][a-z-]+)", "\n".join(run(TESTIGO, command, "--help").out), re.MULTILINE)


class Usage(unittest.TestCase):
    maxDiff = None

    def test_a_long_option_may_have_one_dash(self):
        for command in COMMANDS:
            options = [option for option in long_options(command) if option != "help"]
            self.assertIn("json", options, command)
            for words in ([f"-{option}=x" for option in options], [word for option in options for word in (f"-{option}", "x")]):
                ran = run(TESTIGO, command, *words, "--no-such-option")  # nothing begins; the first that is none is named
                self.assertEqual((ran.code, ran.err), (WRONG_USAGE, [f"testigo: --no-such-option is no option of {command}; see `testigo {command} --help`"]), words)
            one, two = (run(TESTIGO, command, help) for help in ("-help", "--help"))
            self.assertEqual((one.code, one.out, one.err), (0, two.out, []), one)

    def test_a_long_option_is_not_the_short_one_of_its_letter(self):
        quiet = run(TESTIGO, "watch", CAPTURES / "cpp-h2c/input.pcapng", "-quiet", "-json")
        self.assertEqual([json.loads(line)["type"] for line in quiet.out], ["verdict"], quiet)
        with temporary_folder() as folder:
            watch = run(TESTIGO, "watch", "-interface=no-such", "-out", folder)
        self.assertNotIn("nterface=", watch.err[-1])

    def test_what_cannot_be_told_is_no_success(self):
        capture = str(CAPTURES / "cpp-h2c/input.pcapng")
        for words in (["watch", capture], ["watch", capture, "--json"], ["watch", capture, "-q", "--frames"], ["explain"], ["--version"]):
            with open("/dev/full", "wb") as full:
                ran = subprocess.run([TESTIGO, *words], stdout=full, stderr=subprocess.PIPE, timeout=60)
            self.assertEqual((ran.returncode, ran.stderr), (4, b"testigo: cannot write to the standard output\n"), words)
        reading, writing = os.pipe()
        os.close(reading)  # who has gone wanted no more
        ran = subprocess.run([TESTIGO, "watch", capture], stdout=writing, stderr=subprocess.PIPE, timeout=60)
        os.close(writing)
        self.assertEqual((ran.returncode, ran.stderr), (0, b""))

    def test_no_file_takes_the_place_of_a_closed_descriptor(self):
        with temporary_folder() as folder:
            command = f"exec '{TESTIGO}' tap --listen 127.0.0.1:0 --to 127.0.0.1:1 --for 1s --out '{folder}' >&- 2>&-"
            subprocess.run(["sh", "-c", command], timeout=60)
            capture = next(pathlib.Path(folder).glob("*/wire.pcapng")).read_bytes()
        self.assertEqual(capture[:4], b"\x0a\x0d\x0d\x0a")
        self.assertNotIn(b"listening on", capture)

    def test_an_option_behind_one_that_may_have_a_value_is_read(self):
        for words in (("verify", "--show", "-tolerance", "5ms", "--for", "1x"), ("verify", "-show", "-json", "--for", "1x"), ("tap", "--show", "-json", "--to", "no")):
            ran = run(TESTIGO, *words)
            self.assertEqual(ran.code, WRONG_USAGE, ran)
            self.assertNotIn("is no option", ran.err[-1])
            self.assertEqual(ran.err, run(TESTIGO, *(re.sub("^-(?=[a-z])", "--", word) for word in words)).err)

    def test_help_is_text(self):
        for command in (*COMMANDS, "show"):
            said = "\n".join(run(TESTIGO, command, "--help").out)
            self.assertTrue(said.replace("\n", "").isprintable(), command)
        self.assertEqual(run(TESTIGO, "verify", "--wire", "foo").err, ["testigo: --wire: foo not in {auto,listen,tap}; see `testigo verify --help`"])

    def test_the_one_wrong_word_is_named(self):
        for words, told in (
            (("watch", "--fro", "3s"), "--fro is no option of watch; did you mean --for?"),
            (("watch", "--for", "3s", "--fro"), "--fro is no option of watch; did you mean --for?"),
            (("watch", "-fro", "3s"), "-fro is no option of watch; did you mean --for?"),
            (("verify", "--since", "yesterday", "--tolerence=3s"), "--tolerence is no option of verify; did you mean --tolerance?"),
            (("tap", "--lissten", "127.0.0.1:0", "--to", "127.0.0.1:1"), "--lissten is no option of tap; did you mean --listen?"),
            (("watch", "--interf", "lo"), "--interf is no option of watch; did you mean --interface?"),
            (("watch", "--method", "-x", "-q", "-y"), "-y is no option of watch"),
            (("watch", "--nothing-like-it\x1b"), "--nothing-like-it\\x1b is no option of watch"),
            (("verfy", "--for", "3s"), "verfy is no command of testigo; did you mean verify?"),
            (("--fro",), "--fro is no option of testigo"),
            (("watch", "--fol"), "--fol is no option of watch; did you mean --folder or --follow?"),
            (("tap", "--ip", "1.2.3.4", "--to", "x"), "--ip is no option of tap"),
            (("tap", "--is"), "--is is no option of tap"),
            (("verify", "--port", "55"), "--port is no option of verify"),
            (("watch", "--mi"), "--mi is no option of watch; did you mean --min-latency?"),
            (("verify", "--claints", "2"), "--claints is no option of verify; did you mean --clients?"),
        ):
            ran = run(TESTIGO, *words)
            command = f"testigo {words[0]}" if words[0] in COMMANDS else "testigo"
            self.assertEqual((ran.code, ran.err), (WRONG_USAGE, [f"testigo: {told}; see `{command} --help`"]), words)
        self.assertEqual(run(TESTIGO, "watch", "--calls", "-fro").err, ["testigo: --calls: \"-fro\" is no count; write a number from 1 to 9223372036854775807; see `testigo watch --help`"])

    def refused(self, told, *words):
        ran = run(TESTIGO, *words)
        self.assertEqual((ran.code, len(ran.err)), (WRONG_USAGE, 1), ran)
        self.assertIn(told, ran.err[0], ran)
        self.assertTrue(ran.err[0].isprintable(), ran)

    def test_numbers_that_are_none_of_their_range_are_refused(self):
        for option in ("--for", "--deadline", "--every", "--tolerance", "--after", "--repeat"):
            for long in ("9223372036s", "8785h"):
                self.refused(f"{option}: \"{long}\" is longer than 366 days", "verify", "--evidence", "none", option, long)
        self.refused("--min-latency: \"367000000s\" is longer", "watch", "-", "--min-latency", "367000000s")
        greeter = run(GREETER, "client", "--target", "127.0.0.1:1", "--deadline", "9223372036s")
        self.assertEqual((greeter.code, "'9223372036s' is not a duration of 366 days at most" in greeter.err[-1]), (WRONG_USAGE, True), greeter)
        for command in (("tap", "--listen", "127.0.0.1:0", "--to", "127.0.0.1:1"), ("watch", "-i", "no-such")):
            for option in ("--count", "--calls"):  # one of them is the other's
                for count in ("-1", "+1", "0", "1e3", "9223372036854775808", "99999999999999999999", "18446744073709551617"):
                    self.refused(f"{option}: \"{count}\" is no count; write a number from 1 to 9223372036854775807", *command, f"{option}={count}")
        self.refused("excludes", "watch", "FILE", "--count", "1")
        self.refused("excludes", "tap", "--listen", ":0", "--to", "a:1", "--count", "1", "--calls", "2")

    def test_words_that_can_match_nothing_are_refused(self):
        capture = CAPTURES / "cpp-h2c/input.pcapng"
        for name in ("x-key:", "", "two words", "x-key: secret", "clé", ":"):
            self.refused("is no name of a header field", "watch", capture, "--secret", name)
        for name in (":path", "grpc-message", "Grpc-Timeout", "HOST", "user-agent"):
            self.refused("it cannot be kept secret", "watch", capture, "--secret", name)
        for name in ("X-Key", "x-key", "grpc-trace-bin", "x_key.2"):
            self.assertEqual(run(TESTIGO, "watch", capture, "-q", "--secret", name).code, 0, name)
        self.refused("is found when both sides of a hop were read", "watch", capture, "--other-side", capture, "--finding", "px05")
        for peer in ("nonsense", "localhost:1", "10.0.0.1:99999"):
            self.refused(f'"{peer}" is no peer', "watch", capture, "--peer", peer)
        self.refused('no peer is written "::0001"; write ::1', "watch", capture, "--peer", "::0001")
        for status in ("-1", "2147483648", "1.5", "014"):
            self.refused(f'there is no status "{status}"', "watch", capture, f"--status={status}")
        self.assertEqual(run(TESTIGO, "watch", capture, "-q", "--status", "99").code, 0)

    def test_options_that_would_be_passed_over_are_refused(self):
        of_a_run = {"--for": "1s", "--clients": "3", "--every": "1s", "--kind": "bidi", "--payload-bytes": "1", "--deadline": "1s", "--host": "::1", "--wire": "tap", "--out": "x"}
        for option, value in of_a_run.items():
            self.refused(f"{option}: it is about how a run is made, and --evidence judges one that is over", "verify", "--evidence", "none", option, value)
        self.refused("--tls: it is about", "verify", "--evidence", "none", "--tls")
        self.refused("--misbehave", "verify", "--evidence", "none", "--misbehave", "swap")
        for command in (("watch", CAPTURES / "cpp-h2c/input.pcapng"), ("tap", "--listen", "127.0.0.1:0", "--to", "127.0.0.1:1")):
            self.refused("--follow: its diagram is for people", *command, "--json", "--follow", "1/1")

    def test_what_the_server_would_refuse_is_refused_first(self):
        for mode in ("swap:0", "swap:000", "slow:-1"):
            self.refused("from 1", "verify", "--misbehave", mode)
        for target in ("nonsense", "", "host", ":50051", "host:0", "host:99999", "::1:5"):
            self.refused("is no host:port", "verify", "--target", target)

    def test_a_short_token_is_for_loopback_alone(self):
        with temporary_folder() as folder:
            for token in ("a", "fifteen-letters"):
                self.refused("16 characters", "show", folder, "--listen", "0.0.0.0:0", "--token", token)
                self.assertNotEqual(run(TESTIGO, "show", folder, "--listen", "[::1]:0", "--token", token).code, WRONG_USAGE)
            self.assertNotEqual(run(TESTIGO, "show", folder, "--listen", "0.0.0.0:0", "--token", "a" * 16).code, WRONG_USAGE)

    def test_no_message_hands_on_what_a_terminal_obeys(self):
        red, name = "no\x1b[31mthing", r"no\x1b[31mthing"
        for words in (("report", red), ("show", red), ("verify", "--evidence", red), ("verify", "--for", red), ("verify", "--kind", red),
                      ("verify", "--wire", red), ("verify", "--target", red), ("watch", red), ("watch", "-", "--relation", red), ("watch", "-", "--peer", red),
                      ("watch", "-", "--secret", red), ("tap", "--count", red), ("tap", "--listen", red, "--to", red), ("show", "--listen", f"{red}:0"),
                      ("explain", red), ("watch", "-", "--since", red), (red,)):
            ran = run(TESTIGO, *words)
            self.assertNotEqual(ran.code, 0, ran)
            for line in ran.err:
                self.assertTrue(line.isprintable(), ran)
        self.assertIn(name, run(TESTIGO, "report", red).err[0])
        self.assertIn(r"a\b", run(TESTIGO, "report", r"a\b").err[0])
        for command in (("show",), ("report",), ("verify", "--evidence")):
            self.assertIn("is no folder", run(TESTIGO, *command, "n" * 300).err[0])

    def test_a_terminal_that_is_dumb_gets_no_escapes(self):
        for term, escapes in (("dumb", False), ("xterm", True)):
            leader, follower = pty.openpty()
            with subprocess.Popen([TESTIGO, "watch", CAPTURES / "cpp-h2c/input.pcapng"], stdout=follower, stderr=follower, env={"TERM": term}) as watch:
                os.close(follower)
                told = b""
                with contextlib.suppress(OSError):  # its end
                    while octets := os.read(leader, 4096):
                        told += octets
            os.close(leader)
            self.assertEqual((watch.returncode, b"PROVEN" in told, b"\x1b" in told), (0, True, escapes), told)

    def test_a_count_has_the_name_that_another_command_gives_it(self):
        for option in ("--count", "--calls"):
            self.assertNotEqual(run(TESTIGO, "watch", "-i", "no-such", option, "1").code, WRONG_USAGE)
        self.assertNotIn("calls", long_options("tap"))
        self.assertNotIn("count", long_options("watch"))

    def test_what_grpcurl_writes_is_read(self):
        capture, protos = CAPTURES / "cpp-h2c/input.pcapng", CAPTURES.parent / "proto"
        watch = run(TESTIGO, "watch", capture, "-import-path", protos, "-proto=testigo/greeter/v1/greeter.proto", "-json")
        self.assertEqual(watch.code, 0, watch)
        self.assertEqual(json.loads(watch.out[-1])["checks"]["MG07"]["outcome"], "pass")

    def test_a_value_may_look_like_an_option(self):
        with temporary_folder() as folder:
            watch = run(pathlib.Path(TESTIGO).resolve(), "watch", CAPTURES / "cpp-h2c/input.pcapng", "-keep", "-json", cwd=folder)
            self.assertEqual((watch.code, [file.name for file in folder.iterdir()]), (0, ["-json"]), watch)

    def test_options_of_grpcurl_are_among_them(self):
        self.assertLessEqual({"proto", "protoset", "import-path", "interface"}, set(long_options("watch")))

    def test_one_dash_is_for_one_letter(self):
        for words, told in ((["-interfac", "lo"], "nterfac"), (["--", "-json"], "-json")):
            watch = run(TESTIGO, "watch", *words)
            self.assertNotEqual(watch.code, 0, watch)
            self.assertIn(told, watch.err[-1])
        self.assertIn("Usage", str(run(TESTIGO, "watch", "-h").out))


if __name__ == "__main__":
    unittest.main()
