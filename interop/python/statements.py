"""What a witness says of its calls, one JSON line each (docs/formats/statements.md)."""

import argparse
import fcntl
import json
import os
import re
import secrets
import socket
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

ID_KEY = "testigo-id"
METHODS = {
    "unary": "/testigo.greeter.v1.Greeter/Greet",
    "server-stream": "/testigo.greeter.v1.Greeter/GreetMany",
    "client-stream": "/testigo.greeter.v1.Greeter/GreetAll",
    "bidi": "/testigo.greeter.v1.Greeter/Converse",
}
CANCELLED = 1
TEXT_MAX = 1024  # characters of a peer's text

NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
ID = re.compile(rf"{NAME.pattern}/{NAME.pattern}/[1-9][0-9]{{0,19}}")


@dataclass
class Call:
    """One call, as its witness saw it. It counts as cancelled until it is known to have ended otherwise."""

    id: str
    kind: str
    began: int = field(default_factory=time.monotonic_ns)
    status: int = CANCELLED
    message: str = "cancelled before it was answered"
    requests: int = 0
    replies: int = 0
    reply: dict[str, Any] | None = None

    def ends(self, status: int, message: str = "") -> None:
        self.status, self.message = status, message[:TEXT_MAX]

    def replied(self, reply: Any) -> None:
        """Keeps the first reply that names another client or call than the id, else the last."""
        self.replies += 1
        if not self.misnamed():
            self.reply = {"client": reply.client[:TEXT_MAX], "call": reply.call, "server": reply.server[:TEXT_MAX]}

    def misnamed(self) -> bool:
        client, _, number = self.id.split("/")
        return self.reply is not None and (self.reply["client"], self.reply["call"]) != (client, int(number))

    def latency(self) -> int:
        return time.monotonic_ns() - self.began


class Statements:
    """A file of statements of this process, or nothing at all without a file. Thread-safe.

    A line is one write to a file opened for appending, done before the witness goes on: a killed process loses no earlier line.
    """

    def __init__(self, file: Path | None, witness: str, name: str, address: str, *, tls: bool = False, **more: int) -> None:
        self.process = secrets.token_hex(8)
        self._lock = threading.Lock()
        self._calls = 0
        self._lost = 0
        self._descriptor = None if file is None else _open_for_append(file)
        self._torn = file is not None and _ends_torn(file)
        own = {"name": name, "process": self.process, "host": socket.gethostname(), "pid": os.getpid(), "address": address}
        self._state("start", format="testigo-statements", version="1.0", witness=witness, **own, **more, tls=tls, continues=False)

    def started(self, call: Call) -> None:
        self._calls += 1
        self._state("started", id=call.id, method=METHODS[call.kind], kind=call.kind)

    def received(self, call: Call, peer: str) -> None:
        with self._lock:
            self._calls += 1
        self._state("received", id=call.id, method=METHODS[call.kind], kind=call.kind, peer=peer)

    def ended(self, call: Call) -> None:
        reply = {} if call.reply is None else {"reply": call.reply}
        counts = {"requests": call.requests, "replies": call.replies}
        self._state("ended", id=call.id, status=call.status, message=call.message, latency_ns=call.latency(), **counts, **reply)

    def end(self) -> None:
        self._state("end", calls=self._calls)

    def _state(self, what: str, **members: Any) -> None:
        if self._descriptor is None:
            return
        with self._lock:
            if self._lost and self._put("lost", statements=self._lost):
                self._lost = 0
            if self._lost or not self._put(what, **members):
                self._lost += 1

    def _put(self, what: str, **members: Any) -> bool:
        line = json.dumps({"type": what, **_now(), **members}, ensure_ascii=False, separators=(",", ":"))
        octets = ("\n" if self._torn else "").encode() + line.encode(errors="replace") + b"\n"
        try:
            written = os.write(self._descriptor, octets)
        except OSError:
            return False
        self._torn = written < len(octets)
        return not self._torn


def _now() -> dict[str, Any]:
    seconds, nanoseconds = divmod(time.time_ns(), 1_000_000_000)
    whole = datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")
    return {"time": f"{whole}.{nanoseconds:09}Z", "monotonic_ns": time.monotonic_ns()}


def _open_for_append(file: Path) -> int:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise OSError(f"another process writes to {file}") from None
    return descriptor


def _ends_torn(file: Path) -> bool:
    """Whether a process was killed in the middle of the file's last line."""
    with file.open("rb") as octets:
        if octets.seek(0, os.SEEK_END) == 0:
            return False
        octets.seek(-1, os.SEEK_END)
        return octets.read(1) != b"\n"


def name(text: str) -> str:
    """For argparse."""
    if not NAME.fullmatch(text):
        raise argparse.ArgumentTypeError("a name is 1 to 64 letters, digits, '.', '_' or '-'")
    return text


def duration(text: str) -> int:
    """Nanoseconds of 250ms, 10s, 5m; for argparse."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(ns|us|ms|s|m|h)", text)
    unit = {"ns": 1, "us": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}
    nanoseconds = round(float(match[1]) * unit[match[2]]) if match else 0
    if nanoseconds <= 0:
        raise argparse.ArgumentTypeError("a duration above zero, such as 250ms, 10s or 5m")
    return nanoseconds
