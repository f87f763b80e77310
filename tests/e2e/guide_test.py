#!/usr/bin/env python3
"""The guide, typed in: every shell block of docs/guide and docs/origin.md is run as it stands, and shows what the page shows.

A comment above a block says how:
  run                to its end; `run, exit N`: with that exit code
  run, stays: TEXT   in a terminal of its own, from when TEXT stands there; `ends: exit N` in the prose is Ctrl-C for the last one
  shows              a text block: its lines stand in this order in what the last block printed; a number is any, … is anything
  elsewhere: FILE    these commands are run by FILE (a script of CI, the test of the containers), which has to name them
  command            another block: the list after `command:` or `args:` in it is held against the help of the program
`needs raw` (a raw socket, by root), `needs grpcio` and `needs docker` (with TESTIGO_DOCKER=1) are conditions; what cannot be run
here is said at the end.
Ports are changed to free ones, and scripts of the checkout are found there. Each page has a folder and processes of its own.
"""

import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import stat
import subprocess
import sys
import unittest

from support import BIN, REQUIRED, Process, free_port, run, temporary_folder, wait_until, why_not_root

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import tidy_documents  # noqa: E402

PAGES = [*sorted((ROOT / "docs/guide").glob("*.md")), ROOT / "docs/origin.md"]
SHELL = ("sh", "console")
PATIENCE = 120.0


class Block:
    def __init__(self, page, line, language, marks):
        self.where = f"{page.relative_to(ROOT)}:{line}"
        self.language, self.marks, self.lines = language, marks, []

    @property
    def text(self):
        return "\n".join(self.lines)


def steps(page):
    """The marked blocks of a page and the ends of what stays, in order: Blocks, and exit codes with their marks."""
    block, inside = None, False
    mark = ""
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        fence = re.match(r"```(\w*)$", line)
        if inside and fence:
            inside = False
            yield block
        elif inside:
            block.lines.append(line)
        elif fence:
            inside, block, mark = True, Block(page, number + 1, fence[1], mark), ""
        elif comment := re.fullmatch(r"<!-- (.*) -->", line):
            mark = comment[1]
            if ends := re.fullmatch(r"ends: exit (\d+)(?:, needs \w+)?", mark):
                yield int(ends[1]), mark
                mark = ""
        elif line and mark:
            raise AssertionError(f"{page.name}:{number}: <!-- {mark} --> stands above no block")


def has_grpcio():
    return run(ROOT / "interop/python/greeter", "server", "--help", patience=PATIENCE).code == 0


def why_not(marks):
    if "needs raw" in marks and (reason := why_not_root()):
        if "capture" in REQUIRED:
            raise AssertionError(f"capture is required: {reason}")
        return reason
    if "needs grpcio" in marks and not os.environ.get("CI") and not has_grpcio():
        return "grpcio is not there; run scripts/setup interop"
    if "needs docker" in marks and os.environ.get("TESTIGO_DOCKER") != "1":
        return "TESTIGO_DOCKER is not 1"
    return None


class Guide(unittest.TestCase):
    def setUp(self):
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)
        self.folder = self.stack.enter_context(temporary_folder())
        self.ports = {}
        self.staying = []
        self.printed = []
        self.skipped = []

    def environment(self):
        """Copies of the programs, which a page may give capabilities to, and a sudo that is of no need to root."""
        programs = self.folder / ".bin"
        if not programs.exists():
            programs.mkdir()
            for name in ("testigo", "testigo-greeter"):
                shutil.copy(BIN / name, programs)
            (programs / "sudo").write_text('#!/bin/sh\nexec "$@"\n')
            (programs / "sudo").chmod(stat.S_IRWXU | stat.S_IRWXG | stat.S_IRWXO)
            self.folder.chmod(0o755)
        return {"PATH": f"{programs}:{os.environ['PATH']}"}

    def start(self, block):
        script = re.sub(r"\b5\d{4}\b", lambda port: str(self.ports.setdefault(port[0], free_port())), block.text)
        script = re.sub(r"^(?=(?:scripts|interop)/)", f"{ROOT}/", script, flags=re.MULTILINE)
        command = f"exec {script}" if "stays" in block.marks else f"set -euo pipefail\n{script}"
        return self.stack.enter_context(Process("bash", "-c", command, env=self.environment(), cwd=self.folder))

    def run_block(self, block):
        process = self.start(block)
        if name := re.search(r"docker run .*--name (\S+)", block.text):  # it may outlive its client
            self.addCleanup(subprocess.run, ["docker", "rm", "--force", name[1]], capture_output=True, check=False)
        if stays := re.search(r"stays: (.+?)(?:, needs|$)", block.marks):
            self.staying.append((block, process))
            wait_until(lambda: said(process, stays[1]) or not process.running, process.__str__, PATIENCE)
            self.assertTrue(said(process, stays[1]), f"{block.where}: {process}")
            return
        code = int((re.search(r"exit (\d+)", block.marks) or [0, 0])[1])
        self.assertEqual(process.wait(PATIENCE), code, f"{block.where}: {process}")
        self.printed = [*process.out, *process.err]

    def end_last(self, code):
        block, process = self.staying.pop()
        self.assertEqual(process.stop(signal.SIGINT, PATIENCE), code, f"{block.where}: {process}")
        self.printed = [*process.out, *process.err]

    def assert_shown(self, block):
        rest = [normal(line) for line in self.printed]
        for line in filter(str.strip, block.lines):
            pattern = re.compile(".*".join(re.escape(part.strip()) for part in normal(line).split("…")))
            while rest and not pattern.search(rest[0]):
                rest.pop(0)
            self.assertTrue(rest, f"{block.where}: not shown: {line}\nbut\n" + "\n".join(self.printed))

    def assert_run_elsewhere(self, block):
        file = ROOT / block.marks.removeprefix("elsewhere: ")
        files = [*file.rglob("*.py")] if file.is_dir() else [file]
        text = " ".join(re.sub(r"""[\s"',()\[\]]+""", " ", path.read_text(encoding="utf-8")) for path in files)
        for line in block.lines:
            words = line.split()[2:] if line.startswith("docker compose ") else line.split()[:2]
            for word in words[:1] if line.startswith("docker") else [" ".join(words)]:
                self.assertIn(f" {word} ", f" {text} ", f"{block.where}: {block.marks} does not run: {line}")

    def assert_command_known(self, block):
        words = json.loads(re.search(r"(?:command|args): (\[[^\]]*\])", block.text)[1])
        program, *arguments = map(str, words)
        self.assertEqual(list(tidy_documents.Programs([BIN]).complaints(program, arguments)), [], block.where)
        self.assertIn(program, tidy_documents.PROGRAMS)

    def step(self, step):
        if isinstance(step, tuple):
            code, marks = step
            if why_not(marks):
                self.printed = None
            else:
                self.end_last(code)
            return
        marks = step.marks
        if reason := why_not(marks):
            self.skipped.append(f"{step.where}: {reason}")
            self.printed = None
        elif marks.startswith("run"):
            self.run_block(step)
        elif marks == "shows":
            if self.printed is not None:
                self.assert_shown(step)
        elif marks.startswith("elsewhere: "):
            self.assert_run_elsewhere(step)
        elif marks == "command":
            self.assert_command_known(step)
        else:
            self.assertNotIn(step.language, SHELL, f"{step.where}: no test runs this block; say how above it: {__doc__}")

    def page(self, name):
        path, = (page for page in PAGES if page.name == name)
        for step in steps(path):
            self.step(step)
        while self.staying:
            self.end_last(0)
        for reason in self.skipped:
            print(f"not run here: {reason}", file=sys.stderr)


def said(process, text):
    return any(text in line for line in [*process.out, *process.err])


def normal(line):
    return re.sub(r"\d+", "0", re.sub(r"\s+", " ", line.strip()))


def add_pages():
    for page in PAGES:
        name = page.name
        setattr(Guide, f"test_{page.stem.lower().replace('-', '_')}", lambda self, name=name: self.page(name))


add_pages()

if __name__ == "__main__":
    unittest.main()
