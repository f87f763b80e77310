"""What the end-to-end scripts share: processes, files of JSON lines, waiting with a deadline. Standard library only.

TESTIGO_BIN names the folder that holds testigo and testigo-greeter. TESTIGO_REQUIRED names, with commas between, what must not be
skipped where a machine does not permit it: capture (a raw socket), network (namespaces of our own), page (Node.js and a Chromium).
Run as a program this prints what the machine permits, as TESTIGO_REQUIRED takes it.
"""

import contextlib
import functools
import json
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import xml.etree.ElementTree as ElementTree

BIN = pathlib.Path(os.environ.get("TESTIGO_BIN", "build/dev/bin"))
GREETER = str(BIN / "testigo-greeter")
TESTIGO = str(BIN / "testigo")
LEAKS = pathlib.Path(__file__).resolve().with_name("leaks_of_libraries.txt")
WEB = pathlib.Path(__file__).resolve().parents[2] / "web"
NODE_NEEDED = (20, 19)
PATIENCE = 20.0  # seconds until what should happen at once is called missing
REQUIRED = os.environ.get("TESTIGO_REQUIRED", "").split(",")


@functools.cache
def why_no_capture():
    """Why this process, and what it starts, may not listen on a network interface; None where it may."""
    try:
        socket.socket(socket.AF_PACKET, socket.SOCK_RAW).close()
    except OSError as error:
        return f"no raw socket: {error.strerror}; run it as root with CAP_NET_RAW"
    return None


def may_capture():
    return why_no_capture() is None


def why_not_root():
    """Why no test may give up what root may."""
    return why_no_capture() or (None if os.geteuid() == 0 else "needs root, to give up what root may")


@functools.cache
def why_no_networks():
    """Why this process may make no namespaces, virtual devices and packet filters; None where it may."""
    if reason := why_not_root():
        return reason
    for program in ("ip", "iptables", "unshare"):
        if not shutil.which(program):
            return f"{program} is not there"
    if not os.access("/dev/net/tun", os.R_OK | os.W_OK):
        return "/dev/net/tun is not there, or not ours"
    drop = ["iptables", "-A", "FORWARD", "-m", "statistic", "--mode", "nth", "--every", "9", "--packet", "3", "-j", "DROP"]
    tried = subprocess.run(["unshare", "--net", *drop], capture_output=True, text=True, check=False)
    return f"no network namespace with a packet filter: {tried.stderr.strip()}" if tried.returncode else None


@functools.cache
def why_no_page():
    """Why nobody can look at the page here; None where a Chromium can. CHROMIUM names one that is elsewhere."""
    node = shutil.which("node")
    if node is None:
        return "node is not there"
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    if tuple(int(part) for part in re.findall(r"\d+", version)[:2]) < NODE_NEEDED:
        return f"node is {version}; the page's tools need 20.19"
    chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    if not os.access(chromium, os.X_OK):
        return f"no Chromium at {chromium}"
    if not (WEB / "node_modules/playwright-core/package.json").exists():
        return "npm ci has not been run in web/"
    return None


def skip_or_fail(test, what, reason):
    """Of a test that cannot be run for that reason: `what` is what it needs."""
    if what in REQUIRED:
        test.fail(f"{what} is required: {reason}")
    test.skipTest(reason)


def needs(what, reason):
    """Decorates tests, or classes of tests, that can be run when there is no reason why not."""
    def decorate(test):
        if reason is None:
            return test
        if isinstance(test, type):
            test.setUpClass = classmethod(lambda _: None)
            test.setUp = lambda self: skip_or_fail(self, what, reason)
            return test
        return functools.wraps(test)(lambda self: skip_or_fail(self, what, reason))

    return decorate


needs_capture = needs("capture", why_no_capture())


def wait_until(happened, what, patience=PATIENCE):
    """Returns the first true value of `happened()`; fails with `what` (a text, or what makes it) when none comes in time."""
    deadline = time.monotonic() + patience
    while True:
        value = happened()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {patience} s: {what() if callable(what) else what}")
        time.sleep(0.01)


def open_files(pid):
    """What a process has open, by its descriptors; those that it closes meanwhile are passed over."""
    found = {}
    for descriptor in pathlib.Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            found[descriptor] = os.readlink(descriptor)
    return found


@contextlib.contextmanager
def temporary_folder():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="testigo-e2e-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Process:
    """A child with its output read line by line as it comes. Killed at the end of its `with`."""

    def __init__(self, *command, env=None, cwd=None):
        self.command = [str(part) for part in command]
        environment = {"LSAN_OPTIONS": f"suppressions={LEAKS}:print_suppressions=0", **os.environ, **(env or {})}
        self.child = subprocess.Popen(
            self.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, cwd=cwd)
        self.out, self.err = [], []
        self._readers = [self._read(self.child.stdout, self.out), self._read(self.child.stderr, self.err)]

    @staticmethod
    def _read(stream, lines):
        def read():
            for line in stream:
                lines.append(line.decode("utf-8", "replace").rstrip("\n"))

        thread = threading.Thread(target=read, daemon=True)
        thread.start()
        return thread

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.child.poll() is None:
            self.child.kill()
        self.wait()
        self.child.stdout.close()
        self.child.stderr.close()

    @property
    def pid(self):
        return self.child.pid

    @property
    def running(self):
        return self.child.poll() is None

    def wait(self, patience=PATIENCE):
        """The exit code, with all output read; negative for a signal."""
        try:
            code = self.child.wait(patience)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still running after {patience} s: {self}") from None
        for reader in self._readers:
            reader.join(PATIENCE)
        return code

    def send(self, number):
        self.child.send_signal(number)

    def stop(self, number=signal.SIGTERM, patience=PATIENCE):
        self.send(number)
        return self.wait(patience)

    def line(self, pattern, patience=PATIENCE, err=False):
        """The match of the first line of stdout (or stderr) that has the pattern."""
        lines = self.err if err else self.out
        expression = re.compile(pattern)

        def found():
            for line in list(lines):
                match = expression.search(line)
                if match:
                    return match
            if not self.running:
                self.wait()
                return next((m for m in map(expression.search, lines) if m), None) or self._ended(pattern)
            return None

        return wait_until(found, lambda: f"{pattern!r} in the output of {self}", patience)

    def _ended(self, pattern):
        raise AssertionError(f"ended with {self.child.returncode} without {pattern!r}: {self}")

    def __str__(self):
        tail = "\n".join(["stdout:"] + self.out[-15:] + ["stderr:"] + self.err[-15:])
        return f"{' '.join(self.command)}\n{tail}"


def run(*command, env=None, cwd=None, patience=PATIENCE):
    """Runs to the end; the process, with `code`, `out` and `err`."""
    with Process(*command, env=env, cwd=cwd) as process:
        process.code = process.wait(patience)
        return process


def start_server(*options, listen="127.0.0.1:0"):
    """A greeter server that listens; `address` and `port` say where."""
    server = Process(GREETER, "server", "--listen", listen, *options)
    try:
        match = server.line(r'listening on ([^"\s]+):(\d+)')
    except AssertionError:
        server.__exit__()
        raise
    server.address, server.port = f"{match[1]}:{match[2]}", int(match[2])
    return server


def start_tap(to, folder, *options):
    """A tap that listens and tells JSON lines; `address` says where, its evidence is in the folder."""
    tap = Process(TESTIGO, "tap", "--listen", "127.0.0.1:0", "--to", to, "--out", folder, "--json", *options)
    try:
        tap.address = tap.line(r"listening on (\S+),", err=True)[1]
    except AssertionError:
        tap.__exit__()
        raise
    return tap


def client_command(address, *options):
    return [GREETER, "client", "--target", address, *options]


def read_json_lines(path):
    """The whole lines of a file, as objects; an unfinished last line does not count."""
    text = pathlib.Path(path).read_text(encoding="utf-8") if pathlib.Path(path).exists() else ""
    return [json.loads(line) for line in text.split("\n")[:-1] if line]


def of_type(lines, *types):
    return [line for line in lines if line["type"] in types]


def call_number(line):
    return int(line["id"].rsplit("/", 1)[1])


def free_port():
    """A port that was free a moment ago; only where port 0 will not do, such as a server that comes back.

    It lies below those that the kernel gives away (ip_local_port_range), so that no process with port 0 takes it meanwhile.
    """
    while True:
        port = random.randrange(20000, 32000)
        with socket.socket() as listener, contextlib.suppress(OSError):
            listener.bind(("127.0.0.1", port))
            return port


def make_certificates(folder):
    """ca.pem, server.{pem,key} for greeter.test and 127.0.0.1, client.{pem,key}, and stranger.{pem,key} of nobody's authority."""
    openssl = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]

    def certificate(name, subject, *more):
        command = [*openssl, "-subj", f"/CN={subject}", "-keyout", f"{name}.key", "-out", f"{name}.pem", *more]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)

    issued = ["-CA", "ca.pem", "-CAkey", "ca.key", "-addext", "basicConstraints=critical,CA:FALSE"]
    certificate("ca", "testigo test authority")
    certificate("server", "greeter.test", *issued, "-addext", "subjectAltName=DNS:greeter.test,IP:127.0.0.1")
    certificate("client", "client1", *issued, "-addext", "subjectAltName=DNS:client1")
    certificate("stranger", "stranger", "-addext", "subjectAltName=DNS:stranger")


def tshark(capture, port, display_filter, *fields):
    """The fields of every packet that the filter keeps, as Wireshark's dissector sees them; checksums are verified."""
    command = ["tshark", "-r", str(capture), "-d", f"tcp.port=={port},http2", "-o", "tcp.check_checksum:TRUE", "-Y", display_filter, "-T", "fields",
               "-E", "aggregator=|"]
    for field in fields:
        command += ["-e", field]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [line.split("\t") for line in output.splitlines()]


def headers_seen_by_tshark(capture, port):
    """The header fields of every stream, by (TCP stream, HTTP/2 stream); trailers are added to the headers."""
    command = ["tshark", "-r", str(capture), "-d", f"tcp.port=={port},http2", "-Y", "http2.type==1", "-T", "pdml"]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    streams = {}
    for packet in ElementTree.fromstring(output).iter("packet"):
        connection = int(packet.find(".//field[@name='tcp.stream']").get("show"))
        for frame in packet.iterfind(".//field[@name='http2.stream']"):
            stream = frame.find("field[@name='http2.streamid']")
            for field in frame.iterfind(".//field[@name='http2.header']"):
                name, value = (field.find(f"field[@name='http2.header.{part}']") for part in ("name", "value"))
                if value is not None:
                    streams.setdefault((connection, int(stream.get("show"))), {})[name.get("show")] = value.get("show")
    return streams


@contextlib.contextmanager
def http1_server():
    """Answers whatever comes with a bare HTTP/1.1 400, as nginx does."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        def serve():
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    with connection:
                        connection.recv(65536)
                        connection.sendall(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")

        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


def say_what_is_permitted():
    reasons = {"capture": why_no_capture(), "network": why_no_networks(), "page": why_no_page()}
    for what, reason in reasons.items():
        print(f"{what}: not tested here, {reason}" if reason else f"{what}: permitted here, so its tests are required", file=sys.stderr)
    print(",".join(what for what, reason in reasons.items() if reason is None))


if __name__ == "__main__":
    say_what_is_permitted()
