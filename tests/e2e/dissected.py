"""What Wireshark's dissector makes of a capture, call by call, to be held against what Testigo says of it: somebody else's word."""

import datetime
import subprocess
import urllib.parse
from xml.etree import ElementTree


ERROR_CODES = ("NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED", "FRAME_SIZE_ERROR",
               "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM", "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED")


def tshark_fields(capture, port, display_filter, *fields):
    """The fields of every packet that the filter keeps, several of one kind in a list; bodies of zeros are not read as protobuf."""
    command = ["tshark", "-r", str(capture), "-d", f"tcp.port=={port},http2", "--disable-protocol", "protobuf", "-Y", display_filter,
               "-T", "fields", "-E", "aggregator=|"]
    for field in fields:
        command += ["-e", field]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [[column.split("|") if column else [] for column in line.split("\t")] for line in output.splitlines()]


def calls_dissected(capture, port):
    """Every call by (TCP stream, HTTP/2 stream), with the members that `watch --json` tells of it too."""
    calls, resets = {}, resets_in(capture, port)

    def heard(key, time_ns):
        return key not in resets or time_ns <= resets[key][0]

    for packet in packets_with_headers(capture, port):
        for stream, fields, ends in packet.blocks:
            if heard(key := (packet.connection, stream), packet.time_ns):
                take_block(calls.setdefault(key, {}), packet, fields, ends, port)
    for key, request, octets, time_ns in data_frames(capture, port):
        if heard(key, time_ns):
            calls[key].setdefault("requests" if request else "replies", bytearray()).extend(octets)
    for key, call in calls.items():
        begun = call.pop("begun_ns")
        if "ending" not in call and key in resets:
            call.update(resets[key][1], latency_ns=resets[key][0] - begun)
        for name, size in (("requests", "request_bytes"), ("replies", "reply_bytes")):
            octets = call.get(name, bytearray())
            call[size], call[name] = len(octets), messages_in(octets)
    return calls


def as_dissected(call):
    """All that a line tells, but for what the key says, and the words that Testigo adds."""
    return {name: value for name, value in call.items() if name not in ("type", "version", "connection", "stream", "kind", "method_known", "status_name")}


class Packet:
    def __init__(self, element):
        def shown(name, of=element):
            return of.find(f".//field[@name='{name}']").get("show")

        self.number, self.connection = int(shown("frame.number")), int(shown("tcp.stream"))
        self.time_ns = nanoseconds_of(shown("frame.time_epoch"))
        network = "ip" if element.find("./proto[@name='ip']") is not None else "ipv6"
        self.source, self.destination = (at(shown(f"{network}.{end}"), shown(f"tcp.{end}port")) for end in ("src", "dst"))
        self.from_server = int(shown("tcp.srcport"))
        self.blocks = []
        for frame in element.iterfind(".//field[@name='http2.stream']"):
            if frame.find("./field[@name='http2.type'][@show='1']") is None:
                continue
            fields = []
            for field in frame.iterfind(".//field[@name='http2.header']"):
                name, value = (field.find(f"field[@name='http2.header.{part}']") for part in ("name", "value"))
                fields.append((name.get("show"), value.get("show") if value is not None else ""))
            self.blocks.append((int(shown("http2.streamid", frame)), fields, truth(shown("http2.flags.end_stream", frame))))


def truth(shown):
    return shown in ("1", "True")


def at(address, port):
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def packets_with_headers(capture, port):
    command = ["tshark", "-r", str(capture), "-d", f"tcp.port=={port},http2", "-Y", "http2.type==1", "-T", "pdml"]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [Packet(element) for element in ElementTree.fromstring(output).iter("packet")]


def take_block(call, packet, fields, ends, port):
    values = dict(fields)
    if ":path" in values:
        call.update(method=values[":path"], packet=packet.number, client=packet.source, server=packet.destination, begun_ns=packet.time_ns)
        call["time"] = rfc3339(packet.time_ns)
    if packet.from_server != int(port):
        return
    if ":status" in values:
        call["http_status"] = int(values[":status"])
    if "grpc-status" in values:
        call["status"] = int(values["grpc-status"])
    if values.get("grpc-message"):
        call["message"] = urllib.parse.unquote(values["grpc-message"])
    if ends:
        call["ending"] = "trailers"
        call["latency_ns"] = packet.time_ns - call["begun_ns"]


def resets_in(capture, port):
    """By call: when it was reset first, and what that makes of a call that had not ended."""
    resets = {}
    fields = ("tcp.stream", "frame.time_epoch", "tcp.srcport", "http2.type", "http2.streamid", "http2.rst_stream.error")
    for connection, time, source, types, streams, errors in tshark_fields(capture, port, "http2.type==3", *fields):
        side = "server" if source[0] == str(port) else "client"
        reset = [stream for kind, stream in zip(types, streams, strict=True) if kind == "3"]
        for stream, error in zip(reset, errors, strict=True):
            ending = {"ending": f"reset-by-{side}", "error_code": ERROR_CODES[int(error)]}
            resets.setdefault((int(connection[0]), int(stream)), (nanoseconds_of(time[0]), ending))
    return resets


def nanoseconds_of(epoch):
    seconds, nanoseconds = epoch.split(".")
    return int(seconds) * 10**9 + int(nanoseconds)


def rfc3339(time_ns):
    seconds, nanoseconds = divmod(time_ns, 10**9)
    return f"{datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc):%Y-%m-%dT%H:%M:%S}.{nanoseconds:09}Z"


def data_frames(capture, port):
    """(call, whether it is the request's, octets, when) of every DATA frame, in their order."""
    fields = ("tcp.stream", "frame.time_epoch", "tcp.srcport", "http2.type", "http2.streamid", "http2.length", "http2.data.data")
    for connection, time, source, types, streams, lengths, data in tshark_fields(capture, port, "http2.type==0", *fields):
        octets = (part for part in data if part != "<MISSING>")  # what it shows of a frame without octets
        for kind, stream, length in zip(types, streams, lengths, strict=True):
            if kind == "0" and length != "0":
                yield (int(connection[0]), int(stream)), source[0] != str(port), bytes.fromhex(next(octets).replace(":", "")), nanoseconds_of(time[0])


def messages_in(octets):
    """How many length-prefixed messages they are; what is left over is none."""
    count, begin = 0, 0
    while begin + 5 <= len(octets):
        begin += 5 + int.from_bytes(octets[begin + 1:begin + 5], "big")
        count += begin <= len(octets)
    return count
