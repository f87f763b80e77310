#!/usr/bin/env python3
"""A server that swaps the answers of two calls of one connection: only the call's number tells, and the verdict names both calls."""

import contextlib
import json
import pathlib
import re
import unittest

from support import TESTIGO, call_number, of_type, read_json_lines, run, temporary_folder, tshark

BROKEN = 1
ASTRAY = re.compile(r"client1 call (\d+) received the reply meant for (\S+) call (\d+) \(packet (\d+), stream (\d+)\)")


def varint(number):
    octets = []
    while number > 0x7F:
        octets.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*octets, number])


def identity(client, call):
    """The fields `client` (2) and `call` (3) of a GreetReply, as protobuf encodes them."""
    return b"\x12" + varint(len(client)) + client.encode() + b"\x18" + varint(call)


class SwapWithinOneConnection(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        stack = contextlib.ExitStack()
        cls.addClassCleanup(stack.close)
        folder = stack.enter_context(temporary_folder())
        # The period is much shorter than the 2 s that a call is held, so that the next one comes in time.
        cls.process = run(TESTIGO, "verify", "--clients", "1", "--every", "20ms", "--for", "2s", "--misbehave", "swap", "--tolerance", "10s",
                          "--out", folder, "--json", patience=60)
        if cls.process.code != BROKEN:
            raise AssertionError(f"exit code {cls.process.code}, not {BROKEN}: {cls.process}")
        cls.report = json.loads(cls.process.out[-1])
        cls.evidence = pathlib.Path(cls.report["evidence"])
        ended = of_type(read_json_lines(cls.evidence / "statements" / "client1.jsonl"), "ended")
        cls.ended = {call_number(line): line for line in ended}

    def astray(self):
        """The calls that received another's reply by what the client says itself: call → the call that the reply names."""
        return {call: line["reply"]["call"] for call, line in self.ended.items() if line["reply"]["call"] != call}

    def exhibits(self):
        claim = self.report["claims"][2]
        self.assertEqual(claim["outcome"], "BROKEN", claim["because"])
        self.assertGreaterEqual(len(claim["exhibits"]), 2, claim["because"])
        return claim["exhibits"]

    def test_the_calls_themselves_were_swapped(self):
        self.assertEqual({line["status"] for line in self.ended.values()}, {0})
        self.assertEqual({line["reply"]["client"] for line in self.ended.values()}, {"client1"})
        astray = self.astray()
        self.assertGreaterEqual(len(astray), 2, "no call was swapped")
        self.assertEqual({call: astray.get(other) for call, other in astray.items()}, {call: call for call in astray}, "swaps go both ways")

    def test_only_claim_3_is_broken(self):
        reasons = [f"{claim['number']} {claim['outcome']}: {claim['because']}" for claim in self.report["claims"]]
        outcomes = {claim["number"]: claim["outcome"] for claim in self.report["claims"]}
        self.assertEqual(outcomes, {n: "BROKEN" if n == 3 else "PROVEN" for n in range(1, 9)}, "\n".join(reasons))
        self.assertEqual(self.report["calls"]["judged"], len(self.ended))
        self.assertIn("F27", [cause["id"] for cause in self.report["causes"]])
        claim = self.report["claims"][2]
        self.assertEqual(claim["exhibits_total"], len(self.astray()))
        self.assertIn(self.exhibits()[0]["text"], claim["because"])

    def test_each_exhibit_names_the_call_and_whose_reply_it_received(self):
        astray = self.astray()
        for exhibit in self.exhibits():
            with self.subTest(exhibit["text"]):
                self.assertRegex(exhibit["text"], ASTRAY)
                call, client, other, packet, stream = ASTRAY.search(exhibit["text"]).groups()
                self.assertRegex(exhibit["call"], rf"^client1/[0-9a-f]+/{call}$")
                self.assertEqual((client, int(other)), ("client1", astray[int(call)]))
                self.assertEqual(exhibit["octets"], identity("client1", int(other)).hex())
                self.assertEqual((exhibit["wire"][0]["packet"], exhibit["wire"][0]["stream"]), (int(packet), int(stream)))
                self.assertEqual({place["stream"] for place in exhibit["wire"]}, {int(stream)})

    def test_all_went_over_one_connection(self):
        self.assertEqual(len({place["connection"] for exhibit in self.exhibits() for place in exhibit["wire"]}), 1)

    def test_the_capture_shows_the_same_to_others(self):
        port = re.search(r"tcp\.port==(\d+)", self.report["tshark"])[1]
        data = {packet: (streams, octets.replace("|", "").replace(":", "")) for packet, streams, octets in
                tshark(self.evidence / "wire.pcapng", port, "http2.data.data", "frame.number", "http2.streamid", "http2.data.data")}
        for exhibit in self.exhibits():
            with self.subTest(exhibit["text"]):
                place = exhibit["wire"][0]
                streams, octets = data[str(place["packet"])]
                self.assertIn(str(place["stream"]), streams.split("|"))
                self.assertIn(exhibit["octets"], octets)


if __name__ == "__main__":
    unittest.main()
