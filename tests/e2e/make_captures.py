#!/usr/bin/env python3
"""Makes the golden captures anew: captures/<name>/{input.pcapng,expect.json,README.md}; `make captures`. Arguments name some of them.

Each holds a server, and clients one after another. captures_test.py reads them again. As root it listens on the loopback interface,
else it stands between.
"""

import json
import pathlib
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass, field

from peers import GZIP_SERVER, KINDS, PATIENCE, ROOT, STACKS, greeter_of, start_peer, tls_options
from support import TESTIGO, Process, make_certificates, may_capture, run, temporary_folder

CAPTURES = ROOT / "captures"
ATTEMPTS = 20
ORDERLY = [["--kind", kind, "--count", 2, "--every", "20ms", "--messages", 3] for kind in KINDS]
HASTY = ["--kind", "server-stream", "--count", 70, "--every", "100us", "--messages", 1, "--deadline", "2ms"]


@dataclass
class Recipe:
    server: str
    client: str
    about: str
    clients: list = field(default_factory=lambda: ORDERLY)  # the options of each
    server_options: list = field(default_factory=list)
    client_options: list = field(default_factory=list)
    tls: bool = False
    shows: str = ""  # made again until this check fails


def recipes():
    """By name."""
    orderly = "One client after another, each on a connection of its own, makes two calls of one kind: " + ", ".join(KINDS) + "."
    gzip = ["--gzip", "--payload-bytes", 400]
    found = {}
    for stack in STACKS:
        found[f"{stack}-h2c"] = Recipe(stack, stack, f"Cleartext HTTP/2. {orderly}")
        found[f"{stack}-gzip"] = Recipe(stack, stack, f"Cleartext HTTP/2, messages compressed by gzip. {orderly}",
                                        server_options=GZIP_SERVER[stack], client_options=gzip)
        found[f"{stack}-tls"] = Recipe(stack, stack, f"HTTP/2 over TLS, of which a witness sees ciphertext. {orderly}", tls=True)
    hasty = "The client is in a hurry: calls whose deadline passes before their HEADERS are written are reset on streams that were never opened."
    found["cpp-reset-of-idle"] = Recipe("python", "cpp", hasty, clients=[HASTY], shows="ST04")
    return found


def read(capture):
    """What `testigo watch --json` tells of it."""
    lines = [json.loads(line) for line in run(TESTIGO, "watch", "--json", capture).out]
    kept = {what: [line for line in lines if line["type"] == what] for what in ("call", "finding")}
    return {"verdict": lines[-1]["verdict"], "calls": kept["call"], "findings": kept["finding"]}


def record(recipe, folder):
    """The capture, and the command that witnessed it."""
    make_certificates(folder)
    identity, trust = tls_options(folder) if recipe.tls else ([], [])
    with start_peer(recipe.server, *identity, *recipe.server_options) as server:
        witness, address, command = start_witness(server.address, folder)
        with witness:
            for options in recipe.clients:
                client = run(greeter_of(recipe.client), "client", "--target", address, *options, *trust, *recipe.client_options, patience=PATIENCE)
                assert client.code == 0 or recipe.shows, client
            assert server.stop() == 0, server
            witness.stop(signal.SIGINT)
    return max(folder.glob("evidence/*/wire.pcapng")), command


def start_witness(address, folder):
    """A process, where it is to be called, and its command."""
    own = ["--payloads", "--out", folder / "evidence"]
    if may_capture():
        folder.chmod(0o777)
        port = address.rpartition(":")[2]
        witness = Process(TESTIGO, "watch", "-i", "lo", "--filter", f"port {port}", "--write", *own)
        witness.line("listening;", err=True)
        return witness, address, f"testigo watch -i lo --filter 'port {port}' --write --payloads"
    witness = Process(TESTIGO, "tap", "--listen", "127.0.0.1:0", "--to", address, *own)
    return witness, witness.line(r"listening on (\S+),", err=True)[1], f"testigo tap --listen 127.0.0.1:0 --to {address} --payloads"


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout.strip()


def version(stack):
    if stack == "cpp":
        return "gRPC C++ " + output("pkg-config", "--modversion", "grpc++")
    if stack == "python":
        python = output("scripts/interop-environment", stack) + "/bin/python"
        return "grpcio " + output(python, "-c", "import grpc, platform; print(grpc.__version__, 'on CPython', platform.python_version())")
    if stack == "go":
        pinned, = (line.split()[1] for line in (ROOT / "interop/go/go.mod").read_text().splitlines() if line.startswith("\tgoogle.golang.org/grpc v"))
        return f"grpc-go {pinned} on {output('go', 'env', 'GOVERSION')}"
    packages = json.loads((ROOT / "interop/node/package-lock.json").read_text())["packages"]
    return f"grpc-js {packages['node_modules/@grpc/grpc-js']['version']} on Node {output('node', '--version')}"


README = """# {name}

Server: {server}. Client: {client}.
{about}

Made by `make captures` with {testigo}, by

```sh
{command}
```

[captures_test.py](../../tests/e2e/captures_test.py) holds it to `expect.json`{dissector}.
"""


def make(name, recipe):
    for _ in range(ATTEMPTS):
        with temporary_folder() as folder:
            capture, command = record(recipe, folder)
            told = read(capture)
            if recipe.shows in {finding["check"] for finding in told["findings"]} | {""}:
                return write(CAPTURES / name, recipe, capture, command)
    raise AssertionError(f"{name}: not in {ATTEMPTS} attempts")


def write(to, recipe, capture, command):
    to.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(capture, to / "input.pcapng")
    expected = json.dumps(read(to / "input.pcapng"), indent=1, ensure_ascii=False)
    (to / "expect.json").write_text(f"{expected}\n", encoding="utf-8")
    words = {"name": to.name, "server": version(recipe.server), "client": version(recipe.client), "about": recipe.about, "command": command,
             "testigo": output(pathlib.Path(TESTIGO).resolve(), "--version"),
             "dissector": "" if recipe.tls else ", and every call to what tshark dissects"}
    (to / "README.md").write_text(README.format(**words), encoding="utf-8")
    print(f"{to.name}: {(to / 'input.pcapng').stat().st_size} octets", flush=True)


if __name__ == "__main__":
    for wanted, how in recipes().items():
        if len(sys.argv) == 1 or wanted in sys.argv[1:]:
            make(wanted, how)
