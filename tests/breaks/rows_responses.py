"""RS: what gRPC asks of a response."""

import base64

from conversation import CLIENT, SERVER
from entry import breaks, error, remark, warning
from frames import END_STREAM, NO_ERROR, message, rst_stream

OF_GRPC = [(":status", "200"), ("content-type", "application/grpc")]


def trailers_only(talk, *fields, stream=1):
    """The answer is one HEADERS; that."""
    response = talk.response(stream)
    talk.drop_stream(stream, behind=response, side=SERVER)
    response.frame.fields, response.frame.flags = list(fields), END_STREAM
    return response


@breaks("RS01", "the answer is an error page, with :status 503", "it is Trailers-Only, with grpc-status 14", page=False)
def http_status(talk, page=True):
    if not page:
        trailers_only(talk, *OF_GRPC, ("grpc-status", "14"), ("grpc-message", ""))
        return []
    talk.response().frame.fields = [(":status", "503"), ("content-type", "text/html")]
    talk.drop(talk.trailers())
    reply = talk.data(SERVER)
    reply.frame.payload, reply.frame.flags = b"<p>no healthy upstream</p>", END_STREAM
    return [error("RS01", talk.response())]


@breaks("RS02", "the answer has :status 200 and content-type text/html", "application/grpc+proto", value="application/grpc+proto")
def content_type(talk, value="text/html"):
    talk.response().frame.set("content-type", value)
    return [error("RS02", talk.response())]


@breaks("RS03", "DATA ends the answer", "trailers do", missing=False)
def no_trailers(talk, missing=True):
    reply = talk.data(SERVER)
    if missing:
        talk.drop(talk.trailers())
        reply.frame.flags = END_STREAM
    return [error("RS03", reply)]


@breaks("RS04", "the trailers do not end the stream, and the server resets it", "they end it", flags=END_STREAM)
def trailers_go_on(talk, flags=0):
    trailers = talk.trailers()
    trailers.frame.flags = flags
    talk.behind(trailers, SERVER, rst_stream(1, NO_ERROR))
    return [error("RS04", trailers), warning("RS05", trailers, by="RS04")]


@breaks("RS05", "grpc-status stands in the response headers, too", "in the trailers alone", early=False)
def early_status(talk, early=True):
    if early:
        talk.response().frame.set("grpc-status", "0")
    return [warning("RS05", talk.response())]


@breaks("RS06", "grpc-status is 007", "7", value="7")
def status(talk, value="007"):
    talk.trailers().frame.set("grpc-status", value)
    return [error("RS06", talk.trailers())]


@breaks("RS07", "grpc-message is \"100% wrong\"", "\"100%25 wrong\"", value="100%25 wrong")
def percent(talk, value="100% wrong"):
    talk.trailers().frame.set("grpc-status", "13")
    talk.trailers().frame.set("grpc-message", value)
    return [error("RS07", talk.trailers())]


@breaks("RS08", "grpc-status is 5, and the code of grpc-status-details-bin is 13", "5", code=5)
def details(talk, code=13):
    trailers = talk.trailers().frame
    trailers.set("grpc-status", "5")
    trailers.set("grpc-status-details-bin", base64.b64encode(bytes([0x08, code])).decode().rstrip("="))
    return [warning("RS08", talk.trailers())]


@breaks("RS09", "a request with application/json is answered by :status 200 and grpc-status 2", "by 415", calls=2, status="415")
def other_media_type(talk, status="200"):
    request = talk.request(3).frame
    request.set("content-type", "application/json")
    request.remove("te")
    fields = [*OF_GRPC, ("grpc-status", "2"), ("grpc-message", "")] if status == "200" else [(":status", status)]
    return [warning("RS09", trailers_only(talk, *fields, stream=3))]


@breaks("RS10", "grpc-encoding snappy, which the server does not take, is answered by grpc-status 13", "by 12", start="cpp-h2c", status="12")
def unsupported_coding(talk, status="13"):
    request = talk.data(CLIENT)
    request.frame.payload = message(request.frame.payload[5:], flag=1)
    talk.request().frame.set("grpc-encoding", "snappy")
    takes = ("grpc-accept-encoding", "identity, deflate, gzip")
    return [warning("RS10", trailers_only(talk, *OF_GRPC, takes, ("grpc-status", status), ("grpc-message", "")))]


@breaks("RS12", "an error without any reply comes as headers and trailers", "as Trailers-Only", together=True)
def headers_and_trailers(talk, together=False):
    talk.drop(talk.data(SERVER))
    trailers = talk.trailers()
    trailers.frame.set("grpc-status", "14")
    if together:
        trailers_only(talk, *OF_GRPC, *trailers.frame.fields)
    return [remark("RS12", trailers, "status 14")]


@breaks("RS14", "grpc-retry-pushback-ms is 1.5s", "1500", value="1500")
def pushback(talk, value="1.5s"):
    talk.trailers().frame.set("grpc-status", "14")
    talk.trailers().frame.set("grpc-retry-pushback-ms", value)
    return [warning("RS14", talk.trailers())]
