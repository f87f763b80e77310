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
        ):
            ran = run(TESTIGO, *words)
            command = f"testigo {words[0]}" if words[0] in COMMANDS else "testigo"
            self.assertEqual((ran.code, ran.err), (WRONG_USAGE, [f"testigo: {told}; see `{command} --help`"]), words)
        self.assertEqual(run(TESTIGO, "watch", "--calls", "-fro").err, ["testigo: Could not convert: --calls = -fro; see `testigo watch --help`"])

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
