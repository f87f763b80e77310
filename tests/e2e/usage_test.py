#!/usr/bin/env python3
"""How options are written: all commands alike."""

import re
import unittest

from support import TESTIGO, run

WRONG_USAGE = 2
COMMANDS = ("verify", "watch", "tap", "explain")


def long_options(command):
    return re.findall(r"^  (?:-\w,|   )?\s*--([a-z][a-z-]+)", "\n".join(run(TESTIGO, command, "--help").out), re.MULTILINE)


class Usage(unittest.TestCase):
    maxDiff = None

    def test_a_long_option_with_one_dash_is_told_how_it_is_written(self):
        for command in COMMANDS:
            options = long_options(command)
            self.assertIn("json", options, command)
            for option in options:
                for word in (f"-{option}", f"-{option}=x"):
                    ran = run(TESTIGO, command, word)
                    told = f"testigo: -{option} has one dash, which is for options of one letter; write --{option}"
                    self.assertEqual((ran.code, ran.out, ran.err), (WRONG_USAGE, [], [told]), ran)

    def test_options_of_grpcurl_are_among_them(self):
        self.assertLessEqual({"proto", "protoset", "import-path", "interface"}, set(long_options("watch")))

    def test_one_dash_is_for_one_letter(self):
        for words in (["-interfac", "lo"], ["-h"], ["--", "-json"]):
            self.assertNotIn("has one dash", str(run(TESTIGO, "watch", *words)), words)


if __name__ == "__main__":
    unittest.main()
