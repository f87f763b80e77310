#!/usr/bin/env python3
"""The system of compose.yaml as its user runs it: what goes wrong in it, and what the verdict says of that (docs/formats/verdict.md).

Needs a Docker engine with the image's base in reach; scripts/compose-test sees to both. One system is brought up in a terminal, and
the scenarios follow one another in it, as from a second terminal, each judged from its own beginning on (--since), in the order of
their numbers.
"""

import datetime
import json
import re
import signal
import subprocess
import time
import unittest
import urllib.error
import urllib.request

from system import (CLIENTS, IMAGE, PAGE_PORT, PROJECT, SERVICES, TOLERANCE, Terminal, compose, containers, docker, evidence, failed, judge, logs, moment, now,
                    statements, verdicts, wait_for_answers)

IMAGE_BYTES_MAX = 60_000_000
PROVEN, BROKEN, ENVIRONMENT = 0, 1, 4
USER = "10001"
OPEN = datetime.timedelta(seconds=2)  # a call may be; its client starts the next one a second later


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
        cls.terminal = Terminal()
        cls.addClassCleanup(cls.terminal.close)

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

    def assert_names_what_failed(self, report, begun, earliest, silent):
        """The calls that failed, all of them, and none of another time: none began before the trouble did (but for what was open just
        then), nor once a call was answered again that began when the trouble was there (`silent`) or later."""
        self.assertEqual(self.named(report), failed(begun), self.reasons(report))
        for client in CLIENTS:
            calls = statements(client, begun)
            answered = min(call.ended for call in calls.values() if call.status == 0 and call.started >= silent)
            for id in self.named(report) & calls.keys():
                self.assertGreater(moment(calls[id].started), moment(earliest) - OPEN, id)
                self.assertLess(calls[id].started, answered, id)

    def judged_after(self, what, since):
        """Trouble is over when calls that start later are answered; these are PROVEN, and the witness on the wire saw them."""
        later = now()
        wait_for_answers(later)
        report = judge("--since", later, code=PROVEN)
        self.assert_verdict(report, "PROVEN")
        self.assertGreaterEqual(report["calls"]["on_wire"], 6, f"after {what}, since {since}")

    def test_01_one_terminal(self):
        self.terminal.wait_until(lambda: self.terminal.said_by("client1"), "a first call", 1800)
        self.terminal.wait_until(lambda: "evidence  /evidence/" in "\n".join(self.terminal.said_by("verdict")), "a verdict", 90)
        first, verdict = verdicts()[0]
        self.assertEqual(verdict, "PROVEN", logs("verdict"))
        up = min(moment(container["State"]["StartedAt"]) for container in containers().values())
        self.assertLess((first - up).total_seconds(), 60, "a verdict within a minute")
        said = "\n".join(self.terminal.said_by("verdict"))
        for claim in range(1, 9):
            self.assertRegex(said, rf"(?m)^ +✔ {claim}  \w")
        self.assertRegex(said, r"PROVEN +8/8")

    def test_02_each_client_is_answered_by_name(self):
        for client in CLIENTS:
            answers = [text for text in self.terminal.said_by(client) if " OK " in text]
            self.assertGreater(len(answers), 10)
            for number, text in enumerate(answers, 1):
                self.assertRegex(text, rf" OK .* Success: server greets {client} and answers its call {number}$")
            self.assertRegex("\n".join(self.terminal.said_by("server")), rf"{client} #{len(answers) - 1} +unary +OK .* from ipv4:")
        self.assertRegex("\n".join(self.terminal.said_by("wire")), r"/testigo.greeter.v1.Greeter/Greet +unary +OK")

    def test_03_all_speak_side_by_side(self):
        speakers = [who for who, _ in self.terminal.lines()]
        self.assertEqual(set(speakers), SERVICES)
        turns = [at for at, who in enumerate(speakers) if who == "client1"]
        between = set(speakers[turns[3] : turns[7]])
        self.assertLessEqual(SERVICES - {"verdict", "page"}, between, "while client1 calls four times the others are heard, too")

    def test_04_confined(self):
        known = containers()
        self.assertEqual(known.keys(), SERVICES)
        for service, container in known.items():
            with self.subTest(service):
                confinement = container["HostConfig"]
                added = {capability.removeprefix("CAP_") for capability in confinement["CapAdd"] or ()}
                self.assertEqual(added, {"NET_RAW"} if service == "wire" else set())
                self.assertEqual(confinement["CapDrop"], ["ALL"])
                self.assertFalse(confinement["Privileged"])
                self.assertTrue(confinement["ReadonlyRootfs"])
                self.assertEqual(any("no-new-privileges" in option for option in confinement["SecurityOpt"] or ()), service != "wire")
                self.assertEqual(container["Config"]["User"].split(":")[0], USER)
                self.assertEqual(docker("top", container["Id"], "-eo", "uid,pid").split("\n")[1].split()[0], USER)

    def test_05_a_verdict_at_any_time(self):
        said = compose("run", "--rm", "-T", "verdict", code=PROVEN)
        self.assertRegex(said, r"PROVEN +8/8")

    def test_05_the_page(self):
        """On loopback alone, and with the token that its log tells."""
        token = re.search(r"http://127\.0\.0\.1:8080/\?token=(\w+)", "\n".join(self.terminal.said_by("page")))[1]
        published = containers()["page"]["HostConfig"]["PortBindings"]
        self.assertEqual(published, {"8080/tcp": [{"HostIp": "127.0.0.1", "HostPort": PAGE_PORT}]})
        address = f"http://127.0.0.1:{PAGE_PORT}/data"
        with self.assertRaises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(address, timeout=20)
        self.assertEqual(refused.exception.code, 401)
        with urllib.request.urlopen(f"{address}?token={token}", timeout=20) as served:
            document = json.load(served)
        self.assertTrue(document["live"])
        self.assertLessEqual(set(CLIENTS), {client["name"] for client in document["clients"]})
        self.assertGreater(document["calls"]["total"], 10)

    def test_06_kill_and_start_the_server(self):
        begun = now()
        wait_for_answers(begun)
        killed = now()
        compose("kill", "server")
        silent = now()
        time.sleep(3)
        compose("start", "server")
        wait_for_answers(now())
        report = judge("--since", begun, code=BROKEN)
        self.assert_verdict(report, "BROKEN", broken=(2,))
        self.assert_names_what_failed(report, begun, killed, silent)
        self.assertGreaterEqual(len(failed(begun)), 4)
        self.judged_after("kill", begun)
        type(self).broken_since = moment(now())

    def test_07_restart_the_server(self):
        begun = now()
        wait_for_answers(begun)
        asked = now()
        compose("restart", "server")
        back = now()
        wait_for_answers(back)
        lost = failed(begun)
        report = judge("--since", begun, code=BROKEN if lost else PROVEN)
        self.assert_verdict(report, "BROKEN" if lost else "PROVEN", broken=(2,) if lost else ())
        self.assert_names_what_failed(report, begun, asked, back)
        self.judged_after("restart", begun)

    def test_08_kill_a_client(self):
        begun = now()
        wait_for_answers(begun)
        compose("kill", "client2")
        wait_for_answers(now(), "client1")
        self.assert_verdict(judge("--since", begun, code=PROVEN), "PROVEN")
        compose("start", "client2")
        self.judged_after("kill of a client", begun)

    def test_09_pause_the_server(self):
        # Rows 8 and 10 of the truth table: its kernel took the requests. Of those given up meanwhile it handles some, or none.
        begun = now()
        wait_for_answers(begun)
        asked = now()
        compose("pause", "server")
        silent = now()
        time.sleep(8)
        compose("unpause", "server")
        wait_for_answers(now())
        report = judge("--since", begun, code=BROKEN)
        denied = {claim["number"] for claim in report["claims"] if claim["outcome"] == "BROKEN"} == {2, 4, 8}
        self.assert_verdict(report, "BROKEN", broken=(2, 4, 8) if denied else (2,))
        self.assert_names_what_failed(report, begun, asked, silent)
        self.assertGreaterEqual(len(failed(begun)), 2)
        self.judged_after("pause", begun)

    def test_10_cut_a_client_off(self):
        begun = now()
        wait_for_answers(begun)
        network, client = f"{PROJECT}_default", compose("ps", "-a", "-q", "client2").strip()
        asked = now()
        docker("network", "disconnect", network, client)
        silent = now()
        time.sleep(8)  # longer than a call's deadline: what TCP repeats comes too late
        docker("network", "connect", "--alias", "client2", network, client)
        wait_for_answers(now(), patience=90)
        report = judge("--since", begun, code=BROKEN)
        self.assert_verdict(report, "BROKEN", broken=(2,))  # row 6, or 11: what was sent did not come to the server's side
        self.assert_names_what_failed(report, begun, asked, silent)
        self.assertEqual({call.split("/")[0] for call in failed(begun)}, {"client2"})
        self.judged_after("disconnect", begun)

    def test_11_a_verdict_every_minute(self):
        # In the first terminal, all the while: PROVEN, until the server was killed, and then BROKEN.
        given = self.terminal.wait_until(lambda: len(given := verdicts()) >= 2 and given, "a second verdict", 90)
        for (earlier, _), (later, _) in zip(given, given[1:]):
            self.assertGreaterEqual((later - earlier).total_seconds(), 59)
            self.assertLess((later - earlier).total_seconds(), 75)
        self.assertEqual(given[0][1], "PROVEN")
        self.terminal.wait_until(lambda: verdicts()[-1][0] > self.broken_since, "a verdict after the harm", 90)
        self.assertEqual({verdict for time, verdict in verdicts() if time > self.broken_since}, {"BROKEN"})
        self.assertRegex("\n".join(self.terminal.said_by("verdict")), r"BROKEN +\d/8 claims proven(.*\n)+ +client\d call \d+ ended with UNAVAILABLE")

    def test_12_ctrl_c(self):
        begun = now()
        wait_for_answers(begun)
        self.assertIn(self.terminal.ctrl_c(), (0, 130), self.terminal.text()[-3000:])
        states = {service: container["State"] for service, container in containers().items()}
        self.assertEqual({state["Running"] for state in states.values()}, {False})
        wanted = {"wire": PROVEN, "server": 0, "verdict": BROKEN, "client1": 1, "client2": 1, "page": 0}  # a call failed; the last verdict
        self.assertEqual({service: state["ExitCode"] for service, state in states.items()}, wanted, self.terminal.text()[-6000:])
        ended = {service: moment(state["FinishedAt"]) for service, state in states.items()}
        for earlier, later in (("verdict", "client1"), ("verdict", "client2"), ("client1", "server"), ("client2", "server"), ("server", "wire")):
            self.assertLess(ended[earlier], ended[later])
        files = evidence()
        for witness in ("server", *CLIENTS):
            self.assertEqual(json.loads(files[f"statements/{witness}.jsonl"].splitlines()[-1])["type"], "end", witness)
        self.assert_verdict(judge("--since", begun, code=PROVEN), "PROVEN")

    def test_13_up_again(self):
        begun = now()
        compose("up", "-d", patience=300)
        self.judged_after("an end in order", begun)

    def test_14_down_leaves_nothing(self):
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
