"""BH and RT: behaviour over time, and retries."""

from conversation import CLIENT, SECOND, SERVER
from entry import breaks, remark, warning
from frames import ENHANCE_YOUR_CALM, NO_ERROR, PING, goaway, ping
from rows_connection import ALL_STREAMS


def keepalive(talk, later):
    """A PING of the client, and its ACK; the PING."""
    sent = talk.at_end(CLIENT, ping("keepaliv"), later=later)
    talk.at_end(SERVER, ping("keepaliv", ack=True), later=1000)
    return sent


# grpc-go pings by itself when the reply has come: that is the first.
@breaks("BH01", "the client pings three times more, a second apart, and receives neither HEADERS nor DATA", "eleven seconds apart", apart=11 * SECOND)
def pings(talk, apart=SECOND):
    for _ in range(3):
        sent = keepalive(talk, apart)
    return [warning("BH01", sent)]


@breaks("BH02", "the client pings four times, 11 s apart, without a call", "three times", more=2)
def strikes(talk, more=3):
    for _ in range(more):
        sent = keepalive(talk, 11 * SECOND)
    return [remark("BH02", sent, "too_many_pings")]


@breaks("BH03", "the server closes 5 s after GOAWAY too_many_pings", "at once", later=SECOND // 2)
def calm(talk, later=5 * SECOND):
    said = talk.at_end(SERVER, goaway(1, ENHANCE_YOUR_CALM, b"too_many_pings"))
    talk.closes(SERVER, CLIENT)
    talk.wait(later, behind=said)
    return [warning("BH03", said)]


@breaks("BH04", "nothing comes for 25 s after a PING, and its sender opens a stream", "its ACK comes", calls=2, answered=True)
def dead(talk, answered=False):
    ack = talk.find(SERVER, PING, ack=True)
    talk.wait(25 * SECOND, behind=ack)
    if not answered:
        talk.drop(ack)
    return [remark("BH04", talk.request(3), "no octet came for 25 s after a PING")]


@breaks("BH05", "GOAWAY max_age names the final stream at once", "first all streams, then the final one", gracefully=True)
def age(talk, gracefully=False):
    told = talk.at_end(SERVER, goaway(ALL_STREAMS if gracefully else 1, NO_ERROR, b"max_age"))
    if gracefully:
        talk.at_end(SERVER, goaway(1, NO_ERROR, b"max_age"), later=1000)
    return [remark("BH05", told, "it named the final stream at once")]


@breaks("RT01", "grpc-previous-rpc-attempts is 5", "4", value="4")
def attempts(talk, value="5"):
    talk.request().frame.set("grpc-previous-rpc-attempts", value)
    return [remark("RT01", talk.request(), "5 attempts were made before this one")]
