"""RQ: what gRPC asks of a request."""

from conversation import CLIENT
from entry import breaks, error, remark, warning
from frames import END_STREAM

PSEUDO_THEN_TIMEOUT = (":method", ":scheme", ":path", ":authority", "grpc-timeout", "te", "content-type", "grpc-accept-encoding", "user-agent")


def field(talk, name, value, tell):
    """What is told of a request with that field."""
    talk.request().frame.set(name, value)
    return [tell]


@breaks("RQ01", ":method is GET", "POST", value="POST")
def method(talk, value="GET"):
    return field(talk, ":method", value, error("RQ01", talk.request()))


@breaks("RQ02", ":path begins with the prefix of a gateway", "it does not", prefix="")
def path(talk, prefix="/api/v1"):
    return field(talk, ":path", prefix + talk.request().frame.value(":path"), warning("RQ02", talk.request()))


@breaks("RQ03", ":scheme is https on cleartext", "http", value="http")
def scheme(talk, value="https"):
    return field(talk, ":scheme", value, remark("RQ03", talk.request(), ":scheme is \"https\" on cleartext"))


@breaks("RQ04", "the request has no te", "te: trailers", missing=False)
def te(talk, missing=True):
    if missing:
        talk.request().frame.remove("te")
    return [error("RQ04", talk.request())]


@breaks("RQ05", "content-type is application/json", "application/grpc+json", value="application/grpc+json")
def content_type(talk, value="application/json"):
    return field(talk, "content-type", value, error("RQ05", talk.request()))


@breaks("RQ06", "grpc-timeout has ten digits", "eight", value="10000000u")
def timeout(talk, value="1000000000n"):
    return field(talk, "grpc-timeout", value, error("RQ06", talk.request()))


@breaks("RQ07", "grpc-timeout stands behind grpc-accept-encoding", "directly behind the pseudo-headers", ordered=True)
def order(talk, ordered=False):
    if ordered:
        names = [*PSEUDO_THEN_TIMEOUT, "testigo-id"]
        talk.request().frame.fields.sort(key=lambda field: names.index(field[0]))
    return [remark("RQ07", talk.request(), "grpc-timeout stands behind grpc-accept-encoding")]


@breaks("RQ08", "grpc-encoding is zstd, and the server had said that it takes others", "gzip", start="cpp-h2c", calls=2, coding="gzip")
def coding(talk, coding="zstd"):
    talk.request(3).frame.set("grpc-encoding", coding)
    return [remark("RQ08", talk.request(3), "grpc-encoding is \"zstd\"")]


@breaks("RQ09", "user-agent is curl/8.5.0", "that of a library stands behind it", value="curl/8.5.0 grpc-go/1.64.1")
def user_agent(talk, value="curl/8.5.0"):
    return field(talk, "user-agent", value, remark("RQ09", talk.request(), "user-agent is \"curl/8.5.0\""))


@breaks("RQ10", "metadata is called grpc-user-id", "user-id", name="user-id")
def reserved_name(talk, name="grpc-user-id"):
    return field(talk, name, "42", warning("RQ10", talk.request()))


@breaks("RQ11", "a value of metadata is UTF-8", "ASCII", value="Jose")
def characters(talk, value="José"):
    return field(talk, "user-name", value, warning("RQ11", talk.request()))


@breaks("RQ12", "the value of trace-bin is not base64", "it is", value="AAECAw")
def base64(talk, value="{not base64}"):
    return field(talk, "trace-bin", value, error("RQ12", talk.request()))


@breaks("RQ13", "HEADERS end the request", "DATA does", by_headers=False)
def end_by_headers(talk, by_headers=True):
    if by_headers:
        talk.request().frame.flags |= END_STREAM
        talk.drop(talk.data(CLIENT))
    return [error("RQ13", talk.request())]


@breaks("RQ14", "grpc-previous-rpc-attempts is 0", "1", value="1")
def attempts(talk, value="0"):
    return field(talk, "grpc-previous-rpc-attempts", value, warning("RQ14", talk.request()))
