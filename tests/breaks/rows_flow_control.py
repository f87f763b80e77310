"""FC: windows."""

from conversation import CLIENT, MILLISECOND, SECOND, SERVER
from entry import breaks, error, remark
from frames import INITIAL_WINDOW_SIZE, SETTINGS, data, message, settings, window_update
from rows_connection import long_name

WINDOW_MAX = 2**31 - 1
CONNECTION_WINDOW = 65_535


def window_of_streams(talk, octets):
    talk.find(CLIENT, SETTINGS).frame = settings((INITIAL_WINDOW_SIZE, octets))


def reply_in_parts(talk, octets, *sizes):
    """The reply is these octets, in DATA frames of these sizes, the last of what is left; all of them."""
    first = talk.data(SERVER)
    first.frame.payload, octets = octets[:sizes[0]], octets[sizes[0]:]
    parts = [first]
    for size in [*sizes[1:], len(octets)]:
        parts.append(talk.behind(parts[-1], SERVER, data(1, octets[:size])))
        octets = octets[size:]
        if not octets:
            return parts
    return parts


@breaks("FC01", "the reply is one octet longer than the window of its stream", "as long", missing=0)
def stream_window(talk, missing=1):
    reply = talk.data(SERVER)
    window_of_streams(talk, len(reply.frame.payload) - missing)
    return [error("FC01", reply)]


@breaks("FC02", "a reply of 65536 octets, before any WINDOW_UPDATE of the client on stream 0", "there was one of 1", given=True)
def connection_window(talk, given=False):
    window_of_streams(talk, 10**6)
    if given:
        talk.before(talk.request(), CLIENT, window_update(1))
    parts = reply_in_parts(talk, message(long_name(65_531)), 16_384, 16_384, 16_384)
    return [error("FC02", parts[-1])]


@breaks("FC03", "a WINDOW_UPDATE of 0", "of 1", increment=1)
def increment_of_zero(talk, increment=0):
    return [error("FC03", talk.at_end(CLIENT, window_update(increment)))]


@breaks("FC04", "a WINDOW_UPDATE of 2147483647 on stream 0, whose window is 65535", "it fills the window to 2147483647",
        increment=WINDOW_MAX - CONNECTION_WINDOW)
def window_overflow(talk, increment=WINDOW_MAX):
    return [error("FC04", talk.before(talk.request(), CLIENT, window_update(increment)))]


@breaks("FC05", "the server waits two seconds for credit in the middle of its reply", "half a second", stalled=SECOND // 2)
def stall(talk, stalled=2 * SECOND):
    window_of_streams(talk, 50)
    whole = talk.data(SERVER).frame.payload
    first, rest = reply_in_parts(talk, whole, 50)
    talk.drop(rest)
    credit = talk.behind(first, CLIENT, window_update(len(whole) - 50, stream=1), later=stalled)
    talk.behind(credit, SERVER, rest.frame, later=MILLISECOND)
    return [remark("FC05", first, "the window of stream 1 was empty for 2")]


@breaks("FC06", "of 36000 octets the client never gives credit back, of 40 more frames it does", "of all of them", given=36_000)
def drift(talk, given=0):
    window_of_streams(talk, 10**6)
    first = talk.before(talk.request(), CLIENT, window_update(1))
    parts = reply_in_parts(talk, message(long_name(36_395)), 12_000, 12_000, 12_000, *[10] * 39)
    if given:
        talk.behind(parts[2], CLIENT, window_update(given))
    credits = [first, *(talk.behind(part, CLIENT, window_update(10)) for part in parts[3:])]
    return [remark("FC06", credits[32], "the client does not give all back")]  # the first of the last that are taken together
