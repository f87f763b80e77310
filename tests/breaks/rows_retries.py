"""RT and BH: calls and connections that are attempted again."""

from conversation import CLIENT, MICROSECOND, MILLISECOND, SECOND, SERVER
from entry import also, breaks, legal, remark, warning
from frames import INTERNAL_ERROR, REFUSED_STREAM, goaway, rst_stream
from rows_responses import OF_GRPC, trailers_only

UNAVAILABLE = [*OF_GRPC, ("grpc-status", "14"), ("grpc-message", "")]


def attempt(talk, number, later):
    """The call once more, and what it says of those before it."""
    request = talk.again(1, 2 * number + 1, later)
    request.frame.set("grpc-previous-rpc-attempts", str(number))
    share_deadline(talk.request(), request)
    return request


def share_deadline(first, again):
    """Of what is left of a minute."""
    first.frame.set("grpc-timeout", "60S")
    again.frame.set("grpc-timeout", f"{(60 * SECOND - (again.time - first.time)) // MICROSECOND}u")


@breaks("RT02", "the call fails behind its response headers, and is attempted again", "it is answered by Trailers-Only, and attempted again",
        committed=False)
def attempt_of_committed(talk, committed=True):
    again = attempt(talk, 1, later=SECOND)
    if committed:
        talk.drop(talk.data(SERVER))
        talk.trailers().frame.set("grpc-status", "14")
    else:
        trailers_only(talk, *UNAVAILABLE)
    return [warning("RT02", again)]


@also("RT02-reset", "the server resets the call behind its response headers, and it is attempted again")
def attempt_of_reset(talk):
    again = attempt(talk, 1, later=SECOND)
    talk.drop(talk.data(SERVER))
    talk.trailers().frame = rst_stream(1, INTERNAL_ERROR)
    return [warning("RT02", again)]


@also("RT02-connection", "the call fails behind its response headers, and is attempted again on another connection")
def attempt_elsewhere(talk):
    again = talk.connect(talk.said[-1].time + SECOND, like=talk).request()
    again.frame.set("grpc-previous-rpc-attempts", "1")
    share_deadline(talk.request(), again)
    talk.drop(talk.data(SERVER))
    talk.trailers().frame.set("grpc-status", "14")
    return [warning("RT02", again)]


@legal("RT02-other", "a call fails behind its response headers, and another one is attempted again")
def attempt_of_another(talk):
    attempt(talk, 1, later=SECOND).frame.set("testigo-id", "of another")
    talk.drop(talk.data(SERVER))
    talk.trailers().frame.set("grpc-status", "14")


@legal("RT02-unseen", "a call fails behind its response headers, and 30 s later one that looks the same is attempted again")
def attempt_of_unseen(talk):
    again = talk.again(1, 3, later=30 * SECOND)
    again.frame.set("grpc-previous-rpc-attempts", "1")
    for request in (talk.request(), again):
        request.frame.remove("grpc-timeout")
    talk.drop(talk.data(SERVER))
    talk.trailers().frame.set("grpc-status", "14")


@breaks("RT03", "grpc-retry-pushback-ms is 5000, and the call is attempted again after 1 s", "after 5 s", later=5 * SECOND)
def pushback(talk, later=SECOND, asked="5000"):
    again = attempt(talk, 1, later)
    trailers_only(talk, *UNAVAILABLE, ("grpc-retry-pushback-ms", asked))
    return [warning("RT03", again)]


@also("RT03-none", "grpc-retry-pushback-ms is -1, and the call is attempted again")
def no_more(talk):
    return pushback(talk, asked="-1")


@legal("RT03-late", "grpc-retry-pushback-ms is 5000, and the call is attempted again after 9 s")
def late(talk):
    pushback(talk, later=9 * SECOND)


@breaks("RT04", "a call that fails is attempted three times more without delay", "20 ms after each other", later=20 * MILLISECOND)
def backoff(talk, later=100 * MICROSECOND):
    trailers_only(talk, *UNAVAILABLE)
    attempts = [attempt(talk, number, later) for number in (1, 2, 3)]
    return [remark("RT04", attempts[-1], "3 attempts were made again within")]


def refused(talk, stream):
    """The server takes nothing of the call up; the refusal."""
    response = talk.response(stream)
    talk.drop_stream(stream, behind=response, side=SERVER)
    response.frame = rst_stream(stream, REFUSED_STREAM)
    return response


@breaks("BH07", "a call that is refused twice with REFUSED_STREAM is sent a third time", "it is refused once, and sent a second time", times=1)
def sent_again(talk, times=2):
    for number in range(times):
        again = talk.again(1, 2 * number + 3, later=MILLISECOND)
    for number in range(times):
        refused(talk, 2 * number + 1)
    return [remark("BH07", again, "for the 2. time")]


def left_out(talk):
    """GOAWAY names no stream; it."""
    response = talk.response()
    talk.drop_stream(1, behind=response, side=SERVER)
    response.frame = goaway(0)
    return response


@also("BH07-connection", "a call that GOAWAY left out is sent again on the same connection")
def sent_again_behind_goaway(talk):
    again = talk.again(1, 3, later=MILLISECOND)
    left_out(talk)
    talk.drop_stream(3, side=SERVER)  # it has left that out, too: ST10
    return [remark("BH07", again, "on the same connection"), remark("CN14", again, "it may not have read it yet", by="BH07")]


@legal("BH07-goaway", "a call that GOAWAY left out is sent again on another connection")
def sent_again_elsewhere(talk):
    talk.connect(talk.said[-1].time + MILLISECOND, like=talk)
    left_out(talk)


BACKOFF = (0, 1000, 2600, 5160, 9256)  # milliseconds


@breaks("BH06", "a client attempts to connect every 1.5 s, and is refused", "it backs off", times=BACKOFF)
def dials(talk, times=range(0, 10_000, 1500)):
    gone = talk.said[-1].time + SECOND
    for time in times:
        talk.connect(gone + time * MILLISECOND)
    back = talk.connect(gone + 20 * SECOND, like=talk)
    return [remark("BH06", back, "7 attempts to connect")]


@also("BH06-silent", "a client connects every 1.5 s, and the server closes before it says a word")
def hears_nothing(talk):
    gone = talk.said[-1].time + SECOND
    for time in range(0, 10_000, 1500):
        silent = talk.connect(gone + time * MILLISECOND, like=talk)
        first = silent.request()
        silent.said = [said for said in silent.said[:silent.said.index(first)] if said.side == CLIENT and not said.frame.flags]
        silent.closes(SERVER, CLIENT)
    return [remark("BH06", talk.connect(gone + 20 * SECOND, like=talk), "7 attempts to connect")]


@legal("BH06-several", "two clients of one machine attempt to connect, and each backs off")
def dial_together(talk):
    dials(talk, sorted((*BACKOFF, *(300 + time for time in BACKOFF))))
