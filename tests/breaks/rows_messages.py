"""MG: length-prefixed messages; EX: whether they are answers."""

import gzip

from conversation import CLIENT, SERVER
from entry import breaks, error, warning
from frames import END_STREAM, INITIAL_WINDOW_SIZE, MAX_FRAME_SIZE, SETTINGS, data, message, settings, window_update
from rows_connection import long_name

USUAL_LENGTH_MAX = 4 * 2**20


def body_of(said):
    return said.frame.payload[5:]


@breaks("MG01", "the compressed-flag of the request is 2", "0", flag=0)
def flag(talk, flag=2):
    request = talk.data(CLIENT)
    request.frame.payload = message(body_of(request), flag)
    return [error("MG01", request)]


@breaks("MG02", "the request lacks its last octet", "it is whole", missing=0)
def boundary(talk, missing=1):
    request = talk.data(CLIENT)
    request.frame.payload = request.frame.payload[:len(request.frame.payload) - missing]
    return [error("MG02", request)]


@breaks("MG03", "the request is compressed, and its headers name no grpc-encoding", "they name gzip", start="go-gzip", named=True)
def no_coding(talk, named=False):
    if not named:
        talk.request().frame.remove("grpc-encoding")
    return [error("MG03", talk.data(CLIENT))]


@breaks("MG04", "the gzip of the request ends four octets early", "it is whole", start="go-gzip", missing=0)
def cut_compression(talk, missing=4):
    request = talk.data(CLIENT)
    body = body_of(request)
    request.frame.payload = message(body[:len(body) - missing], flag=1)
    return [error("MG04", request)]


@breaks("MG05", "the reply is compressed by gzip, and the client takes identity and deflate", "it takes identity and gzip",
        start="go-gzip", takes="identity,gzip")
def coding_not_taken(talk, takes="identity,deflate"):
    request = talk.data(CLIENT)
    request.frame.payload = message(gzip.decompress(body_of(request)))
    talk.request().frame.remove("grpc-encoding")
    talk.request().frame.set("grpc-accept-encoding", takes)
    return [error("MG05", talk.data(SERVER))]


@breaks("MG06", "the unary request is two messages", "it is one", messages=1)
def cardinality(talk, messages=2):
    request = talk.data(CLIENT)
    request.frame.payload *= messages
    return [error("MG06", request)]


@breaks("MG07", "the first field of the request is longer than the message", "it fits", longer=False)
def type_that_does_not_parse(talk, longer=True):
    request = talk.data(CLIENT)
    if longer:
        body = body_of(request)
        request.frame.payload = message(body[:1] + b"\x7f" + body[2:])
    return [error("MG07", request)]


@breaks("EX01", "the reply names client2", "it names client1, which asked", client=b"client1")
def answer_of_another(talk, client=b"client2"):
    reply = talk.data(SERVER)
    reply.frame.payload = reply.frame.payload.replace(b"client1", client)
    return [error("EX01", reply)]


@breaks("MG08", "a request of 4194305 octets, which its server answers by RESOURCE_EXHAUSTED", "of 4194304", size=USUAL_LENGTH_MAX)
def length(talk, size=USUAL_LENGTH_MAX + 1):
    talk.find(SERVER, SETTINGS).frame = settings((INITIAL_WINDOW_SIZE, 2 * USUAL_LENGTH_MAX), (MAX_FRAME_SIZE, 2 * USUAL_LENGTH_MAX))
    talk.behind(talk.find(SERVER, SETTINGS), SERVER, window_update(2 * USUAL_LENGTH_MAX))
    request = talk.data(CLIENT)
    request.frame = data(1, message(long_name(size)), END_STREAM)
    talk.drop(talk.data(SERVER))
    talk.trailers().frame.set("grpc-status", "8")
    return [warning("MG08", request)]
