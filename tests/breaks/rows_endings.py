"""SD: cancel, deadline, close."""

from conversation import CLIENT, SECOND, SERVER
from entry import CLIENT_STREAM, SERVER_STREAM, breaks, remark, warning
from frames import CANCEL, END_STREAM, NO_ERROR, PROTOCOL_ERROR, goaway, headers, rst_stream
from rows_responses import OF_GRPC

REFUSAL = [*OF_GRPC, ("grpc-status", "3"), ("grpc-message", "")]


def early_end(talk):
    """The server ends a call whose client still sends; its trailers."""
    first = talk.data(CLIENT)
    talk.drop_stream(1, side=SERVER)
    return talk.behind(first, SERVER, headers(1, REFUSAL, END_STREAM), later=1000)


@breaks("SD01", "the server ends a call early, and neither side resets it, or ends it within 2 s", "the server resets it with NO_ERROR",
        connection=CLIENT_STREAM, reset=True)
def early_end_alone(talk, reset=False):
    trailers = early_end(talk)
    if reset:
        talk.drop_stream(1, behind=trailers)
        talk.behind(trailers, SERVER, rst_stream(1, NO_ERROR))
    else:
        talk.wait(2 * SECOND, behind=trailers)
    return [warning("SD01", trailers)]


@breaks("SD02", "the client resets a call with PROTOCOL_ERROR", "with CANCEL", connection=SERVER_STREAM, code=CANCEL)
def cancel_code(talk, code=PROTOCOL_ERROR):
    first = talk.data(SERVER)
    talk.drop_stream(1, behind=first)
    return [remark("SD02", talk.behind(first, CLIENT, rst_stream(1, code), later=1000), "PROTOCOL_ERROR")]


# A stream that is open past its deadline was neither cancelled by its client nor ended by its server: each of both rows drags the other along.
@breaks("SD03", "the answer comes 3 s after the deadline, and the client does not cancel", "half a second after it", late=SECOND // 2)
def no_cancel(talk, late=3 * SECOND):
    talk.request().frame.set("grpc-timeout", "5S")
    talk.wait(5 * SECOND + late, behind=talk.data(CLIENT))
    return [warning("SD03", talk.request()), warning("SD04", talk.request(), by="SD03")]


@breaks("SD04", "the server goes on with its replies until 3 s after the deadline", "until half a second after it",
        connection=SERVER_STREAM, late=SECOND // 2)
def no_end(talk, late=3 * SECOND):
    talk.request().frame.set("grpc-timeout", "5S")
    talk.wait(5 * SECOND + late, behind=talk.data(SERVER))
    return [warning("SD04", talk.request()), warning("SD03", talk.request(), by="SD04")]


@breaks("SD05", "the server resets a call with CANCEL behind its trailers", "with NO_ERROR", connection=CLIENT_STREAM, code=NO_ERROR)
def reset_behind_trailers(talk, code=CANCEL):
    trailers = early_end(talk)
    talk.drop_stream(1, behind=trailers)
    return [warning("SD05", talk.behind(trailers, SERVER, rst_stream(1, code)))]


@breaks("SD07", "the server closes, after GOAWAY, with a call open", "after its trailers", lost=False)
def lost(talk, lost=True):
    if lost:
        talk.drop(talk.trailers())
    talk.at_end(SERVER, goaway(1))
    talk.closes(SERVER, CLIENT)
    return [remark("SD07", talk.request(), "was open when the connection was lost")]
