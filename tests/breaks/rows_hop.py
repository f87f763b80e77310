"""PX: what a hop does to calls, by the captures of both its sides. The server's side is what `through_hop` makes of the client's."""

import gzip

from conversation import CLIENT, MILLISECOND, SECOND, SERVER
from entry import CLIENT_STREAM, SERVER_STREAM, also, breaks, error, legal, remark, warning
from frames import END_STREAM, INTERNAL_ERROR, message, rst_stream
from rows_messages import body_of
from rows_responses import OF_GRPC, trailers_only
from rows_retries import UNAVAILABLE
from rows_streams import reset_by


def several(talk, calls):
    for number in range(2, calls + 1):
        another(talk, number, 2 * number - 1)
    return talk


def another(talk, number, stream):
    """The call, with an id and a request of its own: three tell that it is an id, by which calls are paired that the hop changed."""
    request = talk.again(1, stream, later=20 * MILLISECOND).frame
    request.set("testigo-id", request.value("testigo-id")[:-1] + str(number))
    body = talk.data(CLIENT, stream).frame
    body.payload = body.payload[:-1] + bytes([number])


@breaks("PX01", "the hop ends the answer with DATA, and loses the trailers", "it passes them on", lost=False)
def trailers_lost(down, lost=True):
    down.through_hop()
    reply = down.data(SERVER)
    if lost:
        down.drop(down.trailers())
        reply.frame.flags = END_STREAM
    return [error("PX01", down.response()), error("RS03", reply, by="PX01")]


@also("PX01-status", "the hop sends trailers on, without grpc-status")
def status_lost(down):
    down.trailers().frame.set("cost", "3")
    down.through_hop()
    down.trailers().frame.remove("grpc-status")
    return [error("PX01", down.trailers()), error("RS03", down.trailers(), by="PX01")]


@legal("PX01-reset", "the hop resets the call in the midst of the answer")
def reset_downstream(down):
    down.through_hop()
    down.drop(down.data(SERVER))
    down.trailers().frame = rst_stream(1, INTERNAL_ERROR)


@breaks("PX02", "the hop drops te", "it passes it on", dropped=False)
def te_lost(down, dropped=True):
    up = down.through_hop()
    if dropped:
        up.request().frame.remove("te")
    return [error("PX02", up.request()), error("RQ04", up.request(), by="PX02")]


@breaks("PX03", "the hop makes a deadline of 60 s of one of 5 s", "of 4.9 s", timeout="4900m")
def deadline_raised(down, timeout="60S"):
    up = down.through_hop()
    down.request().frame.set("grpc-timeout", "5S")
    up.request().frame.set("grpc-timeout", timeout)
    return [warning("PX03", up.request())]


@also("PX03-dropped", "the hop drops the deadline")
def deadline_dropped(down):
    up = down.through_hop()
    up.request().frame.remove("grpc-timeout")
    return [warning("PX03", up.request())]


@legal("PX03-rounded", "the hop rounds 4993772 us up to 5 s")
def deadline_rounded(down):
    up = down.through_hop()
    up.request().frame.set("grpc-timeout", "5S")


@breaks("PX04", "the hop drops metadata of the request", "it adds some of its own", dropped=False)
def metadata_lost(down, dropped=True):
    down.request().frame.set("tenant", "blue")
    up = down.through_hop()
    if dropped:
        up.request().frame.remove("tenant")
    else:
        up.request().frame.set("x-forwarded-for", "10.0.0.1")
    return [warning("PX04", up.request())]


@also("PX04-binary", "the hop changes a -bin value of the trailers")
def binary_changed(down):
    down.trailers().frame.set("cost-bin", "AAEC")
    down.through_hop()
    down.trailers().frame.set("cost-bin", "AAED")
    return [warning("PX04", down.trailers())]


@also("PX04-doubled", "the hop sends a field of metadata twice")
def metadata_doubled(down):
    down.request().frame.set("tenant", "blue")
    up = several(down, 3).through_hop()
    up.request().frame.fields.append(("tenant", "blue"))
    return [warning("PX04", up.request())]


@legal("PX04-joined", "the hop joins two values of metadata with a comma")
def joined(down):
    down.request().frame.fields += [("key-bin", "AAEC"), ("key-bin", "AAED")]
    up = down.through_hop()
    up.request().frame.remove("key-bin")
    up.request().frame.set("key-bin", "AAED,AAEC")


@breaks("PX05", "the hop changes an octet of the reply", "it changes none", changed=False)
def octet_changed(down, changed=True):
    down.through_hop()
    reply = down.data(SERVER).frame
    if changed:
        reply.payload = reply.payload.replace(b"Success", b"success")
    return [error("PX05", down.trailers())]


@also("PX05-flag", "the hop decompresses the reply, drops grpc-encoding, and leaves Compressed-Flag at 1", start="go-gzip")
def flag_left(down):
    down.through_hop()
    reply = down.data(SERVER)
    reply.frame.payload = message(gzip.decompress(body_of(reply)), flag=1)
    down.response().frame.remove("grpc-encoding")
    return [error("PX05", down.trailers()), error("MG03", reply, by="PX05")]


@legal("PX05-decompressed", "the hop decompresses the reply, and says so", start="go-gzip")
def decompressed(down):
    down.through_hop()
    reply = down.data(SERVER)
    reply.frame.payload = message(gzip.decompress(body_of(reply)))
    down.response().frame.remove("grpc-encoding")


@legal("PX05-compressed", "the hop compresses the reply anew, in another way", start="go-gzip")
def compressed_anew(down):
    down.through_hop()
    reply = down.data(SERVER)
    reply.frame.payload = message(gzip.compress(gzip.decompress(body_of(reply)), compresslevel=0, mtime=0), flag=1)


@breaks("PX06", "the hop makes INTERNAL of UNAVAILABLE", "it passes it on", status="14")
def status_changed(down, status="13"):
    trailers_only(down, *UNAVAILABLE)
    down.through_hop()
    down.response().frame.set("grpc-status", status)
    return [warning("PX06", down.response())]


@breaks("PX07", "authorization comes as never-indexed literal, and the hop indexes it", "it leaves it one", kept=True)
def secret_indexed(down, kept=False):
    down.request().frame.fields.append(("authorization", "Bearer c2VjcmV0", True))
    up = down.through_hop()
    if not kept:
        up.request().frame.set("authorization", "Bearer c2VjcmV0")
    return [error("PX07", up.request()), remark("HP07", up.request(), "authorization", by="PX07")]


@also("PX07-answer", "a field of the trailers comes as never-indexed literal, and the hop indexes it")
def answer_indexed(down):
    down.trailers().frame.fields.append(("session", "c2VjcmV0", True))
    down.through_hop()
    down.trailers().frame.set("session", "c2VjcmV0")
    return [error("PX07", down.trailers())]


# That equal calls are attempts of one, and none is another's, is certain where most others could be told apart: eight at least.
@breaks("PX08", "the hop attempts the last but one of ten calls three times", "once", times=0)
def attempts_of_hop(down, times=2):
    up = several(down, 9).through_hop()
    attempts = [17 + 2 * number for number in range(times + 1)]
    for number, stream in enumerate(attempts[1:], 1):
        up.again(17, stream, later=SECOND).frame.set("grpc-previous-rpc-attempts", str(number))
    for stream in attempts[:-1]:
        trailers_only(up, *UNAVAILABLE, stream=stream)
    down.wait(times * SECOND, behind=down.data(CLIENT, 17))
    another(down, 10, 19)
    another(up, 10, attempts[-1] + 2)
    return [remark("PX08", up.request(17), "the hop made 3 attempts")]


@breaks("PX09", "the hop loses the second of three replies", "it loses none", connection=SERVER_STREAM, lost=False)
def reply_lost(down, lost=True):
    down.through_hop()
    if lost:
        down.drop(down.data(SERVER, nth=1))
    return [error("PX09", down.trailers())]


@also("PX09-order", "the hop changes the order of two replies", connection=SERVER_STREAM)
def reordered(down):
    down.through_hop()
    down.move(down.data(SERVER, nth=1), before=down.data(SERVER))
    return [error("PX09", down.trailers())]


@also("PX09-request", "the hop sends a request of a stream twice", connection=CLIENT_STREAM)
def request_doubled(down):
    up = several(down, 3).through_hop()
    first = up.data(CLIENT)
    up.behind(first, CLIENT, first.frame)
    return [error("PX09", up.request())]


def lose(up, stream, calls):
    up.drop_stream(stream)
    for later in range(stream + 2, 2 * calls, 2):
        up.rename(later, later - 2)


def gives_up(down, stream):
    """After a second."""
    reset_by(down, CLIENT, stream=stream)
    down.wait(SECOND, behind=down.data(CLIENT, stream))


@also("PX09-call", "the hop loses a call, whose client gives up after a second")
def call_lost(down):
    lose(several(down, 4).through_hop(), 5, calls=4)
    gives_up(down, 5)
    return [remark("PX09", down.request(5), "it was lost, or went to another server")]


@also("PX09-refused", "the hop refuses a call: it answers PERMISSION_DENIED itself")
def call_refused(down):
    lose(several(down, 4).through_hop(), 5, calls=4)
    trailers_only(down, *OF_GRPC, ("grpc-status", "7"), ("grpc-message", ""), stream=5)
    return [remark("PX09", down.request(5), "the answer is PERMISSION_DENIED")]


@also("PX09-doubled", "the hop sends the last but one of ten calls twice, and both are answered with OK")
def call_doubled(down):
    up = several(down, 9).through_hop()
    up.again(17, 19, later=MILLISECOND)
    another(down, 10, 19)
    another(up, 10, 21)
    return [error("PX09", up.request(19))]


@legal("PX09-others", "somebody else calls the server twice, with the request of one of the hop's ten calls")
def calls_of_others(down):
    up = several(down, 9).through_hop()
    another(down, 10, 19)
    another(up, 10, 19)
    others = up.connect(up.opened + MILLISECOND, like=up)
    others.ends = ("10.0.0.4", others.ends[0][1]), others.ends[1]
    for stream in (*range(1, 17, 2), 19):
        others.drop_stream(stream)
    others.rename(17, 1)
    others.again(1, 3, later=MILLISECOND)


@legal("PX09-end", "the last call, whose client gives up, went on behind the end of the capture of the server's side")
def call_at_end(down):
    lose(several(down, 4).through_hop(), 7, calls=4)
    gives_up(down, 7)


@legal("PX09-elsewhere", "two calls go to a server that the other capture does not hear: one is answered, the client gives the other up")
def calls_elsewhere(down):
    up = several(down, 5).through_hop()
    lose(up, 5, calls=5)
    lose(up, 5, calls=4)
    gives_up(down, 7)


@also("MG06-hop", "the hop sends the message of a unary request twice")
def unary_request_doubled(down):
    up = several(down, 3).through_hop()
    request = up.data(CLIENT)
    request.frame.payload *= 2
    return [error("MG06", request), error("PX09", up.request(), by="MG06")]


@breaks("PX10", "the client cancels a call after a second, and upstream it goes on for three", "the hop resets it", passed_on=True)
def cancel_swallowed(down, passed_on=False):
    up = down.through_hop()
    for side, seconds in ((down, 1), (up, 1 if passed_on else 3)):
        if side is down or passed_on:
            reset_by(side, CLIENT)
        side.wait(seconds * SECOND, behind=side.data(CLIENT))
    return [warning("PX10", up.request())]


@also("PX10-open", "the client cancels a call after a second, and upstream it is open for three more, to the end of the capture")
def cancel_never_passed_on(down):
    up = down.through_hop()
    reset_by(down, CLIENT)
    down.wait(SECOND, behind=down.data(CLIENT))
    up.wait(4 * SECOND, behind=up.data(CLIENT))
    up.drop_stream(1, side=SERVER)
    up.closes()
    return [warning("PX10", up.request())]


@legal("PX10-crossed", "the client cancels a call, and its answer comes upstream half a second later")
def cancel_crossed(down):
    up = down.through_hop()
    reset_by(down, CLIENT)
    up.wait(SECOND // 2, behind=up.data(CLIENT))
