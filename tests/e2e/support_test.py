#!/usr/bin/env python3
"""What is skipped where a machine does not permit it fails where TESTIGO_REQUIRED names it (support.py); .ci/run has it name what is permitted."""

import os
import pathlib
import sys
import unittest

from support import Process, open_files, run, why_no_capture, why_no_networks, why_no_page

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
WITHOUT_RAW_SOCKET = ["setpriv", "--bounding-set=-net_raw", "--inh-caps=-net_raw"] if os.geteuid() == 0 else []
NEEDY = {  # tests that need it, a class, a method and a page of them
    "capture": [("watch_test.py", "Calls.test_a_line_a_call_for_people"), ("wire_test.py", "WhereTheWitnessStands.test_the_evidence_says_it_too"),
                ("rotation_test.py", "Rotation"), ("privacy_test.py", "PrivacyOfAListener"), ("guide_test.py", "Guide.test_watch_your_service")],
    "network": [("loss_test.py", "BadNetworks")],
}


def run_without(program, *tests, required=""):
    """Where no raw socket is to be had, and so no network either."""
    return run(*WITHOUT_RAW_SOCKET, sys.executable, HERE / program, *tests, env={"TESTIGO_REQUIRED": required}, patience=60)


class OpenFiles(unittest.TestCase):
    def test_of_a_process_that_opens_and_closes_all_the_time(self):
        many = "import itertools, os; fds = [os.open('/', 0) for _ in range(200)]; print(os.getpid(), flush=True)\n" \
               "for at in itertools.cycle(range(200)): os.close(fds[at]); fds[at] = os.open('/', 0)"
        with Process(sys.executable, "-c", many) as process:
            process.line(r"\d+")
            for _ in range(300):
                self.assertGreater(len(open_files(process.pid)), 150)


class Required(unittest.TestCase):
    def assert_code(self, process, code, said):
        self.assertEqual(process.code, code, process)
        self.assertRegex("\n".join(process.err), said)

    def test_what_is_required_is_not_skipped(self):
        for what, tests in NEEDY.items():
            other, = NEEDY.keys() - {what}
            for program, test in tests:
                with self.subTest(f"{program} {test}"):
                    self.assert_code(run_without(program, test, required=f"{other},{what}"), 1, f"{what} is required: .*no raw socket")
                    if program != "guide_test.py":  # the rest of a page takes long
                        self.assert_code(run_without(program, test, required=other), 0, r"OK \(skipped=\d+\)")

    def test_a_page_that_nobody_can_look_at(self):
        for required, code, said in (("page", 1, "page is required: no Chromium at /nowhere"), ("capture", 0, r"OK \(skipped=\d+\)")):
            process = run(sys.executable, HERE / "page_test.py", env={"CHROMIUM": "/nowhere", "TESTIGO_REQUIRED": required}, patience=60)
            self.assert_code(process, code, said)
        process = run(sys.executable, HERE / "support.py", env={"CHROMIUM": "/nowhere"})
        self.assertNotIn("page", process.out[0])
        self.assert_code(process, 0, "page: not tested here, no Chromium at /nowhere")

    def test_no_test_skips_by_a_way_of_its_own(self):
        """grpcio's are failures in CI by another variable."""
        for file in HERE.glob("*_test.py"):
            if file.name not in ("python_test.py", pathlib.Path(__file__).name):
                self.assertNotRegex(file.read_text(), r"skipUnless|skipIf|skipTest|SkipTest", file.name)

    def test_what_is_permitted(self):
        process = run(sys.executable, HERE / "support.py")
        permitted = [what for what, reason in (("capture", why_no_capture()), ("network", why_no_networks()), ("page", why_no_page())) if reason is None]
        self.assertEqual((process.code, process.out), (0, [",".join(permitted)]))
        self.assertEqual(len(process.err), 3)
        process = run_without("support.py")
        self.assertEqual((process.code, process.out), (0, ["" if why_no_page() else "page"]))
        self.assert_code(process, 0, "capture: not tested here, no raw socket: Operation not permitted")
        self.assert_code(process, 0, "network: not tested here, ")

    def test_ci_requires_it(self):
        ci = (ROOT / ".ci/run").read_text()
        self.assertIn("TESTIGO_REQUIRED=$(python3 tests/e2e/support.py)", ci)
        self.assertLess(ci.index("step 'permissions'"), ci.index("step 'e2e'"))


if __name__ == "__main__":
    unittest.main()
