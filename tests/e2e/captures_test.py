#!/usr/bin/env python3
"""The golden captures tell what they told when they were made (`make captures`), and tshark sees the same calls."""

import json
import unittest

from dissected import as_dissected, calls_dissected
from make_captures import CAPTURES, read, recipes

FOLDERS = sorted(folder for folder in CAPTURES.iterdir() if folder.is_dir() and folder.name != "breaks")
OCTETS_MAX = 40_000


def expected(folder):
    return json.loads((folder / "expect.json").read_text(encoding="utf-8"))


class Captures(unittest.TestCase):
    maxDiff = None

    def test_every_recipe_is_there_and_small(self):
        self.assertLessEqual(set(recipes()), {folder.name for folder in FOLDERS})
        for folder in FOLDERS:
            with self.subTest(folder.name):
                self.assertEqual({file.name for file in folder.iterdir()}, {"input.pcapng", "expect.json", "README.md"})
                self.assertLessEqual((folder / "input.pcapng").stat().st_size, OCTETS_MAX)

    def test_each_tells_what_is_expected(self):
        for folder in FOLDERS:
            with self.subTest(folder.name):
                self.assertEqual(read(folder / "input.pcapng"), expected(folder))

    def test_tshark_dissects_the_same_calls(self):
        for folder in FOLDERS:
            with self.subTest(folder.name):
                self.assert_dissected(folder / "input.pcapng", expected(folder)["calls"])

    def assert_dissected(self, capture, calls):
        ours = {(call["connection"] - 1, call["stream"]): as_dissected(call) for call in calls}
        for port in {call["server"].rpartition(":")[2] for call in calls}:
            self.assertEqual(ours, calls_dissected(capture, port))


if __name__ == "__main__":
    unittest.main()
