"""What looks like a violation and is none: the exemptions of the catalogue. Nothing is told of these."""

import base64
import struct

from conversation import CLIENT, MILLISECOND, SECOND, SERVER
from entry import CLIENT_STREAM, SERVER_STREAM, legal
from frames import (CANCEL, ENABLE_PUSH, END_STREAM, HEADER_TABLE_SIZE, INITIAL_WINDOW_SIZE, MAX_CONCURRENT_STREAMS, MAX_FRAME_SIZE, NO_ERROR,
                    PADDED, PRIORITY, SETTINGS, Frame, data, goaway, headers, message, push_promise, rst_stream, settings, settings_ack,
                    window_update)
from rows_connection import ALL_STREAMS, long_name
from rows_responses import OF_GRPC, trailers_only
from rows_streams import reset_by

TRUE_BINARY = 0xFE03


@legal("CN02-unknown", "both sides announce settings that nobody knows, and send frames of unknown types")
def unknown(talk):
    for side in (CLIENT, SERVER):
        talk.find(side, SETTINGS).frame = settings((0x4A4A, 1), (0xF000, 2**32 - 1))
        talk.at_end(side, Frame(0xBE, 0xFF, 0, b"grease"))
        talk.at_end(side, Frame(0xBF, 0xFF, 1, b"grease"))


ALTSVC, ORIGIN, PRIORITY_UPDATE = 0x0A, 0x0C, 0x10  # RFC 7838, RFC 8336, RFC 9218
WITH_PRIORITY = 0x20


@legal("CN02-extensions", "both sides send frames of extensions, on the connection, on the stream of the call, and behind its end")
def extensions(talk):
    talk.before(talk.request(), CLIENT, Frame(PRIORITY_UPDATE, 0, 0, struct.pack(">I", 1) + b"u=1"))
    talk.behind(talk.request(), CLIENT, Frame(0xBE, 1, 1, b"grease"))
    talk.before(talk.response(), SERVER, Frame(ORIGIN, 0, 0))
    talk.before(talk.response(), SERVER, Frame(ALTSVC, 0, 1, b"\0\0clear"))
    talk.at_end(CLIENT, Frame(PRIORITY_UPDATE, 0, 0, struct.pack(">I", 1) + b"u=7,i"))
    talk.at_end(SERVER, Frame(0xBE, 1, 1))


@legal("CN11-all", "HEADERS with priority and padding, padding of no octet, and DATA of padding alone")
def padded(talk):
    request, asked, reply = talk.request().frame, talk.data(CLIENT), talk.data(SERVER)
    request.flags |= PADDED | WITH_PRIORITY
    request.promised, request.behind = b"\x05" + struct.pack(">IB", 0, 15), bytes(5)
    asked.frame.flags |= PADDED
    asked.frame.payload = b"\0" + asked.frame.payload
    talk.behind(reply, SERVER, data(1, b"\xff" + bytes(255), PADDED))


@legal("CN09-raised", "a large frame comes before the ACK of the SETTINGS that allow it")
def raised_frame_size(talk):
    talk.before(talk.request(), SERVER, settings((MAX_FRAME_SIZE, 20_000)))
    request = talk.data(CLIENT)
    request.frame = data(1, message(long_name(19_995)), END_STREAM)
    talk.behind(request, CLIENT, settings_ack())


@legal("CN15-final", "GOAWAY for all streams, then the final one")
def final_goaway(talk):
    talk.at_end(SERVER, goaway(ALL_STREAMS))
    talk.at_end(SERVER, goaway(1), later=MILLISECOND)


@legal("CN17-early", "the server promises a stream before it acknowledges ENABLE_PUSH 0")
def early_promise(talk):
    talk.before(talk.request(), CLIENT, settings((ENABLE_PUSH, 0)))
    promise = talk.before(talk.response(), SERVER, push_promise(1, 2))
    talk.behind(promise, SERVER, settings_ack())
    talk.at_end(CLIENT, rst_stream(2, CANCEL))


@legal("FC01-raised", "DATA comes in a window that SETTINGS have raised, before their ACK")
def raised_window(talk):
    reply = talk.data(SERVER)
    talk.find(CLIENT, SETTINGS).frame = settings((INITIAL_WINDOW_SIZE, 10))
    talk.before(talk.request(), CLIENT, settings((INITIAL_WINDOW_SIZE, len(reply.frame.payload))))
    talk.behind(reply, SERVER, settings_ack())


@legal("FC01-unacknowledged", "DATA is larger than a window that SETTINGS have lowered, before their ACK")
def lowered_window(talk):
    reply = talk.data(SERVER)
    talk.before(talk.request(), CLIENT, settings((INITIAL_WINDOW_SIZE, 10)))
    talk.behind(reply, SERVER, settings_ack())


@legal("FC01-empty", "an empty DATA with END_STREAM, while the window of the stream is used up")
def empty_end(talk):
    request = talk.data(CLIENT)
    talk.find(SERVER, SETTINGS).frame = settings((INITIAL_WINDOW_SIZE, len(request.frame.payload)))
    request.frame.flags = 0
    talk.behind(request, CLIENT, data(1, b"", END_STREAM))


@legal("FC04-full", "WINDOW_UPDATE fills the window of a stream to 2147483647")
def full_window(talk):
    talk.behind(talk.request(), CLIENT, window_update(2**31 - 1 - 65_535, stream=1))


@legal("ST02-skipped", "the client skips stream 3", calls=2)
def skipped(talk):
    talk.rename(3, 99)


@legal("ST03-raised", "a second stream is opened before the ACK of the SETTINGS that allow it", start="node-h2c", calls=2)
def raised_streams(talk):
    own = talk.find(SERVER, SETTINGS)
    own.frame = settings((MAX_CONCURRENT_STREAMS, 1))
    talk.before(talk.request(), SERVER, settings((MAX_CONCURRENT_STREAMS, 2)))
    talk.at_end(CLIENT, settings_ack())


@legal("ST04-priority", "PRIORITY comes on idle and on closed streams")
def priority(talk):
    for stream in (1, 2, 9):
        talk.at_end(CLIENT, Frame(PRIORITY, 0, stream, struct.pack(">IB", 0, 15)))


@legal("ST05-after", "behind the ends of both sides come WINDOW_UPDATE and RST_STREAM")
def after_the_end(talk):
    talk.behind(talk.trailers(), CLIENT, window_update(95, stream=1))
    talk.behind(talk.trailers(), SERVER, rst_stream(1, NO_ERROR))


@legal("ST06-again", "a reset stream is reset again, and PRIORITY follows", connection=CLIENT_STREAM)
def reset_twice(talk):
    reset = reset_by(talk, CLIENT)
    again = talk.behind(reset, CLIENT, rst_stream(1, CANCEL))
    talk.behind(again, CLIENT, Frame(PRIORITY, 0, 1, struct.pack(">IB", 0, 15)))


@legal("ST08-empty", "header blocks come in pieces, and some of these are empty")
def empty_pieces(talk):
    for said in (talk.request(), talk.response(), talk.trailers()):
        said.frame.parts, said.frame.empty = 2, True


@legal("ST11-crossed", "the client resets a stream in the middle of the reply, and the rest of it crosses that", connection=SERVER_STREAM)
def crossed_reset(talk):
    reset = talk.behind(talk.data(SERVER), CLIENT, rst_stream(1, CANCEL))
    for said in talk.said[talk.said.index(reset) + 1:]:
        if said.side == SERVER and said.frame.stream == 1:
            said.crossed = 1


@legal("ST12-informational", "informational responses precede the response headers")
def informational(talk):
    talk.before(talk.response(), SERVER, headers(1, [(":status", "103"), ("link", "</style.css>")]))
    talk.before(talk.response(), SERVER, headers(1, [(":status", "100")]))


@legal("HP03-two", "two size updates open the header block: to 0, and back")
def two_updates(talk):
    talk.request().frame.before = b"\x20\x3f\xe1\x1f"


@legal("HP04-shrunk", "the server allows no table, the client acknowledges that, and begins with a size update", calls=2)
def shrunk_table(talk):
    talk.before(talk.request(3), SERVER, settings((HEADER_TABLE_SIZE, 0)))
    talk.before(talk.request(3), CLIENT, settings_ack())
    talk.request(3).frame.table_size = 0


@legal("HP04-raised", "the server allows a table of 8192, the client acknowledges that and uses it", calls=2)
def raised_table(talk):
    talk.before(talk.request(3), SERVER, settings((HEADER_TABLE_SIZE, 8192)))
    talk.before(talk.request(3), CLIENT, settings_ack())
    talk.request(3).frame.table_size = 8192


@legal("HD03-default", "host says the same as :authority, with the default port and in capitals")
def same_host(talk):
    talk.request().frame.set(":authority", "greeter.example")
    talk.request().frame.set("host", "GREETER.example:80")


@legal("HD04-space", "grpc-message begins and ends with a space")
def message_edges(talk):
    talk.trailers().frame.set("grpc-status", "13")
    talk.trailers().frame.set("grpc-message", " sp ")


@legal("HD04-true-binary", "a -bin value begins with NUL, to a server that takes true binary metadata", start="cpp-h2c")
def true_binary(talk):
    talk.request().frame.set("trace-bin", b"\0\xff\x01,\n")


@legal("HD06-padding", "content-length does not count the padding")
def padding_not_counted(talk):
    request = talk.data(CLIENT)
    talk.request().frame.set("content-length", str(len(request.frame.payload)))
    request.frame = data(1, b"\x07" + request.frame.payload + bytes(7), END_STREAM | PADDED)


@legal("HD06-zeros", "content-length begins with zeros")
def zeros(talk):
    talk.request().frame.set("content-length", "0" * 40 + str(len(talk.data(CLIENT).frame.payload)))


@legal("RQ01-other", "a call on the same connection is no gRPC at all", calls=2)
def other_call(talk):
    request = talk.request(3)
    request.frame.fields = [(":method", "GET"), (":scheme", "http"), (":path", "/healthz"), (":authority", "localhost"), ("accept", "*/*")]
    request.frame.flags = END_STREAM
    talk.drop(talk.data(CLIENT, 3))
    response = talk.response(3)
    talk.drop(talk.trailers(3))
    response.frame.fields = [(":status", "404"), ("content-type", "text/plain")]
    talk.data(SERVER, 3).frame.flags = END_STREAM


@legal("RQ12-several", "a -bin field holds several values, one of them empty")
def several_values(talk):
    talk.request().frame.set("trace-bin", "AAEC,,AwQF")


@legal("MG02-empty", "both messages are empty, and come in pieces")
def pieces(talk):
    request, reply = talk.data(CLIENT), talk.data(SERVER)
    request.frame = data(1, b"\0\0", 0)
    talk.behind(request, CLIENT, data(1, b"\0\0\0", END_STREAM))
    reply.frame.payload = b"\0"
    talk.behind(reply, SERVER, data(1, b"\0\0\0\0"))


@legal("MG02-nothing", "DATA without an octet stand around the messages and within one")
def nothing(talk):
    asked, reply = talk.data(CLIENT), talk.data(SERVER)
    talk.before(asked, CLIENT, data(1, b""))
    rest, reply.frame.payload = reply.frame.payload[7:], reply.frame.payload[:7]
    within = talk.behind(reply, SERVER, data(1, b""))
    talk.behind(talk.behind(within, SERVER, data(1, rest)), SERVER, data(1, b""))


@legal("MG05-request", "the reply has the coding of the request, which the client does not name", start="go-gzip")
def coding_of_request(talk):
    talk.request().frame.set("grpc-accept-encoding", "identity")


@legal("RS01-unauthenticated", "the answer is Trailers-Only, with grpc-status 16")
def greatest_status(talk):
    trailers_only(talk, *OF_GRPC, ("grpc-status", "16"), ("grpc-message", "caf%C3%A9 100%25"))


@legal("RS02-capitals", "content-type is written in capitals, te too")
def capitals(talk):
    for said in (talk.request(), talk.response()):
        said.frame.set("content-type", "Application/gRPC")
    talk.request().frame.set("te", "Trailers")


@legal("RS08-agrees", "grpc-status-details-bin agrees with both others")
def details_agree(talk):
    trailers = talk.trailers().frame
    trailers.set("grpc-status", "5")
    trailers.set("grpc-message", "none")
    trailers.set("grpc-status-details-bin", base64.b64encode(b"\x08\x05\x12\x04none").decode().rstrip("="))


@legal("RS14-negative", "grpc-retry-pushback-ms is -1")
def negative_pushback(talk):
    talk.trailers().frame.set("grpc-status", "14")
    talk.trailers().frame.set("grpc-retry-pushback-ms", "-1")


@legal("SD01-ended", "the client ends its side just behind the trailers of an early end", connection=CLIENT_STREAM)
def ended_soon(talk):
    first = talk.data(CLIENT)
    talk.drop_stream(1, side=SERVER)
    talk.behind(first, SERVER, headers(1, [*OF_GRPC, ("grpc-status", "3"), ("grpc-message", "")], END_STREAM), later=1000)


@legal("SD03-cancelled", "the client resets the call when its deadline has passed")
def cancelled(talk):
    talk.request().frame.set("grpc-timeout", "100m")
    first = talk.data(CLIENT)
    talk.drop_stream(1, behind=first)
    talk.behind(first, CLIENT, rst_stream(1, CANCEL), later=SECOND // 10)


@legal("RQ05-web", "a call on the same connection is gRPC-Web, which is not gRPC", calls=2)
def grpc_web(talk):
    for said in (talk.request(3), talk.response(3)):
        said.frame.set("content-type", "application/grpc-web")
