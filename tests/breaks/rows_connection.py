"""CN: preface, SETTINGS, PING and GOAWAY of a connection."""

import struct

from conversation import CLIENT, MILLISECOND, SERVER
from entry import breaks, error, warning
from frames import (ENABLE_PUSH, END_STREAM, INITIAL_WINDOW_SIZE, PADDED, PING, SETTINGS, ACK, CANCEL, Frame, data, goaway,
                    message, ping, push_promise, rst_stream, settings, settings_ack, window_update)

ALL_STREAMS = 2**31 - 1


@breaks("CN01", "one octet of the client's preface is another", "the preface", octets=b"")
def preface(talk, octets=b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r "):
    first = talk.said[[said.side for said in talk.said].index(CLIENT)]
    first.frame.octets = octets or first.frame.octets
    return [error("CN01", first)]


@breaks("CN02", "WINDOW_UPDATE stands before the client's SETTINGS", "it stands behind them", behind=True)
def first_of_client(talk, behind=False):
    own = talk.find(CLIENT, SETTINGS)
    update = (talk.behind if behind else talk.before)(own, CLIENT, window_update(1000))
    return [error("CN02", update)]


@breaks("CN03", "WINDOW_UPDATE stands before the server's SETTINGS", "it stands behind them", behind=True)
def first_of_server(talk, behind=False):
    own = talk.find(SERVER, SETTINGS)
    update = (talk.behind if behind else talk.before)(own, SERVER, window_update(1000))
    return [error("CN03", update)]


def asked(talk, asker, text, answered=True):
    """A PING at the end, and its ACK; the last of them."""
    last = talk.at_end(asker, ping(text), later=MILLISECOND)
    return talk.at_end(1 - asker, ping(text, ack=True), later=MILLISECOND) if answered else last


@breaks("CN04", "the client acknowledges two PINGs in turn that came behind SETTINGS, and never the SETTINGS", "the SETTINGS, too", acknowledged=True)
def settings_unanswered(talk, acknowledged=False):
    talk.at_end(SERVER, settings((INITIAL_WINDOW_SIZE, 65_535)))
    if acknowledged:
        talk.at_end(CLIENT, settings_ack())
    asked(talk, SERVER, "first...")
    return [error("CN04", asked(talk, SERVER, "second.."))]


@breaks("CN05", "a SETTINGS acknowledgement holds a setting", "it is empty", payload=b"")
def settings_ack_with_payload(talk, payload=struct.pack(">HI", INITIAL_WINDOW_SIZE, 65_535)):
    talk.at_end(SERVER, settings())
    return [error("CN05", talk.at_end(CLIENT, Frame(SETTINGS, ACK, 0, payload)))]


@breaks("CN06", "SETTINGS of 5 octets", "of 6", size=6)
def settings_length(talk, size=5):
    odd = talk.at_end(SERVER, Frame(SETTINGS, 0, 0, struct.pack(">HI", INITIAL_WINDOW_SIZE, 65_535)[:size]))
    talk.at_end(CLIENT, settings_ack())
    return [error("CN06", odd)]


@breaks("CN07", "a PING of the server stands on stream 1", "on stream 0, and is answered", stream=0)
def place(talk, stream=1):
    misplaced = talk.at_end(SERVER, Frame(PING, 0, stream, b"misplace"))
    if stream == 0:
        talk.at_end(CLIENT, ping("misplace", ack=True))
    return [error("CN07", misplaced)]


@breaks("CN08", "the client announces INITIAL_WINDOW_SIZE 4294967295", "2147483647", window=2**31 - 1)
def setting_value(talk, window=2**32 - 1):
    own = talk.find(CLIENT, SETTINGS)
    own.frame = settings((INITIAL_WINDOW_SIZE, window))
    return [error("CN08", own), error("FC04", own, by="CN08")]


def long_name(octets):
    """A message of the service of that size: one field of text."""
    length, prefix = octets - 4, b""
    while length:
        prefix += bytes([length & 127 | (128 if length > 127 else 0)])
        length >>= 7
    return b"\x0a" + prefix + b"a" * (octets - 1 - len(prefix))


@breaks("CN09", "a request in one DATA of 16385 octets, to a server that allows 16384", "of 16384 octets", size=16_384)
def frame_length(talk, size=16_385):
    request = talk.data(CLIENT)
    request.frame = data(1, message(long_name(size - 5)), END_STREAM)
    return [error("CN09", request)]


@breaks("CN10", "a PING of 4 octets", "of 8, and answered", size=8)
def frame_size(talk, size=4):
    short = talk.at_end(SERVER, Frame(PING, 0, 0, b"12345678"[:size]))
    if size == 8:
        talk.at_end(CLIENT, ping("12345678", ack=True))
    return [error("CN10", short)]


@breaks("CN11", "the Pad Length of the request's DATA is its whole length", "there are as many octets of padding as it says", pad=4)
def padding(talk, pad=None):
    request = talk.data(CLIENT)
    payload = request.frame.payload
    padded = bytes([len(payload) + 1]) + payload if pad is None else bytes([pad]) + payload + bytes(pad)
    request.frame = data(1, padded, END_STREAM | PADDED)
    return [error("CN11", request)]


@breaks("CN12", "the reserved bit of the request's HEADERS is 1", "it is 0", reserved=False)
def reserved_bit(talk, reserved=True):
    talk.request().frame.reserved = reserved
    return [warning("CN12", talk.request())]


@breaks("CN13", "of three PINGs of the server the client acknowledges the second and the third in turn", "all", answered=True)
def ping_unanswered(talk, answered=False):
    asked(talk, SERVER, "first...", answered)
    asked(talk, SERVER, "second..")
    return [error("CN13", asked(talk, SERVER, "third..."))]


@breaks("CN14", "the client opens a stream after it acknowledged a PING that came behind GOAWAY", "HEADERS and GOAWAY cross on the wire",
        calls=2, crossed=2)
def stream_after_goaway(talk, crossed=0):
    opened = talk.request(3)
    talk.before(opened, SERVER, goaway(ALL_STREAMS))
    talk.before(opened, SERVER, ping("draining"))
    ack = ping("draining", ack=True)
    if crossed:
        talk.behind(talk.data(CLIENT, 3), CLIENT, ack, later=1)
        opened.crossed = talk.data(CLIENT, 3).crossed = crossed
    else:
        talk.before(opened, CLIENT, ack)
    return [warning("CN14", opened)]


@breaks("CN15", "GOAWAY with last stream 5, then with 7", "first 7, then 5", streams=(7, 5))
def goaway_rises(talk, streams=(5, 7)):
    talk.at_end(SERVER, goaway(streams[0]))
    return [error("CN15", talk.at_end(SERVER, goaway(streams[1]), later=MILLISECOND))]


@breaks("CN16", "the server closes the connection with a call open", "it sends GOAWAY before", warned=True)
def silent_close(talk, warned=False):
    talk.drop(talk.trailers())
    if warned:
        talk.at_end(SERVER, goaway(1))
    talk.closes(SERVER, CLIENT)
    return [warning("CN16", talk.said[-2])]


@breaks("CN17", "the client announces ENABLE_PUSH 0, the server promises a stream", "the client announces 1", enabled=1)
def push(talk, enabled=0):
    talk.find(CLIENT, SETTINGS).frame = settings((ENABLE_PUSH, enabled))
    promise = talk.before(talk.response(), SERVER, push_promise(1, 2))
    talk.at_end(CLIENT, rst_stream(2, CANCEL))
    return [error("CN17", promise)]
