#!/usr/bin/env python3
"""The page as its reader uses it, in a Chromium, on evidence of real runs: report.html from its file, and what testigo show serves. What it
shows is what report.json, the statements and the capture say. What a reader does is in web/e2e; what must come of it is here."""

import base64
import collections
import contextlib
import http.client
import http.server
import json
import math
import pathlib
import re
import select
import shutil
import signal
import socket
import sqlite3
import struct
import subprocess
import threading
import unittest
import zlib

from support import TESTIGO, WEB, Process, call_number, needs, read_json_lines, run, start_tap, temporary_folder, wait_until, why_no_page

DONE, BROKEN = 0, 1
WIDE = ["--tolerance", "10s"]  # timing is tested elsewhere
METHOD = "/testigo.greeter.v1.Greeter/Greet"


class Browser:
    """web/e2e/main.mjs: one Chromium for all tests of this file."""

    def __init__(self):
        self.node = subprocess.Popen(["node", WEB / "e2e/main.mjs"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __call__(self, scenario, patience=120, **given):
        self.node.stdin.write(json.dumps({"do": scenario, **given}, default=str).encode() + b"\n")
        self.node.stdin.flush()
        if not select.select([self.node.stdout], [], [], patience)[0]:
            raise AssertionError(f"{scenario} is not done after {patience} s")
        answer = json.loads(self.node.stdout.readline() or '{"failed": "the browser has gone"}')
        if "failed" in answer:
            raise AssertionError(f"{scenario}: {answer['failed']}")
        return answer["told"]

    def close(self):
        self.node.stdin.close()
        self.node.stdout.close()
        self.node.wait(30)


class Evidence:
    """Of a run of verify, with its report.html."""

    def __init__(self, parent, *options):
        ran = run(TESTIGO, "verify", *WIDE, "--out", parent, "--json", *options, patience=60)
        self.folder = pathlib.Path(json.loads(ran.out[-1])["evidence"])
        self.code = ran.code
        self.write()

    def write(self):
        ran = run(TESTIGO, "report", self.folder, *WIDE, "--json", patience=60)
        if ran.code != DONE:
            raise AssertionError(f"{ran}")
        self.report = json.loads(ran.out[-1])
        self.html = self.folder / "report.html"

    def statements(self, witness, kind):
        files = sorted((self.folder / "statements").iterdir())
        of_witness = [lines for lines in map(read_json_lines, files) if lines[0]["witness"] == witness]
        return [dict(line, name=lines[0]["name"]) for lines in of_witness for line in lines if line["type"] == kind]

    def watched(self):
        """The calls that watch sees in the same capture, with the clients that the ledger knows them by."""
        ran = run(TESTIGO, "watch", self.folder / "wire.pcapng", "--json", patience=60)
        with contextlib.closing(sqlite3.connect(f"file:{self.folder / 'ledger.db'}?mode=ro", uri=True)) as ledger:
            clients = {(connection, stream): client for connection, stream, client in ledger.execute("SELECT connection, stream, client FROM calls")}
        return [dict(line, by=clients[line["connection"], line["stream"]]) for line in map(json.loads, ran.out) if line["type"] == "call"]


def median(values):
    """By nearest rank."""
    return sorted(values)[math.ceil(len(values) / 2) - 1]


def nanoseconds(shown):
    """Of a duration as people read it; it has three digits."""
    number, unit = shown.split()
    return float(number) * {"ns": 1, "µs": 1e3, "ms": 1e6, "s": 1e9, "min": 60e9}[unit]


def setUpModule():
    global browser, swapped, clean
    browser = swapped = clean = None
    if why_no_page() is None:
        stack = contextlib.ExitStack()
        unittest.addModuleCleanup(stack.close)
        parent = stack.enter_context(temporary_folder())
        swapped = Evidence(parent, "--for", "4s", "--misbehave", "swap:6")
        clean = Evidence(parent, "--for", "800ms", "--every", "40ms", "--kind", "bidi", "--clients", "3")
        browser = stack.enter_context(contextlib.closing(Browser()))


class Page(unittest.TestCase):
    maxDiff = None

    def same(self, shown, said, what):
        """A duration, to the three digits that are shown."""
        self.assertLess(abs(nanoseconds(shown) - said), 0.006 * said, f"{what}: the page shows {shown}, measured were {said} ns")


@needs("page", why_no_page())
class Report(Page):
    """report.html, opened from its file."""

    def test_says_what_report_json_says(self):
        for evidence, verdict in ((swapped, "BROKEN"), (clean, "PROVEN")):
            with self.subTest(verdict):
                self.assertEqual(evidence.report["verdict"], verdict)
                self.says_the_same(evidence, browser("read", url=evidence.html))

    def says_the_same(self, evidence, told):
        report = json.loads((evidence.folder / "report.json").read_text())
        self.assertEqual(told["verdict"], report["verdict"])
        self.assertEqual(told["title"], f"{report['verdict']} · Testigo · {evidence.folder.name}")
        members = ("number", "outcome", "sentence", "because", "exhibits_total")
        self.assertEqual([{**{name: claim[name] for name in members[:-1]}, "exhibits_total": claim["exhibits"]} for claim in told["claims"]],
                         [{name: claim[name] for name in members} for claim in report["claims"]])
        self.assertEqual([claim["tag"] for claim in told["claims"]], [claim["outcome"].lower() for claim in report["claims"]])
        self.assertEqual(told["findings"], [str(report["findings"][grade]) for grade in ("errors", "warnings", "infos")])
        failed = {check: said["failed"] for check, said in report["checks"].items() if said["outcome"] == "fail"}
        self.assertEqual({check: int(times) for check, times in told["failed"].items() if check in failed}, failed)
        self.assertEqual("EX01" in failed, evidence is swapped)
        by_outcome = collections.defaultdict(set)
        for check, said in report["checks"].items():
            by_outcome[said["outcome"]].add(check)
        words = {"pass": "passed", "fail": "failed", "not-observed": "not observed", "not-judgeable": "not judgeable"}
        self.assertEqual({name: set(checks) for name, checks in told["checks"].items()},
                         {f"{words[outcome]} {len(checks)}": checks for outcome, checks in by_outcome.items()})
        self.assertEqual(told["calls"], sum(client["calls"] for client in report["clients"]))
        numbers = [re.match(r"(\S+): (\d+) calls?, (\d+) OK(?: · (\d+) failed)?, p50 (.*)$", client).groups() for client in told["clients"]]
        self.assertEqual({name: (int(calls), int(ok), int(failed or 0)) for name, calls, ok, failed, _ in numbers},
                         {client["client"]: (client["calls"], client["ok"], client["failed"]) for client in report["clients"]})
        self.latencies_are_the_same(evidence, told, {name: p50 for name, _, _, _, p50 in numbers})

    def latencies_are_the_same(self, evidence, told, of_clients):
        measured = {witness: [line["latency_ns"] for line in evidence.statements(witness, "ended")] for witness in ("client", "server")}
        calls = evidence.watched()
        measured["wire"] = [call["latency_ns"] for call in calls]
        self.assertEqual(len(calls), told["calls"])
        for witness, values in measured.items():
            self.same(told["latency"][witness][0], median(values), f"p50 of the {witness}")
            self.same(told["latency"][witness][4], max(values), f"the longest of the {witness}")
            self.assertEqual(told["latency"][witness][5], str(len(values)))
        for name, p50 in of_clients.items():
            self.same(p50, median([call["latency_ns"] for call in calls if call["by"] == name]), f"p50 of {name} on the wire")

    def test_a_swapped_answer_down_to_the_octets_that_say_so(self):
        said = swapped.report["claims"][2]["exhibits"][0]
        self.assertTrue(said["octets"])
        told = browser("exhibit", url=swapped.html, claim=3)
        self.assertEqual((told["text"], told["octets"], told["call"]), (said["text"], said["octets"], said["call"]))
        self.assertEqual(told["wanted"], said["wire"][0]["packet"])
        self.assertIn(said["octets"], told["wanted_octets"], "the exhibit leads to another frame")
        capture = (swapped.folder / "wire.pcapng").read_bytes()
        for frame in told["frames"]:
            self.assertIn(bytes.fromhex(frame["octets"]), capture, f"{frame['type']} of packet {frame['packet']}")
        self.assertIn(said["wire"][0]["packet"], {frame["packet"] for frame in told["frames"]})
        answers = [frame["octets"] for frame in told["frames"] if (frame["type"], frame["direction"]) == ("DATA", "to-client")]
        self.assertTrue(any(said["octets"] in octets for octets in answers), "no frame shows the octets of the exhibit")
        request = next(frame for frame in told["frames"] if frame["type"] == "HEADERS" and frame["direction"] == "to-server")
        fields = dict(request["fields"])
        self.assertEqual((fields[":method"], fields[":path"]), ("POST", METHOD))
        self.assertEqual(fields["testigo-id"], said["call"])
        self.assertTrue(any("The reply names somebody else" in difference for difference in told["differences"]), told["differences"])
        self.assertEqual(len(told["statements"]), 4)
        self.assertIn(f"call={said['call']}", told["url"])

    def test_a_finding_leads_to_its_frame(self):
        said = next(finding for finding in clean.report["findings"]["first"] if "stream" in finding["wire"])
        told = browser("finding", url=clean.html, check=said["check"])
        self.assertEqual((told["text"], told["packet"]), (said["text"], said["wire"]["packet"]))
        self.assertIn(f"packet {said['wire']['packet']}, connection {said['wire']['connection']}, stream {said['wire']['stream']}", told["place"])
        self.assertIn(bytes.fromhex(told["octets"]), (clean.folder / "wire.pcapng").read_bytes())
        self.assertIn(said["check"], told["findings"])
        self.assertTrue(all(command.startswith("tshark ") for command in told["commands"]) and told["commands"])

    def test_filters(self):
        ended = swapped.statements("client", "ended")
        of_client1 = [line for line in ended if line["name"] == "client1"]
        astray = {line["id"] for line in ended if (line["reply"]["client"], line["reply"]["call"]) != (line["name"], call_number(line))}
        told = browser("filters", url=swapped.html, client="client1", method=METHOD, status=0)
        self.assertEqual((told["all"], told["client"], told["method"], told["status"]),
                         (len(ended), len(of_client1), len(ended), sum(line["status"] == 0 for line in ended)))
        self.assertEqual(told["differences"], len(astray))
        self.assertEqual(told["both"], sum(name.startswith("client1/") for name in astray))
        self.assertEqual(told["again"], told["both"])
        self.assertEqual(set(told["hash"][1:].split("&")), {"client=client1", "only=difference", "sort=-latency"})

    def test_words_and_colours(self):
        told = browser("words_and_colours", url=swapped.html)
        for name in ("light", "chosen_light", "chosen_dark", "system_dark"):
            self.assertEqual(told[name]["dark"], name.endswith("dark"), name)
            self.assertGreater(told[name]["contrast"], 4.5, name)
            self.assertGreaterEqual(told[name]["borders"], 3, name)
        self.assertEqual(told["same_heads"], [])

    def test_keys_alone(self):
        said = swapped.report["claims"][2]["exhibits"][0]
        told = browser("keys", url=swapped.html, claim=3)
        self.assertEqual(told["call"], said["call"])
        self.assertRegex(told["octet"], rf"^3: 0x{told['octets'][6:8]} · ")
        self.assertNotEqual(told["second"], "")

    def test_the_way_past_the_top(self):
        browser("skip", url=swapped.html, client="client1")

    def test_the_active_row(self):
        self.assertGreater(len(clean.statements("client", "ended")), 40, "all rows are there")
        told = browser("scrolled", url=clean.html)
        self.assertEqual((told["at_first"], told["far"]), ("call-0", None))
        self.assertRegex(told["end"], r"^call-[1-9]")

    def test_keys_on_a_phone_with_filters(self):
        told = browser("phone_keys", url=swapped.html)
        self.assertGreater(told["steps"], 5)
        self.assertEqual(told["hidden"], [])

    def test_a_call_beside_its_list(self):
        first, second = browser("beside", url=swapped.html)["calls"]
        self.assertNotEqual(first, second)

    def test_names_of_the_flow_end_with_their_boxes(self):
        def wide(document):
            document["clients"][0]["name"] = "W" * 20
            document["servers"][0]["name"] = "M" * 40

        with temporary_folder() as folder:
            html = altered(clean.html, folder / "wide.html", wide)
            for width in (1280, 390):
                told = browser("names", url=html, width=width)
                self.assertEqual(told["first"], "W" * 20)
                self.assertLessEqual(told["beyond"], 0)

    def test_steps_on_the_time_line(self):
        told = browser("steps", url=clean.html)
        none = "No further call that is not OK."
        self.assertEqual([told[step]["said"] for step in ("next", "previous", "after")], [none] * 3)
        self.assertEqual(told["previous"]["hash"], "", "the begin and the end of a whole run are not the whole run")
        self.assertRegex(told["zoomed"]["hash"], r"^#view=\d+-\d+$")
        self.assertEqual((told["after"]["hash"], told["opened"]), (told["zoomed"]["hash"], 0))
        for step in ("first", "moved"):
            begin, end = map(int, re.match(r"#view=(-?\d+)-(\d+)$", told[step]["hash"]).groups())
            start = float(re.search(r", OK, (\S+) s$", told[step]["said"])[1]) * 1e9
            self.assertTrue(begin - 1e6 <= start <= end + 1e6, told[step])
        self.assertEqual(told["last"]["said"], "No further call.")

    def test_the_wheel_on_the_time_line(self):
        browser("wheel", url=clean.html)

    def test_a_range_that_begins_before_the_run(self):
        def early(document):
            columns = Columns(document["calls"])
            columns.of["start_ns"][0] = -2e8
            columns.write()

        with temporary_folder() as folder:
            shown, of = browser("all_selected", url=altered(clean.html, folder / "early.html", early))
        self.assertEqual(shown, of)

    def test_links_to_places_are_high_enough(self):
        told = browser("places", url=swapped.html, claim=3)
        self.assertGreater(told["links"], 1)
        self.assertEqual(told["low"], [])

    def test_percentiles_of_bursts_and_of_one_call(self):
        def bursts(document):
            columns = Columns(document["calls"])
            rows = document["calls"]["kept"]
            columns.of["start_ns"] = [row // 12 * 10e9 + row % 12 * 1e5 for row in range(rows)]
            columns.write()

        with temporary_folder() as folder:
            html = altered(clean.html, folder / "bursts.html", bursts)
            self.assertGreater(browser("percentiles", url=html), 50)
            self.assertGreater(browser("percentiles", url=html, hash="#time=0-1"), 50)

    def test_a_phone(self):
        for dark in (False, True):
            told = browser("phone", url=swapped.html, claim=3, dark=dark)
            for part in ("page", "claim", "call"):
                self.assertEqual(told[part], {"page": 0, "elements": []}, part)
            self.assertEqual(told["dialog"], 0)

    def test_enlarged_letters(self):
        for width in (375, 1280):
            with self.subTest(width=width):
                told = browser("enlarged", url=swapped.html, width=width, percent=200)
                self.assertAlmostEqual(told["grown"], 2, delta=0.1)
                self.assertEqual(told["page"], {"page": 0, "elements": []})
                self.assertEqual(told["over"], [])
                self.assertLessEqual(told["head"], 0)
                self.assertTrue(told["last_seen"])
                self.assertGreater(told["title"], 8)
                self.assertEqual(told["dialog"], 0)

    def test_dates_where_there_are_several(self):
        def far(document):
            columns = Columns(document["calls"])
            columns.of["start_ns"][-1] += 365 * 86_400e9
            columns.write()

        with temporary_folder() as folder:
            document = {}
            altered(clean.html, folder / "same.html", document.update)
            day = document["began"][:10]
            told = browser("times", url=clean.html)
            for time in (told["first"], told["call"]):
                self.assertRegex(time, r"^\d\d:\d\d:\d\d\.\d{6}$")
            for end in ("began", "ended"):
                self.assertIn(document[end], told["print"])
            html = altered(clean.html, folder / "far.html", far)
            for width, decimals in ((1280, r"\.\d{6}"), (375, "")):
                told = browser("times", url=html, width=width)
                self.assertRegex(told["first"], rf"^{day} \d\d:\d\d:\d\d{decimals}$")
                self.assertRegex(told["call"], rf"^{day} \d\d:\d\d:\d\d\.\d{{6}}$")
                self.assertEqual(told["cut"], 0)


def start_show(folder, *options, listen="127.0.0.1:0"):
    """Shows it; `url` is what it printed."""
    show = Process(TESTIGO, "show", folder, "--listen", listen, *options)
    try:
        show.url = show.line(r"^(http://\S+)$")[1]
    except AssertionError:
        show.__exit__()
        raise
    return show


@needs("page", why_no_page())
class Live(Page):
    def test_the_lie_is_seen_while_it_is_told(self):
        lie = ["--for", "12s", "--misbehave", "swap:12"]
        with temporary_folder() as parent, Process(TESTIGO, "verify", *WIDE, *lie, "--out", parent, "--json") as verify:
            folder = wait_until(lambda: next(parent.glob("*/statements"), None), "an evidence folder").parent
            with start_show(folder) as show:
                told = browser("live", url=show.url, lie=12)
                self.assertEqual(verify.wait(60), BROKEN, verify)
                self.assertEqual(show.stop(), DONE)
            report = json.loads(verify.out[-1])
            self.assertEqual((told["at_first"], told["verdict"]), ("LISTENING", "BROKEN"))
            self.assertTrue(told["while_it_ran"])
            self.assertEqual(sorted(set(told["counts"])), told["counts"])
            self.assertEqual(told["calls"], sum(client["calls"] for client in report["clients"]))
            exhibits = [exhibit["call"] for exhibit in report["claims"][2]["exhibits"]]
            self.assertIn(told["call"], exhibits)
            self.assertIn(told["exhibited"], exhibits)
            self.assertIn("The reply names somebody else", told["difference"])
            self.assertIn(bytes.fromhex(told["octets"]), (folder / "wire.pcapng").read_bytes())
            said = next(exhibit for exhibit in report["claims"][2]["exhibits"] if exhibit["call"] == told["call"])
            self.assertIn(said["octets"], told["octets"], "the frame does not show the octets of the exhibit")


    def test_a_finding_is_seen_while_the_run_goes_on(self):
        with temporary_folder() as parent, HostileServer() as server, start_tap(server.address, parent, "--payloads") as tap:
            folder = wait_until(lambda: next(parent.glob("*/wire.pcapng"), None), "a capture").parent
            with start_show(folder) as show, at_the_word(lambda: ask(tap.address)) as go:
                told = browser("found", url=show.url, go=go)
                self.assertTrue(tap.running, "the run goes on")
            tap.stop(signal.SIGINT)
            report = json.loads(tap.out[-1])
            capture = (folder / "wire.pcapng").read_bytes()
        self.assertIn("No check has failed so far.", told["at_first"])
        self.assertEqual(told["sums_at_first"], ["0", "0", "0"])
        self.assertTrue(told["live"])
        self.assertIn("the wire (tap)", told["wire"])
        said = [finding for finding in report["findings"]["first"] if finding["check"] == told["check"]]
        self.assertIn((told["text"], told["packet"]), [(finding["text"], finding["wire"]["packet"]) for finding in said])
        self.assertIn(told["check"], told["findings"])
        self.assertIn(bytes.fromhex(told["octets"]), capture)
        self.assertTrue(told["commands"] and all(f"tshark -r {folder}/wire.pcapng -d tcp.port==" in command for command in told["commands"]), told["commands"])
        self.assertIn("finding", told["row_marked"])
        self.assertGreater(told["with_findings"], 0)
        self.assertEqual(told["rows"], told["with_findings"])
        self.assertLessEqual(int(told["sums"][0]), report["findings"]["errors"])
        self.assertGreater(int(told["sums"][0]), 0)

    def test_who_pauses_stays_there(self):
        with temporary_folder() as parent, Process(TESTIGO, "verify", *WIDE, "--every", "50ms", "--for", "12s", "--out", parent, "--json") as verify:
            folder = wait_until(lambda: next(parent.glob("*/statements"), None), "an evidence folder").parent
            with start_show(folder, *WIDE) as show:
                told = browser("looks_back", url=show.url)
                self.assertEqual(verify.wait(60), DONE, verify)
                self.assertEqual(show.stop(), DONE)
            report = json.loads(verify.out[-1])
        calls = sum(client["calls"] for client in report["clients"])
        self.assertEqual(told["said_alone"], 0)
        self.assertEqual(told["shown"][0], told["shown"][1])
        self.assertLess(told["shown"][1], calls)
        self.assertEqual((told["ended"], told["paused_verdict"], told["verdict"]), ("The run has ended.", "LISTENING", "PROVEN"))
        self.assertEqual(told["whole"], [calls, calls])
        self.assertEqual(told["said"], told["filtered"])

    def test_a_drag_is_kept_and_the_focus_is_seen_while_calls_come(self):
        with temporary_folder() as parent, Process(TESTIGO, "verify", *WIDE, "--every", "50ms", "--for", "600s", "--out", parent):
            folder = wait_until(lambda: next(parent.glob("*/statements"), None), "an evidence folder").parent
            with start_show(folder, *WIDE) as show:
                told = browser("busy", url=show.url)
                self.assertEqual(show.stop(), DONE)
        self.assertGreater(told["drawn"], 0, "nothing came")
        self.assertAlmostEqual(told["selected"], 0.4, delta=0.02)
        self.assertLess(told["time"][0], told["time"][1])
        self.assertGreater(told["reached"], 10)
        self.assertEqual(told["covered"], [])

    def test_a_connection_that_is_lost(self):
        with temporary_folder() as parent, Process(TESTIGO, "verify", *WIDE, "--every", "50ms", "--for", "600s", "--out", parent):
            folder = wait_until(lambda: next(parent.glob("*/statements"), None), "an evidence folder").parent
            with start_show(folder) as show, at_the_word(show.stop) as go:
                told = browser("lost", url=show.url, go=go)
        self.assertIn("The connection to testigo is lost.", told["words"])
        self.assertNotIn("Live", told["words"])
        self.assertTrue(told["above"], "the filters are covered")
        self.assertTrue(any(re.match("It is tried again in [0-9]+ s", words) for words in told["seconds"]), told["seconds"])
        self.assertTrue(told["trouble_stays"])

    def test_a_call_that_is_pointed_at_stays_that_call(self):
        with temporary_folder() as parent, Process(TESTIGO, "verify", *WIDE, "--every", "100ms", "--for", "600s", "--out", parent) as verify:
            folder = wait_until(lambda: next(parent.glob("*/statements"), None), "an evidence folder").parent
            with start_show(folder, *WIDE) as show:
                told = browser("followed", url=show.url)
                self.assertEqual(show.stop(), DONE)
        began = [float(re.search(r"(\S+) s$", step)[1]) for step in told["steps"]]
        self.assertEqual(began, sorted(began))
        self.assertEqual(len(set(told["calls"])), 3, told["calls"])
        self.assertEqual([call.split("/")[0] for call in told["calls"]], [step.split(",")[0] for step in told["steps"]])
        self.assertEqual(told["tip_later"], told["tip"])
        self.assertEqual((told["row_later"], told["top_later"]), (told["row"], told["top"]))

    def test_a_run_that_was_killed_is_not_called_live(self):
        for dark in (False, True):
            with temporary_folder() as parent, Process(TESTIGO, "verify", *WIDE, "--every", "20ms", "--for", "120s", "--out", parent) as verify:
                folder = wait_until(lambda: next(parent.glob("*/statements"), None), "an evidence folder").parent
                with start_show(folder, *WIDE) as show, at_the_word(lambda: verify.send(signal.SIGKILL)) as go:
                    told = browser("killed", url=show.url, go=go, dark=dark)
                    self.assertEqual(show.stop(), DONE)
                ran = run(TESTIGO, *told["command"].split()[1:], *WIDE, "--json", patience=60)
                self.assertEqual(ran.code, DONE, ran)
                self.assertEqual(json.loads(ran.out[-1])["verdict"], told["verdict"])
                self.assertTrue((folder / "report.html").exists())
            self.assertEqual(told["at_first"], "LISTENING")
            self.assertIn("its process is gone", told["notice"])
            self.assertIn("su proceso ya no existe", told["spanish"])
            self.assertEqual(told["command"], f"testigo report {folder}")
            self.assertEqual((told["live"], told["beyond"]), (0, {"page": 0, "elements": []}))


@contextlib.contextmanager
def at_the_word(act):
    """Gives an address; whoever asks for it has that done."""
    class Word(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            act()
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Word) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


def get(url, path, headers=None):
    """The status, the headers and the body of an answer; `headers` may name another host."""
    host = re.match(r"http://([^/]+)", url)[1]
    connection = http.client.HTTPConnection(host, timeout=10)
    with contextlib.closing(connection):
        connection.putrequest("GET", path, skip_host="Host" in (headers or {}))
        for name, value in (headers or {}).items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()


@contextlib.contextmanager
def another_origin():
    """A page of somebody else's; gives its address."""
    class Bare(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>elsewhere</title><link rel=icon href=data:,><body>")

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Bare) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@needs("page", why_no_page())
class Served(Page):
    def test_to_its_own_origin_only(self):
        with start_show(swapped.folder) as show, another_origin() as port:
            for host in ("127.0.0.1", "localhost"):
                told = browser("elsewhere", url=show.url, **{"from": f"http://{host}:{port}/"})
                for way, outcome in told.items():
                    with self.subTest(f"{way} from {host}"):
                        self.assertNotIn("testigo-page", outcome)
                        if way != "frame":
                            self.assertRegex(outcome, "^refused: ")
                self.assertNotIn("BROKEN", told["frame"])
            self.assertEqual(browser("token", url=show.url)["verdict"], "BROKEN")
            for path in ("/", "/data", "/events", "/call?row=0"):
                for headers in ({"Host": "evil.example"}, {"Host": f"evil.example:{show.url.split(':')[-1][:-1]}"}, {"Host": "127.0.0.1.evil.example"},
                                {"Origin": "http://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}):
                    with self.subTest(path=path, headers=headers):
                        status, _, body = get(show.url, path, headers)
                        self.assertEqual(status, 403)
                        self.assertLess(len(body), 100)
            wait_until(lambda: json.loads(get(show.url, "/data")[2])["report"], "a verdict")
            status, headers, body = get(show.url, "/data")
            self.assertEqual((status, json.loads(body)["report"]["verdict"]), (200, "BROKEN"))
            self.assertNotIn("Access-Control-Allow-Origin", headers)
            self.assertEqual(get(show.url, "/../../etc/passwd")[0], 404)
            self.assertEqual(get(show.url, "/wire.pcapng")[0], 404)

    def test_beyond_the_machine_with_its_token_only(self):
        with start_show(swapped.folder, listen="0.0.0.0:0") as show:
            token = re.search(r"\?token=([0-9a-f]{32,})$", show.url)[1]
            url = show.url.replace("0.0.0.0", "127.0.0.1")
            status, headers, _ = get(url, f"/data?token={token}")
            self.assertEqual(status, 200)
            cookie, attributes = headers["Set-Cookie"].split("; ", 1)
            self.assertTrue(cookie.endswith(f"={token}") and {"HttpOnly", "SameSite=Strict"} <= set(attributes.split("; ")), headers)
            for path in ("/", "/data", "/events", "/call?row=0"):
                joint = "&" if "?" in path else "?"
                for wrong in ("", f"{joint}token=", f"{joint}token={token[:-1]}", f"{joint}token={'0' * len(token)}"):
                    self.assertEqual(get(url, path + wrong)[0], 401, path + wrong)
                self.assertEqual(get(url, path, {"Cookie": f"{cookie[:-1]}x"})[0], 401)
            self.assertEqual(get(url, "/data", {"Cookie": f"a=b; {cookie}"})[0], 200)
            self.assertEqual(get(url, f"/data?token={token}", {"Origin": "http://evil.example"})[0], 403)
            told = browser("token", url=url)
            self.assertEqual(told["verdict"], "BROKEN")
            self.assertGreaterEqual(told["frames"], 4)


SCRIPT = "<script>window.hacked=1;alert(1)</script>"
IMAGE = '"><img src=x onerror="window.hacked=2;alert(2)">'
END = "</script></style></title></textarea>--><!--<script>"
SQL = "'); DROP TABLE calls; --"
TERMINAL = "\x1b[2J\x1b]0;hacked\x07\r\b"
TURNED = "\u202egpj.exe\u2066\u200b\ufeff"
MARKDOWN = "`](javascript:alert(3)) ![](http://evil.example/x.png) | **x** <b>"
ALL = " ".join((SCRIPT, IMAGE, END, SQL, TERMINAL, TURNED, MARKDOWN))
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, SETTINGS, CONTINUATION = 0, 1, 4, 9
END_STREAM, ACK, END_HEADERS = 1, 1, 4


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def length(octets):
    """Of a string literal of HPACK, and the string."""
    size = len(octets)
    if size < 127:
        return bytes([size]) + octets
    out, size = b"\x7f", size - 127
    while size >= 128:
        out, size = out + bytes([size % 128 + 128]), size // 128
    return out + bytes([size]) + octets


def block(stream, fields, flags=0):
    """HEADERS and as many CONTINUATION as it takes; nothing of it in the dynamic table."""
    octets = b"".join(b"\x00" + length(name) + length(value) for name, value in fields)
    parts = [octets[at:at + 16_000] for at in range(0, len(octets), 16_000)]
    out = b""
    for at, part in enumerate(parts):
        out += frame(CONTINUATION if at else HEADERS, (0 if at else flags) | (END_HEADERS if at == len(parts) - 1 else 0), stream, part)
    return out


class HostileServer:
    """Answers each request with what nobody should answer. `address` says where."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        with contextlib.suppress(OSError):
            connection, _ = self.listener.accept()
            with connection, connection.makefile("rb") as octets:
                octets.read(len(PREFACE))
                connection.sendall(frame(SETTINGS, 0, 0, struct.pack(">HI", 6, 1 << 24)))
                while len(head := octets.read(9)) == 9:
                    octets.read(int.from_bytes(head[:3], "big"))
                    if head[3] == SETTINGS and not head[4] & ACK:
                        connection.sendall(frame(SETTINGS, ACK, 0))
                    if head[4] & END_STREAM and head[3] == DATA:
                        connection.sendall(self.answer(int.from_bytes(head[5:], "big")))

    @staticmethod
    def answer(stream):
        first = [(b":status", b"200"), (b"content-type", b"application/grpc"), (b"x-answer", ALL.encode()), (b"x-wrong", b"\xff\xfe\xc0\x80" + SCRIPT.encode())]
        message = b"\x0a" + bytes([len(SCRIPT)]) + SCRIPT.encode()
        last = [(b"grpc-status", b"5"), (b"grpc-message", ALL.encode()), (b"x-long", b"<b>" * 350_000)]
        return block(stream, first) + frame(DATA, 0, stream, b"\x00" + struct.pack(">I", len(message)) + message) + block(stream, last, END_STREAM)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()


def ask(address):
    """Three calls of a client that is as bad, on one connection."""
    host, port = address.rsplit(":", 1)
    with socket.create_connection((host, int(port))) as connection, connection.makefile("rb") as octets:
        connection.sendall(PREFACE + frame(SETTINGS, 0, 0, struct.pack(">HI", 6, 1 << 24)))
        for stream, path in ((1, f"/{SCRIPT}.S/{IMAGE}"), (3, f"/{TURNED}/{TERMINAL}"), (5, f"/{SQL}{MARKDOWN}/{END}")):
            fields = [(b":method", b"POST"), (b":scheme", b"http"), (b":path", path.encode()), (b":authority", IMAGE.encode()), (b"te", b"trailers"),
                      (b"content-type", b"application/grpc"), (b"user-agent", ALL.encode()), (b"x-name", SCRIPT.encode()), (b"x-octets", bytes(range(128, 256)))]
            message = b"\x0a" + bytes([len(IMAGE)]) + IMAGE.encode()
            connection.sendall(block(stream, fields) + frame(DATA, END_STREAM, stream, b"\x00" + struct.pack(">I", len(message)) + message))
            while len(head := octets.read(9)) == 9:
                octets.read(int.from_bytes(head[:3], "big"))
                if head[4] & END_STREAM and head[3] == HEADERS:  # a field block goes on behind it
                    while not head[4] & END_HEADERS:
                        head = octets.read(9)
                        octets.read(int.from_bytes(head[:3], "big"))
                    break


class Columns:
    """The calls of a page's document."""
    FORMATS = {"f64": "d", "u32": "I", "u16": "H", "u8": "B"}

    def __init__(self, calls):
        octets, at = zlib.decompress(base64.b64decode(calls["data"])), 0
        self.calls, self.of = calls, {}
        for column in calls["columns"]:
            form = f"<{calls['kept']}{self.FORMATS[column['type']]}"
            self.of[column["name"]] = list(struct.unpack_from(form, octets, at))
            at += struct.calcsize(form)

    def write(self):
        forms = (f"<{self.calls['kept']}{self.FORMATS[column['type']]}" for column in self.calls["columns"])
        octets = b"".join(struct.pack(form, *values) for form, values in zip(forms, self.of.values()))
        self.calls["data"] = base64.b64encode(zlib.compress(octets)).decode()


def altered(html, to, alter):
    """A report.html whose document was altered, beside the other."""
    text = html.read_text()
    begin = text.index('id="testigo-page">') + len('id="testigo-page">')
    end = text.index("</script>", begin)
    document = json.loads(text[begin:end])
    alter(document)
    to.write_text(text[:begin] + json.dumps(document).replace("<", "\\u003c") + text[end:])
    return to


@needs("page", why_no_page())
class Hostile(Page):
    """Evidence that was made to be more than text stays text, wherever it is shown."""

    def setUp(self):
        stack = contextlib.ExitStack()
        self.addCleanup(stack.close)
        self.folder = stack.enter_context(temporary_folder())

    def texts_are_inert(self, folder, kept, of, text):
        """In all that is written of it; the ledger has the text as it was, in that column."""
        for name in ("report.txt", "report.md", "report.json", "report.xml", "report.html"):
            octets = (folder / name).read_bytes()
            for bad in ("\x1b", "\x07", "\u202e", "\u2066", "\u200b") if name != "report.html" else ("\x1b", "\x07"):  # the page makes them inert
                self.assertNotIn(bad.encode(), octets, (name, bad))
            octets.decode("utf-8")
        html = (folder / "report.html").read_text()
        self.assertEqual(html.lower().count("<script"), (self.template_scripts()), "another script than the page's own")
        self.assertNotIn("<img", html.split('id="testigo-page">')[1].split("</script>")[0])
        markdown = re.sub(r"```.*?```|(`+)[^`].*?\1(?!`)", "", (folder / "report.md").read_text(), flags=re.S)
        self.assertNotRegex(markdown, r"<script|<img|javascript:|http://evil|<b>")

        with contextlib.closing(sqlite3.connect(f"file:{folder / 'ledger.db'}?mode=ro", uri=True)) as ledger:
            self.assertEqual(ledger.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
            self.assertGreater(ledger.execute("SELECT count(*) FROM calls").fetchone()[0], 0)
            self.assertEqual(ledger.execute(f"SELECT DISTINCT {kept} FROM {of} LIMIT 2", (text,)).fetchall(), [(text,)])

    @staticmethod
    def template_scripts():
        return (WEB / "dist/page.html").read_text().lower().count("<script")

    def test_a_wire(self):
        with HostileServer() as server, start_tap(server.address, self.folder, "--payloads") as tap:
            ask(tap.address)
            tap.stop(signal.SIGINT)
        folder = pathlib.Path(json.loads(tap.out[-1])["evidence"])
        ran = run(TESTIGO, "report", folder, "--json", patience=60)
        self.assertEqual(ran.code, DONE, ran)
        self.texts_are_inert(folder, "method", "methods WHERE method = ?", f"/{SCRIPT}.S/{IMAGE}")
        verdict = json.loads(ran.out[-1])["verdict"]
        expected = {"title": f"{verdict} · Testigo · {folder.name}", "marks": ["<script>window.hacked=1", "onerror=", "DROP TABLE", "gpj.exe", "evil.example"]}
        self.assertEqual(browser("hostile", url=folder / "report.html", **expected)["rows"], 3)
        with start_show(folder) as show:
            browser("hostile", url=show.url, **expected)

    def test_statements(self):
        folder = self.folder / "copy"
        shutil.copytree(clean.folder, folder)
        bad = {1: ALL, 2: "x" * 1_000_000 + SCRIPT, 3: "\ud800" + SCRIPT, 4: SQL}
        for file in (folder / "statements").iterdir():
            lines = []
            for line in read_json_lines(file):
                number = call_number(line) if "id" in line else 0
                if line["type"] == "ended" and number in bad:
                    line.update(status=5, message=bad[number])
                if line["type"] == "ended" and number == 4 and line.get("reply"):
                    line["reply"]["client"] = IMAGE
                if line["type"] in ("started", "received") and number == 5:
                    line["method"] = f"/{SCRIPT}/{IMAGE}"
                if line["type"] == "started" and number == 6:
                    line["peer"] = ALL
                lines.append(json.dumps(line))
            file.write_bytes(b"\n".join(line.encode() for line in lines) + b"\n" + b'{"type":"ended","id":"\xff\xfe<img src=x onerror=alert(9)>"}\n')
        ran = run(TESTIGO, "report", folder, *WIDE, "--json", patience=60)
        self.assertEqual(ran.code, DONE, ran)
        self.texts_are_inert(folder, "message", "statements WHERE number = 4 AND type = 'ended' AND message = ?", SQL)
        verdict = json.loads(ran.out[-1])["verdict"]
        browser("hostile", url=folder / "report.html", title=f"{verdict} · Testigo · copy", marks=["<script>window.hacked=1", "DROP TABLE"])

    def test_names(self):
        """Two clients of one name, one that has none beside one that is not known; more of them than are drawn; checks that only the report lists."""
        calls = {}

        def odd(document):
            columns = Columns(document["calls"])
            rows = document["calls"]["kept"]
            document["evidence"] = f"a{TURNED}"
            document["clients"] = [{"name": f"of-{at}", "address": "", "witness": False} for at in range(rows)]
            document["clients"][1]["name"] = document["clients"][0]["name"] = IMAGE
            document["clients"][20]["name"] = ""
            columns.of["client"] = [65535 if row == 3 else row for row in range(rows)]
            document["methods"] = [*document["methods"], "", document["methods"][0]]
            columns.of["method"][:3] = [65535, len(document["methods"]) - 2, len(document["methods"]) - 1]
            columns.of["flags"] = [{4: 1 | 8, 5: 2}.get(row, 0) for row in range(rows)]  # a finding and a difference
            for status in ("client_status", "wire_status", "server_status"):
                columns.of[status][4] = 13
            columns.write()
            first = {"severity": "error", "text": "of the report alone"}
            document["findings"] = [{**first, "check": "RQ01"}]
            document["report"]["findings"] = {"errors": 7, "warnings": 0, "infos": 0, "first": [{**first, "check": "RQ01"}, {**first, "check": "RQ02"}]}
            calls["all"] = rows

        told = browser("odd", url=altered(clean.html, self.folder / "odd.html", odd), name=IMAGE)
        rows = calls["all"]
        shown = TURNED.encode("ascii", "backslashreplace").decode()
        self.assertEqual(told["title"], "PROVEN · Testigo · a" + re.sub(r"\\u([0-9a-f]{4})", r"\\u{\1}", shown))
        self.assertEqual(collections.Counter(told["clients"])["not known (2)"], 1)
        self.assertEqual(sorted(told["methods"])[-1], "not known (2)")
        self.assertEqual((len(told["clients"]), len(told["methods"])), (1 + rows - 2, 3))
        self.assertEqual(told["of_name"], 2)
        self.assertEqual(told["only"], {"failed": [1, 1], "with findings": [2, 2], "with differences": [1, 1]})
        failed = {check for check, said in clean.report["checks"].items() if said["outcome"] == "fail"} - {"RQ01", "RQ02"}
        self.assertTrue(failed, "no finding of these is listed now")
        self.assertEqual((told["checks"][:2], set(told["checks"][2:])), (["RQ01", "RQ02"], failed))
        self.assertIn("2 of 7 shown", told["sums"])
        self.assertRegex(told["gathered"], rf"^{rows - 10} more: {rows - 10} calls")
        self.assertEqual((told["of_gathered"], told["again"], told["none"], told["pressed"]), (rows - 10, rows - 10, rows, 1))
        self.assertEqual(told["chips"], [f"{rows - 10} other clients", "Clear all"])
        self.assertLess(len(told["hash"]), 400)
        self.assertLessEqual(told["beyond"], 0)


if __name__ == "__main__":
    unittest.main()
