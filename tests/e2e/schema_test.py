#!/usr/bin/env python3
"""Messages as .proto files declare them: what they say, whether they fit, whether answers are those to their requests."""

import contextlib
import json
import pathlib
import signal
import subprocess
import unittest

from dissected import tshark_fields
from support import TESTIGO, Process, client_command, of_type, run, start_server, start_tap, temporary_folder

PROVEN, BROKEN, WRONG_USAGE, INCONCLUSIVE, ENVIRONMENT = 0, 1, 2, 3, 4
ROOT = pathlib.Path(__file__).resolve().parents[2]
PROTOS = ROOT / "proto"
GREETER_PROTO = "testigo/greeter/v1/greeter.proto"
BY_PROTO = ["--import-path", PROTOS, "--proto", GREETER_PROTO]
RELATIONS = ["--relation", "reply.client=request.client", "--relation", "reply.call = request.call"]
CAPTURES = ROOT / "captures"

# Reads {"type", "hex"} objects and writes the JSON that Python's protobuf makes of each; a process of its own, for the system's
# Python has that library.
ORACLE = """
import json, sys
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory
pool = descriptor_pool.DescriptorPool()
for file in descriptor_pb2.FileDescriptorSet.FromString(open(sys.argv[1], "rb").read()).file:
    pool.Add(file)
factory = message_factory.MessageFactory(pool)
told = []
for message in json.load(sys.stdin):
    kind = factory.GetPrototype(pool.FindMessageTypeByName(message["type"]))
    told.append(json.loads(json_format.MessageToJson(kind.FromString(bytes.fromhex(message["hex"])))))
json.dump(told, sys.stdout)
"""


def lines_of(process):
    return [json.loads(line) for line in process.out]


def witnessed(folder, *options, tap_options=(), clients):
    """What a tap tells while these clients call; its capture, and the server's port."""
    with start_server(*options) as server, start_tap(server.address, folder, *tap_options) as tap:
        with contextlib.ExitStack() as stack:  # all at once
            for client in [stack.enter_context(Process(*client_command(tap.address, *options))) for options in clients]:
                client.wait()
        tap.stop(signal.SIGINT)
        lines = lines_of(tap)
        return lines, pathlib.Path(lines[-1]["evidence"]) / "wire.pcapng", server.port


class Schema(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.stack = contextlib.ExitStack()
        cls.addClassCleanup(cls.stack.close)
        cls.folder = cls.stack.enter_context(temporary_folder())
        cls.protoset = cls.folder / "greeter.protoset"
        cls.write_protoset(cls.protoset, PROTOS, GREETER_PROTO, "--include_imports")
        clients = [["--name", f"client-{kind}", "--count", "3", "--every", "10ms", "--kind", kind, "--messages", "3", "--payload-bytes", "5"]
                   for kind in ("unary", "server-stream", "client-stream", "bidi")]
        _, cls.capture, cls.port = witnessed(cls.folder / "tap", tap_options=["--payloads"], clients=clients)

    @staticmethod
    def write_protoset(to, path, proto, *options):
        subprocess.run(["protoc", "-I", path, *options, f"--descriptor_set_out={to}", proto], check=True, capture_output=True)

    def watch(self, *options, code=PROVEN, capture=None):
        """The lines, and the checks of the verdict by id."""
        watch = run(TESTIGO, "watch", "--json", capture or self.capture, *options)
        self.assertEqual(watch.code, code, watch)
        lines = lines_of(watch)
        self.report = lines[-1]
        self.checks = self.report["checks"]
        return lines

    def changed(self, *changes):
        """The greeter's .proto with something else in it."""
        text = (PROTOS / GREETER_PROTO).read_text(encoding="utf-8")
        for before, after in changes:
            self.assertIn(before, text)
            text = text.replace(before, after)
        file = self.folder / "changed.proto"
        file.write_text(text, encoding="utf-8")
        return ["--proto", file]

    def refused(self, code, *options):
        watch = run(TESTIGO, "watch", self.capture, *options)
        self.assertEqual(watch.code, code, watch)
        self.assertEqual(watch.out, [])
        self.assertEqual(len(watch.err), 1, watch)
        return watch.err[0]

    def test_messages_are_those_of_protobuf(self):
        messages = of_type(self.watch("--messages", "--protoset", self.protoset), "message")
        payloads = [hexadecimal for packet, in tshark_fields(self.capture, self.port, "grpc.message_data", "grpc.message_data") for hexadecimal in packet]
        self.assertEqual(len(payloads), len(messages))
        asked = [{"type": line["message_type"], "hex": payload.replace(":", "")} for line, payload in zip(messages, payloads, strict=True)]
        oracle = subprocess.run(["/usr/bin/python3", "-c", ORACLE, str(self.protoset)], input=json.dumps(asked), capture_output=True, text=True, check=True)
        self.assertEqual([line["body"] for line in messages], json.loads(oracle.stdout))
        self.assertEqual({line["message_type"].rsplit(".", 1)[1] for line in messages}, {"GreetRequest", "GreetReply"})
        self.assertEqual({line["body"]["client"] for line in messages}, {f"client-{kind}" for kind in ("unary", "server-stream", "client-stream", "bidi")})

    def test_descriptors_from_any_file_say_the_same(self):
        expected = self.watch("--messages", "--protoset", self.protoset)
        for options in (BY_PROTO, ["--proto", PROTOS / GREETER_PROTO], ["--proto", PROTOS / GREETER_PROTO, "--import-path", PROTOS]):
            lines = self.watch("--messages", *options)
            self.assertEqual(lines[:-1], expected[:-1])
            self.assertEqual(lines[-1]["checks"], expected[-1]["checks"])

    def test_calls_that_fit_are_clean(self):
        lines = self.watch(*BY_PROTO, *RELATIONS)
        self.assertEqual(of_type(lines, "finding"), [])
        calls = of_type(lines, "call")
        messages = sum(call["requests"] + call["replies"] for call in calls)
        counts = {check: [self.checks[check][key] for key in ("passed", "failed", "not_judgeable")] for check in ("MG06", "MG07", "EX01")}
        self.assertEqual(counts, {"MG06": [12, 0, 0], "MG07": [messages, 0, 0], "EX01": [2 * sum(call["replies"] for call in calls), 0, 0]})

    def test_every_stack_is_clean(self):
        names = [folder.name for folder in CAPTURES.iterdir() if folder.name.endswith(("-h2c", "-gzip"))]
        self.assertEqual(len(names), 8)
        for name in names:
            with self.subTest(name):
                lines = self.watch("--messages", *BY_PROTO, *RELATIONS, capture=CAPTURES / name / "input.pcapng")
                for check in ("MG06", "MG07", "EX01"):
                    self.assertEqual([self.checks[check]["outcome"], self.checks[check]["not_judgeable"]], ["pass", 0], check)
                messages = of_type(lines, "message")
                self.assertEqual(max(line["flag"] for line in messages), 1 if name.endswith("-gzip") else 0)
                for line in messages:
                    self.assertRegex(line["body"]["client"], "^client", line)

    def test_another_kind_of_call_is_found(self):
        changed = self.changed(("returns (stream GreetReply);\n  // Several", "returns (GreetReply);\n  // Several"))
        found = of_type(self.watch(*changed, code=BROKEN), "finding")
        self.assertEqual([line["check"] for line in found], ["MG06"] * 3)
        self.assertIn("the response has 3 messages, and /testigo.greeter.v1.Greeter/GreetMany declares one", found[0]["text"])

    def test_another_type_is_found(self):
        changed = self.changed(("  string client = 1;", "  GreetReply client = 1;"))
        found = of_type(self.watch(*changed, "--messages", code=BROKEN), "finding")
        self.assertEqual({line["check"] for line in found}, {"MG07"})
        self.assertRegex(found[0]["text"], "^message 1 is no testigo.greeter.v1.GreetRequest: the end of a group that did not begin at octet ")
        self.assertEqual({(cause["id"], cause["suspected"]) for cause in self.report["causes"]}, {("F25", True)})

    def test_drift_breaks_nothing(self):
        changed = self.changed(("  string server = 4;", ""), ("  uint64 call = 3;", "  fixed64 call = 3;"))
        self.assertEqual(of_type(self.watch(*changed), "finding"), [])
        texts = [finding["text"] for finding in self.report["findings"]["first"] if finding["check"] == "MG07"]
        self.assertIn("testigo.greeter.v1.GreetReply.call is fixed64, and came as a varint; testigo.greeter.v1.GreetReply has no field 4", texts[0])
        self.assertIn("what the server of /testigo.greeter.v1.Greeter/Greet sends is not what the .proto declares (testigo.greeter.v1.GreetReply.call is "
                      "fixed64, and came as a varint); the client's own .proto would confirm it", [cause["explanation"] for cause in self.report["causes"]])

    def test_a_field_that_is_unknown_is_no_cause(self):
        self.watch(*self.changed(("  string server = 4;", "")))
        self.assertEqual(self.report["causes"], [])

    def test_without_descriptors_by_number(self):
        lines = self.watch("--messages")
        for line in of_type(lines, "message"):
            self.assertIn('"client-', line["fields"])
            self.assertNotIn("body", line)
        for check, option in (("MG06", "--protoset or --proto"), ("MG07", "--protoset or --proto"), ("EX01", "--relation")):
            self.assertEqual(self.checks[check]["outcome"], "not-judgeable")
            self.assertIn(option, self.checks[check]["reason"])

    def test_for_people(self):
        text = "\n".join(run(TESTIGO, "watch", self.capture, "--messages", *BY_PROTO).out)
        self.assertRegex(text, r'→ stream \d message 1: \d+ octets.*\n +testigo.greeter.v1.GreetRequest \{"client":"client-[-a-z]+","call":"\d"[^}]*,"payload":"[^"]*"\}\n')
        for options in (["--frames"], ["--follow", "1/1", "--quiet"]):
            text = "\n".join(run(TESTIGO, "watch", self.capture, "--messages", *options).out)
            self.assertRegex(text, r'message 1: \d+ octets *(│?\n[ │]*)1: "client-[-a-z]+", 2: \d')

    def test_nothing_is_shown_that_was_not_asked_for(self):
        for options in (["--frames"], ["--frames", "--json"], BY_PROTO, ["--follow", "1/1"]):
            self.assertNotIn("server greets", "\n".join(run(TESTIGO, "watch", self.capture, *options).out), options)

    def test_long_messages_are_cut(self):
        _, capture, _ = witnessed(self.folder / "long", tap_options=["--payloads"], clients=[["--count", "1", "--payload-bytes", "20000"], ["--count", "1", "--payload-bytes", "100000"]])
        shown = sorted(of_type(self.watch("--messages", *BY_PROTO, capture=capture), "message"), key=lambda line: line["length"])
        shown = [line for line in shown if line["direction"] == "to-server"]
        for line in shown:
            self.assertRegex(line["body_text"], r'^\{"client":"client1","call":"1","payload":"[^"]{4000,4200}… \d+ more octets$')
        self.assertEqual(self.checks["MG07"]["outcome"], "pass")
        shown = sorted(of_type(self.watch("--messages", capture=capture), "message"), key=lambda line: line["length"])
        long = [line for line in shown if line["direction"] == "to-server"][1]
        self.assertRegex(long["fields"], r'^1: "client1", 2: 1 … 100\d\d\d more octets$')
        self.assertIn("longer than the 64 KiB", long["not_shown"])

    def test_a_capture_without_bodies(self):
        _, capture, _ = witnessed(self.folder / "masked", clients=[["--count", "2", "--every", "10ms"]])
        lines = self.watch("--messages", *BY_PROTO, *RELATIONS, capture=capture)
        self.assertEqual({line["not_shown"] for line in of_type(lines, "message")}, {"the capture holds zeros in place of message bodies"})
        self.assertEqual(self.checks["MG06"]["outcome"], "pass")
        for check in ("MG07", "EX01"):
            self.assertEqual(self.checks[check]["outcome"], "not-judgeable")
            self.assertIn("zeros", self.checks[check]["reason"])

    def test_answers_that_are_mixed_up(self):
        clients = [["--name", name, "--count", "8", "--every", "30ms"] for name in ("client1", "client2")]
        lines, capture, _ = witnessed(self.folder / "swap", "--misbehave", "swap:3", tap_options=["--payloads", *BY_PROTO, *RELATIONS], clients=clients)
        self.assertEqual(lines[-1]["verdict"], "BROKEN")
        live = [line["text"] for line in of_type(lines, "finding")]
        self.assertRegex("\n".join(live), r'reply 1 has \w+ "\w+", and its request \w+ "\w+"; that is what stream \d+( of connection \d)? asked for')
        self.assertEqual({line["check"] for line in of_type(lines, "finding")}, {"EX01"})
        self.assertEqual([line["text"] for line in of_type(self.watch(*BY_PROTO, *RELATIONS, code=BROKEN, capture=capture), "finding")], live)
        self.watch(*BY_PROTO, capture=capture)  # nobody asked for the relation
        self.assertEqual(self.checks["EX01"]["outcome"], "not-judgeable")

    def test_verify_says_it_by_its_claims(self):
        for options, expected in (([], [2, 0]), (["--misbehave", "wrong-name"], None)):
            verify = run(TESTIGO, "verify", "--json", "--for", "500ms", "--every", "50ms", "--out", self.folder / "verify", "--tolerance", "1s", *options)
            row = json.loads(verify.out[-1])["checks"]["EX01"]
            if expected:
                self.assertEqual([row["passed"], row["failed"]], expected)
            else:
                self.assertGreater(row["failed"], 0)

    def test_methods_of_others_are_said_once(self):
        other = self.folder / "other.proto"
        other.write_text('syntax = "proto3";\nmessage M {}\nservice Other { rpc Call(M) returns (M); }\n', encoding="utf-8")
        lines = self.watch("--proto", other, "--messages")
        notes = [note for note in self.report["notes"] if "the descriptors do not have" in note]
        self.assertEqual(len(notes), 1)
        self.assertEqual(notes[0].count("/testigo.greeter.v1.Greeter/Greet,"), 1)
        self.assertEqual(self.checks["MG07"]["outcome"], "not-judgeable")
        self.assertIn("fields", of_type(lines, "message")[0])

    def test_what_cannot_be_used_is_said_in_a_line(self):
        nothing = self.folder / "nothing"
        self.assertIn("nothing", self.refused(ENVIRONMENT, "--protoset", nothing))
        self.assertIn("there is no", self.refused(ENVIRONMENT, "--proto", "nothing.proto"))
        self.assertIn("is no protoset", self.refused(ENVIRONMENT, "--protoset", self.capture))
        partial = self.folder / "partial.protoset"
        (self.folder / "imports").mkdir(exist_ok=True)
        (self.folder / "imports/a.proto").write_text('syntax = "proto3";\nimport "b.proto";\nservice S { rpc M(B) returns (B); }\n', encoding="utf-8")
        (self.folder / "imports/b.proto").write_text('syntax = "proto3";\nmessage B {}\n', encoding="utf-8")
        self.write_protoset(partial, self.folder / "imports", "a.proto")
        self.assertRegex(self.refused(ENVIRONMENT, "--protoset", partial), r"b\.proto.*--include_imports")
        alone = self.folder / "alone"
        alone.mkdir(exist_ok=True)
        (alone / "a.proto").write_text((self.folder / "imports/a.proto").read_text(encoding="utf-8"), encoding="utf-8")
        self.assertRegex(self.refused(ENVIRONMENT, "--proto", alone / "a.proto"), r"b\.proto.*--import-path")
        self.assertIn("no service", self.refused(WRONG_USAGE, "--proto", self.folder / "imports/b.proto"))
        self.assertIn("needs --protoset or --proto", self.refused(WRONG_USAGE, *RELATIONS))
        self.assertIn("is no relation", self.refused(WRONG_USAGE, *BY_PROTO, "--relation", "client=client"))
        self.assertIn("no method", self.refused(WRONG_USAGE, *BY_PROTO, "--relation", "reply.client=request.nobody"))
        self.assertIn("--protoset", self.refused(WRONG_USAGE, *BY_PROTO, "--protoset", self.protoset))
        self.assertIn("--proto", self.refused(WRONG_USAGE, "--import-path", PROTOS))


if __name__ == "__main__":
    unittest.main()
