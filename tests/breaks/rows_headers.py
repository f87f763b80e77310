"""HD: what holds for the header section of any request or response."""

from conversation import CLIENT
from entry import breaks, error, warning


@breaks("HD01", "content-type stands before the request's pseudo-headers", "behind them", first=False)
def pseudo_headers_late(talk, first=True):
    request = talk.request().frame
    if first:
        request.fields.sort(key=lambda field: field[0] != "content-type")
    return [error("HD01", talk.request())]


@breaks("HD02", "the request has no :scheme", "it has one", missing=False)
def no_scheme(talk, missing=True):
    if missing:
        talk.request().frame.remove(":scheme")
    return [error("HD02", talk.request()), warning("RQ03", talk.request(), by="HD02")]


@breaks("HD03", ":authority holds \"alice@\"", "it does not", user="")
def userinfo(talk, user="alice@"):
    request = talk.request().frame
    request.set(":authority", user + request.value(":authority"))
    return [error("HD03", talk.request())]


@breaks("HD04", "a field is called \"X-Request-Id\"", "\"x-request-id\"", name="x-request-id")
def capitals(talk, name="X-Request-Id"):
    talk.request().frame.set(name, "7")
    return [error("HD04", talk.request()), warning("RQ11", talk.request(), by="HD04")]


@breaks("HD05", "the request has connection: keep-alive", "it has cache-control: no-cache", field=("cache-control", "no-cache"))
def connection_specific(talk, field=("connection", "keep-alive")):
    talk.request().frame.set(*field)
    return [error("HD05", talk.request())]


@breaks("HD06", "content-length is one more than the octets of DATA", "as many", more=0)
def content_length(talk, more=1):
    request = talk.data(CLIENT)
    talk.request().frame.set("content-length", str(len(request.frame.payload) + more))
    return [error("HD06", request)]


@breaks("HD07", "the response headers have no :status", "they have one", missing=False)
def no_status(talk, missing=True):
    if missing:
        talk.response().frame.remove(":status")
    return [error("HD07", talk.response()), error("RS01", talk.response(), by="HD07")]
