"""ST: the life of streams, and the order of frames."""

import struct

from conversation import CLIENT, SERVER
from entry import CLIENT_STREAM, breaks, error, warning
from frames import CANCEL, MAX_CONCURRENT_STREAMS, PRIORITY, REFUSED_STREAM, SETTINGS, Frame, data, ping, rst_stream, settings, settings_ack


@breaks("ST01", "the second stream of the client is 4", "it is 3", calls=2, stream=3)
def parity(talk, stream=4):
    talk.rename(3, stream)
    return [error("ST01", talk.request(stream))]


@breaks("ST02", "the client opens stream 3 after stream 5", "after stream 1", calls=2, first=1)
def order_of_streams(talk, first=5):
    talk.rename(1, first)
    return [error("ST02", talk.request(3))]


@breaks("ST03", "the client opens a second stream while the first is open, and the server allows one", "it allows two",
        start="node-h2c", calls=2, limit=2)
def concurrency(talk, limit=1):
    talk.find(SERVER, SETTINGS).frame = settings((MAX_CONCURRENT_STREAMS, limit))
    return [error("ST03", talk.request(3))]


@breaks("ST04", "the client sends DATA on stream 7, which nobody opened", "it sends PRIORITY there",
        frame=Frame(PRIORITY, 0, 7, struct.pack(">IB", 0, 15)))
def idle_stream(talk, frame=data(7, b"")):
    return [error("ST04", talk.at_end(CLIENT, frame))]


@breaks("ST05", "the client sends an empty DATA behind its END_STREAM", "before it", before=True)
def after_end_stream(talk, before=False):
    last = talk.data(CLIENT)
    return [error("ST05", (talk.before if before else talk.behind)(last, CLIENT, data(1, b"")))]


def reset_by(talk, side, code=CANCEL, stream=1):
    """A side resets the stream behind the first request, and nothing is said on it any more; the reset."""
    first = talk.data(CLIENT, stream)
    talk.drop_stream(stream, behind=first)
    return talk.behind(first, side, rst_stream(stream, code), later=1000)


@breaks("ST06", "the client resets a stream, and sends DATA on it", "it sends no more", connection=CLIENT_STREAM, more=False)
def after_own_reset(talk, more=True):
    request = talk.data(CLIENT).frame.payload
    reset = reset_by(talk, CLIENT)
    return [error("ST06", talk.behind(reset, CLIENT, data(1, request)))] if more else []


@breaks("ST07", "the server answers RST_STREAM in kind, after it acknowledged SETTINGS that came behind it", "both resets cross on the wire",
        connection=CLIENT_STREAM, crossed=2)
def reset_answered(talk, crossed=0):
    reset = reset_by(talk, CLIENT)
    asked = talk.behind(reset, CLIENT, settings())
    answer = talk.behind(asked, SERVER, settings_ack(), later=1000)
    place = talk.before if crossed else talk.behind
    return [warning("ST07", place(answer, SERVER, rst_stream(1, CANCEL), crossed=crossed))]


@breaks("ST08", "a PING stands between HEADERS and their CONTINUATION", "it stands before HEADERS", between=False)
def interrupted_block(talk, between=True):
    opened = talk.request()
    opened.frame.parts = 2
    if between:
        opened.frame.between = [ping("between.")]
    else:
        talk.before(opened, CLIENT, ping("between."))
    talk.behind(talk.data(CLIENT), SERVER, ping("between.", ack=True))
    return [error("ST08", opened)]


@breaks("ST09", "the request's header block has nine CONTINUATION", "eight", parts=9)
def flood(talk, parts=10):
    talk.request().frame.parts = parts
    return [warning("ST09", talk.request())]


@breaks("ST10", "the server refuses a stream on which it has sent response headers", "on which it has sent nothing", answered=False)
def refused_after_answer(talk, answered=True):
    response = talk.response()
    talk.drop_stream(1, behind=response)
    refused = talk.behind(response, SERVER, rst_stream(1, REFUSED_STREAM))
    if not answered:
        talk.drop(response)
    return [error("ST10", refused)]


@breaks("ST11", "the client sends DATA after it acknowledged a PING that came behind RST_STREAM", "DATA and RST_STREAM cross on the wire",
        connection=CLIENT_STREAM, crossed=2)
def after_received_reset(talk, crossed=0):
    request = talk.data(CLIENT).frame.payload
    reset = reset_by(talk, SERVER)
    asked = talk.behind(reset, SERVER, ping("are you?"))
    answer = talk.behind(asked, CLIENT, ping("are you?", ack=True), later=1000)
    place = talk.before if crossed else talk.behind
    return [warning("ST11", place(answer, CLIENT, data(1, request), crossed=crossed))]


@breaks("ST12", "the reply comes before the response headers", "behind them", first=False)
def data_first(talk, first=True):
    reply = talk.data(SERVER)
    if first:
        talk.move(reply, talk.response())
    return [error("ST12", reply)]
