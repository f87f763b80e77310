#!/usr/bin/env python3
"""scripts/with-docker installs what is not in reach, and nothing else. Engine, Compose and scripts/setup are stand-ins that say when they are called."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOLS = ("bash", "dirname", "id", "mktemp", "mkdir", "rm", "tail", "setsid", "sleep")


class WithDocker(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="testigo-with-docker-")
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.programs, self.said = self.root / "programs", self.root / "said"
        self.programs.mkdir()
        for tool in TOOLS:
            (self.programs / tool).symlink_to(shutil.which(tool))
        (self.root / "scripts").mkdir()
        shutil.copy(ROOT / "scripts/with-docker", self.root / "scripts")
        self.program(self.root / "scripts/setup", f'echo "setup $*" >>{self.said}')
        self.program(self.programs / "the-command", f'echo "the command" >>{self.said}')

    def program(self, path, script):
        path.write_text(f"#!/bin/bash\n{script}\n")
        path.chmod(0o755)

    def docker(self, engine, compose_v2):
        self.program(self.programs / "docker", f'case $1 in info) exit {int(not engine)} ;; compose) exit {int(not compose_v2)} ;; *) exit 9 ;; esac')

    def what_happens(self):
        subprocess.run([self.root / "scripts/with-docker", "the-command"], env={"PATH": str(self.programs), "HOME": str(self.root)}, check=True, timeout=20)
        return self.said.read_text().splitlines()

    def test_engine_and_compose(self):
        self.docker(engine=True, compose_v2=True)
        self.assertEqual(self.what_happens(), ["the command"])

    def test_engine_and_docker_compose(self):
        self.docker(engine=True, compose_v2=False)
        self.program(self.programs / "docker-compose", "exit 0")
        self.assertEqual(self.what_happens(), ["the command"])

    def test_engine_only(self):
        self.docker(engine=True, compose_v2=False)
        self.assertEqual(self.what_happens(), ["setup compose", "the command"])

    @unittest.skipIf(os.geteuid() != 0, "only root starts an engine")
    def test_no_engine(self):
        self.program(self.root / "scripts/setup", f'echo "setup $*" >>{self.said}; exit 4')  # as on a machine that it does not know
        self.docker(engine=False, compose_v2=True)
        self.assert_gives_up("setup engine")
        self.program(self.programs / "dockerd", "exit 9")
        self.docker(engine=False, compose_v2=False)
        self.assert_gives_up("setup compose")

    def assert_gives_up(self, at):
        with self.assertRaises(subprocess.CalledProcessError) as failed:
            self.what_happens()
        self.assertEqual((failed.exception.returncode, self.said.read_text().splitlines()[-1]), (4, at))

    def test_the_groups_are_there(self):
        """Compose without the engine: docker.io would take the place of the engine that runs."""
        setup = (ROOT / "scripts/setup").read_text()
        groups = {group: re.search(rf"(?m)^readonly {group}=\((.*)\)$", setup)[1].split() for group in ("engine", "compose", "base")}
        self.assertIn("docker.io", groups["engine"])
        self.assertIn("docker-compose", groups["compose"])
        self.assertNotIn("docker.io", groups["compose"])
        self.assertIn("debootstrap", groups["base"])


if __name__ == "__main__":
    unittest.main()
