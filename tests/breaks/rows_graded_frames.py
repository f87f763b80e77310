"""CN, FC, ST, HP: cases that are graded otherwise, or fail a check in another way."""

import struct

from conversation import CLIENT, MILLISECOND, SECOND, SERVER
from entry import CLIENT_STREAM, SERVER_STREAM, also, error, remark, warning
from frames import (CANCEL, CONTINUATION, DATA, ENABLE_CONNECT_PROTOCOL, ENABLE_PUSH, END_HEADERS, END_STREAM, GOAWAY, HEADER_TABLE_SIZE,
                    INITIAL_WINDOW_SIZE, MAX_FRAME_SIZE, PADDED, PRIORITY, PROTOCOL_ERROR, RST_STREAM, SETTINGS, WINDOW_UPDATE, Frame, Octets,
                    data, goaway, headers, message, ping, push_promise, rst_stream, settings, settings_ack, window_update)
from rows_connection import ALL_STREAMS, long_name
from rows_responses import OF_GRPC
from rows_streams import reset_by


@also("CN03-http1", "the server answers in HTTP/1.1")
def http1(talk):
    first = talk.find(SERVER, SETTINGS)
    talk.drop(*(said for said in talk.said if said.side == SERVER and said is not first and said.frame.kind is not None))
    first.frame = Octets(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    return [error("CN03", first)]


@also("CN04-late", "the client acknowledges SETTINGS after 11 s")
def settings_late(talk):
    talk.at_end(SERVER, settings())
    talk.at_end(CLIENT, window_update(1000))  # they have arrived
    return [warning("CN04", talk.at_end(CLIENT, settings_ack(), later=11 * SECOND))]


@also("CN04-never", "the client never acknowledges SETTINGS, for 11 s")
def settings_never(talk):
    asked = talk.at_end(SERVER, settings())
    arrived = talk.at_end(CLIENT, window_update(1000))
    talk.wait(11 * SECOND, behind=arrived)
    return [warning("CN04", asked)]


@also("CN05-unasked", "the client acknowledges SETTINGS that nobody sent")
def settings_unasked(talk):
    return [warning("CN05", talk.at_end(CLIENT, settings_ack()))]


@also("CN08-push", "the server announces ENABLE_PUSH 1")
def server_enables_push(talk):
    own = talk.find(SERVER, SETTINGS)
    own.frame = settings((ENABLE_PUSH, 1))
    return [error("CN08", own)]


@also("CN08-connect", "the server announces ENABLE_CONNECT_PROTOCOL 1, and then 0")
def withdrawn_connect(talk):
    talk.find(SERVER, SETTINGS).frame = settings((ENABLE_CONNECT_PROTOCOL, 1))
    again = talk.before(talk.request(), SERVER, settings((ENABLE_CONNECT_PROTOCOL, 0)))
    talk.before(talk.request(), CLIENT, settings_ack())
    return [error("CN08", again)]


@also("CN08-frame", "the client announces MAX_FRAME_SIZE 16383")
def small_frames(talk):
    own = talk.find(CLIENT, SETTINGS)
    own.frame = settings((MAX_FRAME_SIZE, 16_383))
    return [error("CN08", own)]


@also("CN10-window", "a WINDOW_UPDATE of 3 octets")
def short_window_update(talk):
    return [error("CN10", talk.at_end(CLIENT, Frame(WINDOW_UPDATE, 0, 0, bytes(3))))]


@also("CN10-goaway", "a GOAWAY of 7 octets")
def short_goaway(talk):
    return [error("CN10", talk.at_end(SERVER, Frame(GOAWAY, 0, 0, bytes(7))))]


@also("CN10-reset", "an RST_STREAM of 5 octets resets the call all the same", connection=CLIENT_STREAM)
def long_reset(talk):
    first = talk.data(CLIENT)
    talk.drop_stream(1, behind=first)
    return [error("CN10", talk.behind(first, CLIENT, Frame(RST_STREAM, 0, 1, bytes(5)), later=1000))]


@also("CN10-priority", "a PRIORITY of 4 octets")
def short_priority(talk):
    return [error("CN10", talk.at_end(CLIENT, Frame(PRIORITY, 0, 5, bytes(4))))]


@also("CN11-zeros", "the padding of the request's DATA is not zero")
def padding_not_zero(talk):
    request = talk.data(CLIENT)
    request.frame = data(1, b"\x03" + request.frame.payload + b"pad", END_STREAM | PADDED)
    return [warning("CN11", request)]


@also("CN11-headers", "the Pad Length of the request's HEADERS is too large")
def headers_padding(talk):
    opened = talk.request()
    opened.frame.before, opened.frame.flags = b"\xff", PADDED
    return [error("CN11", opened)]


@also("CN12-flag", "a PRIORITY has the flag 0x20")
def unused_flag(talk):
    odd = talk.at_end(CLIENT, Frame(PRIORITY, 0x20, 5, struct.pack(">IB", 0, 15)))
    return [warning("CN12", odd)]


@also("CN13-unasked", "the client acknowledges a PING that nobody sent")
def ping_unasked(talk):
    return [warning("CN13", talk.at_end(CLIENT, ping("unasked.", ack=True)))]


@also("CN13-late", "the client acknowledges a PING after 11 s")
def ping_late(talk):
    talk.at_end(SERVER, ping("be quick"))
    talk.at_end(CLIENT, window_update(1000))  # it has arrived
    return [warning("CN13", talk.at_end(CLIENT, ping("be quick", ack=True), later=11 * SECOND))]


@also("CN13-payload", "the client answers a PING with other octets")
def ping_other_payload(talk):
    talk.at_end(SERVER, ping("be exact"))
    other = talk.at_end(CLIENT, ping("be quick", ack=True))
    talk.wait(11 * SECOND, behind=other)
    return [warning("CN13", other, times=2)]  # nobody asked for that, and the PING is never answered


@also("CN14-perhaps", "the client opens a stream after GOAWAY had arrived, and nobody knows whether it had read it", calls=2)
def goaway_unread(talk):
    talk.before(talk.request(3), SERVER, goaway(ALL_STREAMS))
    return [remark("CN14", talk.request(3), "it may not have read it yet")]


@also("CN16-error", "the server sends GOAWAY with an error, and does not close for 61 s")
def stays_open(talk):
    said = talk.at_end(SERVER, goaway(1, PROTOCOL_ERROR))
    talk.wait(61 * SECOND, behind=said)
    return [error("CN16", said)]


@also("CN16-reset", "the client resets TCP with a call open")
def tcp_reset(talk):
    talk.drop(talk.trailers())
    talk.closes(CLIENT, reset=True)
    return [warning("CN16", talk.said[-1]), remark("SD07", talk.request(), "was open when the connection was lost")]


@also("CN17-client", "the client promises a stream")
def client_pushes(talk):
    return [error("CN17", talk.at_end(CLIENT, push_promise(1, 2)))]


@also("FC01-lowered", "SETTINGS lower the window in the middle of the reply, and the server sends on after its ACK", connection=SERVER_STREAM)
def lowered_window(talk):
    first, second = talk.data(SERVER), talk.data(SERVER, nth=1)
    talk.behind(first, CLIENT, settings((INITIAL_WINDOW_SIZE, len(first.frame.payload))))
    talk.before(second, SERVER, settings_ack())
    for said in talk.said[talk.said.index(first) + 1:talk.said.index(second) + 1]:
        said.time += MILLISECOND
    replies = [said for said in talk.said if said.side == SERVER and said.frame.kind == DATA]
    return [error("FC01", second, times=len(replies) - 1)]


@also("FC03-stream", "a WINDOW_UPDATE of 0 on a stream")
def zero_on_stream(talk):
    return [error("FC03", talk.behind(talk.request(), SERVER, window_update(0, stream=1)))]


@also("FC04-settings", "a raised INITIAL_WINDOW_SIZE lifts a stream's window above 2147483647")
def settings_overflow(talk):
    opened = talk.request()
    update = talk.behind(opened, CLIENT, window_update(1, stream=1))
    raised = talk.behind(update, CLIENT, settings((INITIAL_WINDOW_SIZE, 2**31 - 1)))
    talk.behind(raised, SERVER, settings_ack())  # before its DATA: none of it can have crossed
    return [error("FC04", raised)]


@also("ST06-window", "the client resets a stream, and sends WINDOW_UPDATE on it", connection=CLIENT_STREAM)
def window_after_reset(talk):
    reset = reset_by(talk, CLIENT)
    return [warning("ST06", talk.behind(reset, CLIENT, window_update(5, stream=1)))]


@also("ST07-perhaps", "the server answers RST_STREAM in kind, and nobody knows whether it had read it", connection=CLIENT_STREAM)
def reset_unread(talk):
    reset = reset_by(talk, CLIENT)
    return [remark("ST07", talk.behind(reset, SERVER, rst_stream(1, CANCEL)), "may not have read that yet")]


@also("ST08-orphan", "a CONTINUATION goes on with nothing")
def orphan(talk):
    return [error("ST08", talk.at_end(CLIENT, Frame(CONTINUATION, END_HEADERS, 1, b"\x82")))]


@also("ST10-goaway", "GOAWAY names a last stream below one that was answered")
def goaway_below(talk):
    return [error("ST10", talk.at_end(SERVER, goaway(0)))]


@also("HP03-three", "three size updates stand before the fields")
def three_updates(talk):
    talk.request().frame.before = b"\x20\x3f\xe1\x1f\x3f\xe1\x1f"
    return [error("HP03", talk.request())]


@also("HP04-unchanged", "the server allows no table, the client acknowledges that, and goes on without a size update", calls=2)
def no_size_update(talk):
    talk.before(talk.request(3), SERVER, settings((HEADER_TABLE_SIZE, 0)))
    talk.before(talk.request(3), CLIENT, settings_ack())
    return [error("HP04", talk.request(3))]


@also("HP04-meanwhile", "the server allows no table, and again one of 4096, the client acknowledges both, and goes on without a size update", calls=2)
def no_size_update_meanwhile(talk):
    for size in (0, 4096):
        talk.before(talk.request(3), SERVER, settings((HEADER_TABLE_SIZE, size)))
    for _ in range(2):
        talk.before(talk.request(3), CLIENT, settings_ack())
    return [error("HP04", talk.request(3))]


@also("HP05-eos", "a Huffman string holds EOS")
def huffman_eos(talk):
    talk.request().frame.behind = b"\x00\x01x\x84\xff\xff\xff\xff"
    return [error("HP05", talk.request())]


@also("HP05-integer", "a length has no end")
def endless_integer(talk):
    talk.request().frame.behind = b"\x00\x7f" + b"\xff" * 10 + b"\x01"
    return [error("HP05", talk.request())]


@also("HP05-cut", "the header block ends within a field")
def cut_field(talk):
    talk.request().frame.behind = b"\x00\x05x"
    return [error("HP05", talk.request())]


@also("HP06-suggested", "a header list of more than 8 KiB, where no limit was announced")
def large_list(talk):
    talk.request().frame.set("x-large", "0" * 8192)
    return [warning("HP06", talk.request())]


@also("ST01-promised", "the server promises stream 3")
def odd_promise(talk):
    return [error("ST01", talk.before(talk.response(), SERVER, push_promise(1, 3)))]


@also("ST04-reset", "the client resets stream 7, which nobody opened")
def reset_of_idle(talk):
    return [error("ST04", talk.at_end(CLIENT, rst_stream(7, CANCEL)))]


@also("ST04-window", "the server sends WINDOW_UPDATE on stream 7, which nobody opened")
def window_of_idle(talk):
    return [error("ST04", talk.at_end(SERVER, window_update(1, stream=7)))]


@also("ST04-headers", "the server sends HEADERS on stream 7, which nobody opened")
def headers_on_idle(talk):
    return [error("ST04", talk.at_end(SERVER, headers(7, [*OF_GRPC, ("grpc-status", "0")], END_STREAM)))]


@also("ST05-server", "the server sends DATA behind its trailers")
def data_behind_trailers(talk):
    return [error("ST05", talk.behind(talk.trailers(), SERVER, data(1, b"")))]


@also("ST05-promise", "the server promises a stream behind its trailers")
def promise_behind_trailers(talk):
    return [error("ST05", talk.behind(talk.trailers(), SERVER, push_promise(1, 2)))]


@also("ST06-server", "the server resets a stream, and sends HEADERS on it", connection=CLIENT_STREAM)
def headers_after_reset(talk):
    reset = reset_by(talk, SERVER)
    return [error("ST06", talk.behind(reset, SERVER, headers(1, [*OF_GRPC, ("grpc-status", "13")], END_STREAM)))]


@also("ST08-other", "the CONTINUATION is one of another stream")
def other_continuation(talk):
    opened = talk.request()
    opened.frame.parts = 2
    opened.frame.between = [Frame(CONTINUATION, 0, 3, b"")]
    return [error("ST08", opened)]


@also("FC01-padding", "padding does not fit into the window of the stream, and the message would")
def padding_beyond_window(talk):
    reply = talk.data(SERVER)
    talk.find(CLIENT, SETTINGS).frame = settings((INITIAL_WINDOW_SIZE, len(reply.frame.payload) + 4))
    reply.frame = data(1, b"\x04" + reply.frame.payload + bytes(4), PADDED)
    return [error("FC01", reply)]


@also("FC01-negative", "an empty DATA that ends nothing, while the window of the stream is negative", connection=SERVER_STREAM)
def empty_into_negative(talk):
    first, second = talk.data(SERVER), talk.data(SERVER, nth=1)
    lowered = talk.behind(first, CLIENT, settings((INITIAL_WINDOW_SIZE, 10)), later=1000)
    ack = talk.behind(lowered, SERVER, settings_ack(), later=1000)
    empty = talk.behind(ack, SERVER, data(1, b""))
    talk.behind(empty, CLIENT, settings((INITIAL_WINDOW_SIZE, 65_535)), later=1000)
    talk.at_end(SERVER, settings_ack())
    return [error("FC01", empty)]


@also("CN09-lowered", "the server goes on with large frames after it acknowledged a lower MAX_FRAME_SIZE")
def lowered_frame_size(talk):
    talk.find(CLIENT, SETTINGS).frame = settings((MAX_FRAME_SIZE, 20_000))
    talk.before(talk.request(), CLIENT, settings((MAX_FRAME_SIZE, 16_384)))
    talk.behind(talk.data(CLIENT), SERVER, settings_ack())
    reply = talk.data(SERVER)
    reply.frame.payload = message(long_name(16_380))
    return [error("CN09", reply)]


@also("CN15-client", "the client's GOAWAY rises")
def clients_goaway_rises(talk):
    talk.at_end(CLIENT, goaway(0))
    return [error("CN15", talk.at_end(CLIENT, goaway(2), later=MILLISECOND))]


@also("HP02-reply", "the response's header block ends with an index that the table does not hold")
def index_beyond_in_reply(talk):
    talk.response().frame.behind = b"\xfe"
    return [error("HP02", talk.response())]


@also("HP03-late", "the server allows no table, the client acknowledges that, and fields come before the size update", calls=2)
def late_size_update(talk):
    talk.before(talk.request(3), SERVER, settings((HEADER_TABLE_SIZE, 0)))
    talk.before(talk.request(3), CLIENT, settings_ack())
    talk.request(3).frame.behind = b"\x20"
    return [error("HP03", talk.request(3))]  # and not HP04: of a block with a size update one of both is told


@also("CN14-settings", "the client opens a stream after it acknowledged SETTINGS that came behind GOAWAY", calls=2)
def goaway_then_settings(talk):
    talk.before(talk.request(3), SERVER, goaway(ALL_STREAMS))
    talk.before(talk.request(3), SERVER, settings())
    talk.before(talk.request(3), CLIENT, settings_ack())
    return [warning("CN14", talk.request(3))]


@also("CN04-server", "the server never acknowledges SETTINGS, for 11 s")
def settings_never_by_server(talk):
    talk.drop(talk.find(SERVER, SETTINGS, ack=True))
    talk.wait(11 * SECOND, behind=talk.said[-3])
    return [warning("CN04", talk.find(CLIENT, SETTINGS))]


@also("FC05-connection", "the server waits two seconds for credit of the connection")
def connection_stall(talk):
    talk.find(CLIENT, SETTINGS).frame = settings((INITIAL_WINDOW_SIZE, 10**6))
    whole = message(long_name(65_600))
    reply = talk.data(SERVER)
    reply.frame.payload = whole[:16_384]
    parts = [reply]
    for begin, end in ((16_384, 32_768), (32_768, 49_152), (49_152, 65_535)):
        parts.append(talk.behind(parts[-1], SERVER, data(1, whole[begin:end])))
    credit = talk.behind(parts[-1], CLIENT, window_update(1000), later=2 * SECOND)
    talk.behind(credit, SERVER, data(1, whole[65_535:]), later=1000)
    return [remark("FC05", parts[-1], "the window of the connection was empty for 2")]


@also("ST09-pings", "the client sends 1001 PINGs at once, each of which is answered")
def pings(talk):
    said = [talk.at_end(CLIENT, ping("flooding")) for _ in range(1001)]
    for each in said:
        each.time = said[-1].time
    for _ in range(1001):
        talk.at_end(SERVER, ping("flooding", ack=True))
    return [warning("ST09", said[-1])]


@also("ST10-refused", "GOAWAY with an error refuses a stream whose answer has begun")
def goaway_refuses(talk):
    refused = talk.behind(talk.response(), SERVER, goaway(0, PROTOCOL_ERROR))
    return [error("ST10", refused)]


@also("HP05-index", "an index has no end")
def endless_index(talk):
    talk.request().frame.behind = b"\xff" + b"\xff" * 10 + b"\x01"
    return [error("HP05", talk.request())]


@also("HP07-cookie", "a cookie goes into the dynamic table")
def cookie(talk):
    talk.request().frame.set("cookie", "session=1234")
    return [remark("HP07", talk.request(), "cookie")]
