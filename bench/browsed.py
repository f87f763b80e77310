"""The page in a Chromium, for yardsticks.py: what web/e2e/main.mjs measures of it."""

import contextlib
import json
import pathlib
import re
import signal
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
CLIENTS = 10  # each makes a call a millisecond


def asked(scenario, **given):
    """What the browser tells of a scenario."""
    done = subprocess.run(["node", ROOT / "web/e2e/main.mjs"], input=json.dumps({"do": scenario, **given}) + "\n", capture_output=True, text=True, check=True)
    answer = json.loads(done.stdout)
    if "failed" in answer:
        raise SystemExit(answer["failed"])
    return answer["told"]


def memory_of(process):
    return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{process.pid}/status").read_text())[1]) * 1024


class Followed:
    """A tap of 10,000 calls a second, `show` that follows its evidence, and a browser that follows `show`. Memory is told of each at these `marks`, in seconds
    after the begin: of the page what its scripts hold when the garbage is gone."""

    def __init__(self, testigo, greeter, start, marks):
        with contextlib.ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="testigo-page-"))
            _, address = start(stack, r"listening on ([^\"\s]+)", greeter, "server", "--listen", "127.0.0.1:0", out=True)
            tap, tapped = start(stack, r"listening on (\S+),", testigo, "tap", "--listen", "127.0.0.1:0", "--to", address, "--quiet", "--json", "--out", folder)
            client = [greeter, "client", "--target", tapped, "--every", "1ms", "--for", f"{marks[-1] + 30}s", "--deadline", "60s"]
            begun_calls = time.monotonic()
            clients = [subprocess.Popen([*client, "--name", f"client{number}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for number in range(CLIENTS)]
            for each in clients:
                stack.callback(each.kill)
            evidence = next(pathlib.Path(folder).iterdir())
            show, url = start(stack, r"^(http://\S+)", testigo, "show", evidence, out=True)
            browser = subprocess.Popen(["node", ROOT / "web/e2e/main.mjs"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            stack.callback(browser.kill)
            begun = time.monotonic()
            browser.stdin.write(json.dumps({"do": "held", "url": url, "seconds": marks}) + "\n")
            browser.stdin.close()
            memory = []
            for mark in marks:
                time.sleep(max(0, begun + mark - time.monotonic()))
                memory.append((memory_of(show), memory_of(tap)))
            answer = json.loads(browser.stdout.readline())
            if "failed" in answer:
                raise SystemExit(answer["failed"])
            for process in (show, tap):
                process.send_signal(signal.SIGINT)
            took = time.monotonic() - begun_calls
            self.calls = json.loads(tap.communicate()[0].splitlines()[-1])["calls"]["on_wire"]
            show.wait()
        self.show, self.tap = zip(*memory)
        self.page = [told["heap"] for told in answer["told"]]
        self.rate = self.calls / took
