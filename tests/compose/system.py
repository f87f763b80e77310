"""The system of compose.yaml under test: Compose, what its services say, and what they leave in the evidence."""

import collections
import datetime
import io
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import tarfile
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROJECT = f"testigo-test-{os.getpid()}"
IMAGE = os.environ.get("TESTIGO_IMAGE", "testigo")  # one that is there, instead of building it
CLIENTS = ("client1", "client2")
SERVICES = {"wire", "server", *CLIENTS, "verdict", "page"}
TOLERANCE = ("--tolerance", "5s")  # timing has tests of its own; here machines may be busy


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


PAGE_PORT = os.environ["TESTIGO_PAGE_PORT"] = str(free_port())  # compose.yaml reads it


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
            raise AssertionError(f"not within {patience} s: {what}\n{logs()[-6000:]}")
        time.sleep(0.3)
    return value


def now():
    return datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="microseconds").replace("+00:00", "Z")


def moment(text):
    """Of RFC 3339, to the microsecond."""
    return datetime.datetime.fromisoformat(text)


def logs(*services, options=()):
    return compose("logs", "--no-color", *options, *services, code=None)


def containers():
    """What the engine knows of the container of each service."""
    known = json.loads(docker("inspect", *compose("ps", "-a", "-q").split()))
    return {container["Config"]["Labels"]["com.docker.compose.service"]: container for container in known}


def verdicts():
    """When each stood in the log, and which it was."""
    return [(moment(time), verdict) for time, verdict in re.findall(r"(\S+Z) +(PROVEN|BROKEN|INCONCLUSIVE) +\d", logs("verdict", options=["-t"]))]


class Terminal:
    """`docker compose up --build` in the foreground, and what its user sees there."""

    def __init__(self):
        self.file = tempfile.NamedTemporaryFile(prefix="testigo-terminal-")
        build = [] if "TESTIGO_IMAGE" in os.environ else ["--build"]
        self.process = subprocess.Popen([*compose_command(), "-p", PROJECT, "up", *build], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=self.file,
                                        stderr=subprocess.STDOUT, start_new_session=True)

    def text(self):
        return re.sub(r"\x1b\[[0-9;]*[a-zA-Z]", "", pathlib.Path(self.file.name).read_text(errors="replace"))

    def lines(self):
        """Of the containers: who says it, and what, without the name that Compose writes before it."""
        return re.findall(r"^(\w+)[-_]1 +\| (.*)$", self.text(), re.MULTILINE)

    def said_by(self, service):
        return [text for who, text in self.lines() if who == service]

    def wait_until(self, happened, what, patience):
        def look():
            if self.process.poll() is not None:
                raise AssertionError(f"ended with {self.process.returncode} before {what}: {self.text()[-6000:]}")
            return happened()

        return wait_until(look, what, patience)

    def ctrl_c(self):
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(60)

    def close(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.file.close()


Call = collections.namedtuple("Call", "started ended status")  # the last two are None while it is open


def evidence():
    """The files of the volume, by name."""
    container = compose("ps", "-a", "-q", "wire").strip()
    packed = subprocess.run(["docker", "cp", f"{container}:/evidence", "-"], capture_output=True, check=True, timeout=60).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        return {member.name.removeprefix("evidence/"): archive.extractfile(member).read() for member in archive if member.isfile()}


def statements(client, since):
    """The calls of a client that started at that time or later, by id."""
    files = evidence()
    names = sorted((name for name in files if re.fullmatch(rf"statements/{client}\.jsonl(\.\d+)?", name)), reverse=True)
    lines = [json.loads(line) for name in names for line in files[name].decode().split("\n")[:-1]]
    calls = {line["id"]: Call(line["time"], None, None) for line in lines if line["type"] == "started" and line["time"] >= since}
    for line in lines:
        if line["type"] == "ended" and line["id"] in calls:
            calls[line["id"]] = calls[line["id"]]._replace(ended=line["time"], status=line["status"])
    return calls


def failed(since):
    return {id for client in CLIENTS for id, call in statements(client, since).items() if call.status not in (0, None)}


def wait_for_answers(since, *clients, patience=60):
    """Until each client has three answers in a row of calls that it started at that time or later."""
    def answered(client):
        last = [call.status for call in statements(client, since).values() if call.status is not None][-3:]
        return last == [0, 0, 0]

    wait_until(lambda: all(answered(client) for client in clients or CLIENTS), f"answers since {since}", patience)


def judge(*options, code=None):
    said = compose("run", "--rm", "--no-deps", "-T", "verdict", "testigo", "verify", "--evidence", "/evidence", "--json", *TOLERANCE, *options, code=code)
    return json.loads(said.strip().split("\n")[-1])
