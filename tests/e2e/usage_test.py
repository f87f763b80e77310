#!/usr/bin/env python3
"""How options are written: all commands alike."""

import json
import pathlib
import re
import unittest

from support import TESTIGO, run, temporary_folder

WRONG_USAGE = 2
CAPTURES = pathlib.Path(__file__).parents[2] / "captures"
COMMANDS = ("verify", "watch", "tap", "report", "explain")


def long_options(command):
    return re.findall(r"^  (?:-\w,|   )?\s*--([a-z][a-z-]+)", "\n".join(run(TESTIGO, command, "--help").out), re.MULTILINE)


class Usage(unittest.TestCase):
    maxDiff = None

    def test_a_long_option_may_have_one_dash(self):
        for command in COMMANDS:
            options = long_options(command)
            self.assertIn("json", options, command)
            for option in options:
                for word in (f"--{option}=x", f"--{option}"):
                    one, two = (run(TESTIGO, command, "--no-such-option", said) for said in (word[1:], word))  # nothing begins
                    self.assertEqual((one.code, one.out, one.err), (two.code, two.out, two.err), one)
                    self.assertEqual(one.code, 0 if option == "help" else WRONG_USAGE, one)

    def test_help_is_text(self):
        for command in (*COMMANDS, "show"):
            said = "\n".join(run(TESTIGO, command, "--help").out)
            self.assertTrue(said.replace("\n", "").isprintable(), command)
        self.assertEqual(run(TESTIGO, "verify", "--wire", "foo").err, ["testigo: --wire: foo not in {auto,listen,tap}; see `testigo verify --help`"])

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
