#!/usr/bin/env python3
"""The system of compose.yaml as its user runs it: what goes wrong in it, and what the verdict says of that (docs/formats/verdict.md).

Needs a Docker engine with the image's base in reach; scripts/compose-test sees to both. One system is brought up, and the scenarios
follow one another in it, each judged from its own beginning on (--since), in the order of their numbers.
"""

import datetime
import io
import json
import os
import pathlib
import re
import signal
import subprocess
import tarfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROJECT = f"testigo-test-{os.getpid()}"
IMAGE = os.environ.get("TESTIGO_IMAGE", "testigo")  # one that is there, instead of building it
IMAGE_BYTES_MAX = 60_000_000
PROVEN, BROKEN, INCONCLUSIVE, ENVIRONMENT = 0, 1, 3, 4
CLIENTS = ("client1", "client2")
TOLERANCE = ("--tolerance", "5s")  # timing has tests of its own; here machines may be busy


def docker(*arguments, code=0, patience=120):
    return execute(["docker", *arguments], code, patience)


def compose_command():
    v2 = subprocess.run(["docker", "compose", "version"], capture_output=True, check=False)
    return ["docker", "compose"] if v2.returncode == 0 else ["docker-compose"]


def compose(*arguments, code=0, patience=120):
    return execute([*compose_command(), "-p", PROJECT, *arguments], code, patience)


def execute(command, code, patience):
    """What it wrote to stdout; fails with all that it said when it ends with another code (None: any)."""
    done = subprocess.run([str(part) for part in command], cwd=ROOT, capture_output=True, text=True, timeout=patience, check=False)
    if code is not None and done.returncode != code:
        raise AssertionError(f"{' '.join(map(str, command))}: exit code {done.returncode}, not {code}\n{done.stdout[-6000:]}\n{done.stderr[-3000:]}")
    return done.stdout


def wait_until(happened, what, patience):
    deadline = time.monotonic() + patience
    while not (value := happened()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {patience} s: {what}\n{logs()[-3000:]}")
        time.sleep(0.3)
    return value


def now():
    return datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="microseconds").replace("+00:00", "Z")


def logs(*services):
    return compose("logs", "--no-color", *services, code=None)


def evidence():
    """The files of the volume, by name."""
    container = compose("ps", "-a", "-q", "wire").strip()
    packed = subprocess.run(["docker", "cp", f"{container}:/evidence", "-"], capture_output=True, check=True, timeout=60).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        return {member.name.removeprefix("evidence/"): archive.extractfile(member).read() for member in archive if member.isfile()}


def statements(client, since):
    """The calls of a client that started at that time or later: id to status, None while it is open."""
    files = evidence()
    names = sorted((name for name in files if re.fullmatch(rf"statements/{client}\.jsonl(\.\d+)?", name)), reverse=True)
    lines = [json.loads(line) for name in names for line in files[name].decode().split("\n")[:-1]]
    calls = {line["id"]: None for line in lines if line["type"] == "started" and line["time"] >= since}
    calls.update({line["id"]: line["status"] for line in lines if line["type"] == "ended" and line["id"] in calls})
    return calls


def failed(since):
    return {call for client in CLIENTS for call, status in statements(client, since).items() if status not in (0, None)}


def wait_for_answers(since, *clients, patience=60):
    """Until each client has three answers in a row of calls that it started at that time or later."""
    def answered(client):
        last = [status for status in statements(client, since).values() if status is not None][-3:]
        return last == [0, 0, 0]

    wait_until(lambda: all(answered(client) for client in clients or CLIENTS), f"answers since {since}", patience)


def judge(*options, code=None):
    said = compose("run", "--rm", "--no-deps", "-T", "verdict", "testigo", "verify", "--evidence", "/evidence", "--json", *TOLERANCE, *options, code=code)
    return json.loads(said.strip().split("\n")[-1])


class Image(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        (cls.image,) = json.loads(docker("image", "inspect", IMAGE))

    def test_small_and_without_root(self):
        self.assertLessEqual(self.image["Size"], IMAGE_BYTES_MAX)
        self.assertRegex(self.image["Config"]["User"], r"^[1-9]\d*(:\d+)?$")
        self.assertEqual(self.image["Config"]["StopSignal"], "SIGTERM")

    def test_labels_tell_the_version(self):
        labels = self.image["Config"]["Labels"]
        for label in ("title", "description", "licenses"):
            self.assertTrue(labels[f"org.opencontainers.image.{label}"])
        self.assertEqual(docker("run", "--rm", IMAGE, "testigo", "--version").split()[1], labels["org.opencontainers.image.version"])

    def test_nothing_but_the_programs(self):
        docker("run", "--rm", IMAGE, "/bin/sh", code=127)
        self.assertIn("testigo-greeter", docker("run", "--rm", IMAGE, "testigo-greeter", "--version"))

    def test_verify_runs_in_it(self):
        for confinement in ([], ["--cap-drop", "ALL"], ["--cap-drop", "ALL", "--security-opt", "no-new-privileges"],
                            ["--read-only", "--tmpfs", "/evidence:uid=10001,mode=700"]):
            with self.subTest(confinement):
                said = docker("run", "--rm", *confinement, IMAGE, "testigo", "verify", "--for", "2s", *TOLERANCE)
                self.assertIn("PROVEN", said)

    def test_without_the_capability_it_says_which(self):
        done = subprocess.run(["docker", "run", "--rm", "--cap-drop", "ALL", IMAGE, "testigo", "watch", "-i", "lo"], capture_output=True, text=True, timeout=60,
                              check=False)
        self.assertEqual(done.returncode, ENVIRONMENT, done)
        self.assertIn("CAP_NET_RAW", done.stderr)


class Scenarios(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.addClassCleanup(lambda: compose("down", "-v", "--timeout", "5", code=None))
        if "TESTIGO_IMAGE" not in os.environ:
            compose("build", patience=1800)
        cls.begun = time.monotonic()
        compose("up", "-d", patience=300)

    def assert_verdict(self, report, verdict, broken=(), inconclusive=()):
        wanted = {n: "BROKEN" if n in broken else "INCONCLUSIVE" if n in inconclusive else "PROVEN" for n in range(1, 9)}
        self.assertEqual({claim["number"]: claim["outcome"] for claim in report["claims"]}, wanted, self.reasons(report))
        self.assertEqual(report["verdict"], verdict)

    @staticmethod
    def reasons(report):
        said = [f"{claim['number']} {claim['outcome']}: {claim['because']}" for claim in report["claims"]]
        return "\n".join([*said, *report["notes"], *(exhibit["text"] for claim in report["claims"] for exhibit in claim["exhibits"][:3])])

    def named(self, report):
        """The calls that break a claim."""
        return {exhibit["call"] for claim in report["claims"] if claim["outcome"] == "BROKEN" for exhibit in claim["exhibits"] if "call" in exhibit}

    def judged_after(self, what, since):
        """Trouble is over when calls that start later are answered; these are PROVEN, and the witness on the wire saw them."""
        later = now()
        wait_for_answers(later)
        report = judge("--since", later, code=PROVEN)
        self.assert_verdict(report, "PROVEN")
        self.assertGreaterEqual(report["calls"]["on_wire"], 6, f"after {what}, since {since}")

    def test_1_up(self):
        verdict = wait_until(lambda: re.search(r"PROVEN +8/8|BROKEN +\d|INCONCLUSIVE +\d", logs("verdict")), "a verdict", 90)
        took = time.monotonic() - self.begun
        self.assertTrue(verdict[0].startswith("PROVEN"), logs("verdict"))
        self.assertLess(took, 60, "a verdict within a minute")
        for client in CLIENTS:
            self.assertRegex(logs(client), rf"{client}.*OK", "a client is answered by name")
            self.assertIn(client, logs("server"), "the server tells whom it answered")
        self.assertRegex(logs("wire"), r"/testigo.greeter.v1.Greeter/Greet +unary +OK")

    def test_2_a_verdict_at_any_time(self):
        said = compose("run", "--rm", "-T", "verdict", code=PROVEN)
        self.assertRegex(said, r"PROVEN +8/8")

    def test_3_kill_and_start_the_server(self):
        begun = now()
        wait_for_answers(begun)
        compose("kill", "server")
        time.sleep(3)
        compose("start", "server")
        back = now()
        wait_for_answers(back)
        report = judge("--since", begun, code=BROKEN)
        self.assert_verdict(report, "BROKEN", broken=(2,))
        self.assertEqual(self.named(report), failed(begun), "exactly the calls that failed, all of that window")
        self.assertGreaterEqual(len(failed(begun)), 4)
        self.judged_after("kill", begun)

    def test_4_restart_the_server(self):
        begun = now()
        wait_for_answers(begun)
        compose("restart", "server")
        wait_for_answers(now())
        lost = failed(begun)
        report = judge("--since", begun, code=BROKEN if lost else PROVEN)
        self.assert_verdict(report, "BROKEN" if lost else "PROVEN", broken=(2,) if lost else ())
        self.assertEqual(self.named(report), lost)
        self.judged_after("restart", begun)

    def test_5_kill_a_client(self):
        begun = now()
        wait_for_answers(begun)
        compose("kill", "client2")
        wait_for_answers(now(), "client1")
        self.assert_verdict(judge("--since", begun, code=PROVEN), "PROVEN")
        compose("start", "client2")
        self.judged_after("kill of a client", begun)

    def test_6_pause_the_server(self):
        # Rows 8 and 10 of the truth table: its kernel took the requests. Of those given up meanwhile it handles some, or none.
        begun = now()
        wait_for_answers(begun)
        compose("pause", "server")
        time.sleep(8)
        compose("unpause", "server")
        wait_for_answers(now())
        report = judge("--since", begun, code=BROKEN)
        denied = {claim["number"] for claim in report["claims"] if claim["outcome"] == "BROKEN"} == {2, 4, 8}
        self.assert_verdict(report, "BROKEN", broken=(2, 4, 8) if denied else (2,))
        self.assertEqual(self.named(report), failed(begun), self.reasons(report))
        self.assertGreaterEqual(len(failed(begun)), 2)
        self.judged_after("pause", begun)

    def test_7_cut_a_client_off(self):
        begun = now()
        wait_for_answers(begun)
        network, client = f"{PROJECT}_default", compose("ps", "-a", "-q", "client2").strip()
        docker("network", "disconnect", network, client)
        time.sleep(8)  # longer than a call's deadline: what TCP repeats comes too late
        docker("network", "connect", "--alias", "client2", network, client)
        wait_for_answers(now(), patience=90)
        report = judge("--since", begun, code=BROKEN)
        self.assert_verdict(report, "BROKEN", broken=(2,))  # row 6, or 11: what was sent did not come to the server's side
        self.assertEqual(self.named(report), failed(begun), self.reasons(report))
        self.assertEqual({call.split("/")[0] for call in failed(begun)}, {"client2"})
        self.judged_after("disconnect", begun)

    def test_8_stop_in_order(self):
        begun = now()
        wait_for_answers(begun)
        compose("stop", "client1", "client2")
        compose("stop", "verdict", "server", "wire")
        exits = {service: int(docker("inspect", "--format", "{{.State.ExitCode}}", compose("ps", "-a", "-q", service).strip()))
                 for service in (*CLIENTS, "server", "wire")}
        self.assertEqual(exits["server"], 0)
        self.assertEqual(exits["wire"], PROVEN, logs("wire")[-4000:])
        self.assert_verdict(judge("--since", begun, code=PROVEN), "PROVEN")

    def test_9_down_leaves_nothing(self):
        compose("down", "-v", "--timeout", "5")
        label = f"label=com.docker.compose.project={PROJECT}"
        self.assertEqual(docker("ps", "-aq", "--filter", label), "")
        self.assertEqual(docker("network", "ls", "-q", "--filter", label), "")
        self.assertEqual(docker("volume", "ls", "-q", "--filter", label), "")


def asked_to_end(number, _):
    raise AssertionError(f"ended by signal {number}")  # as a failure, so that the system is taken down


if __name__ == "__main__":
    signal.signal(signal.SIGINT, asked_to_end)
    signal.signal(signal.SIGTERM, asked_to_end)
    unittest.main(verbosity=2, failfast=True)
