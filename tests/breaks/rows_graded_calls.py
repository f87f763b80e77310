"""HD, RQ, MG, RS, SD: cases that are graded otherwise, or fail a check in another way."""

import gzip

from conversation import CLIENT, SERVER
from entry import also, error, legal, remark, warning
from frames import CANCEL, ENABLE_CONNECT_PROTOCOL, END_STREAM, SETTINGS, headers, message, rst_stream, settings
from rows_responses import trailers_only


@also("HD03-host", "host says something else than :authority")
def other_host(talk):
    talk.request().frame.set("host", "elsewhere.example:1")
    return [error("HD03", talk.request())]


@also("HD03-absent", "the request has no :authority")
def no_authority(talk):
    talk.request().frame.remove(":authority")
    return [remark("HD03", talk.request(), ":authority")]


@also("HD04-edge", "a value begins with a space")
def edge_space(talk):
    talk.request().frame.set("x-note", " a")
    return [warning("HD04", talk.request())]


@also("RQ05-parameters", "content-type has a parameter")
def parameters(talk):
    talk.request().frame.set("content-type", "application/grpc;charset=utf-8")
    return [warning("RQ05", talk.request())]


@also("RQ06-zero", "grpc-timeout is 0n")
def zero_timeout(talk):
    talk.request().frame.set("grpc-timeout", "0n")
    return [warning("RQ06", talk.request())]


@also("RQ07-twice", "te stands twice")
def te_twice(talk):
    talk.request().frame.fields.insert(4, ("te", "trailers"))
    return [remark("RQ07", talk.request(), "te is repeated")]


@also("RQ12-padded", "the value of trace-bin is padded")
def padded_base64(talk):
    talk.request().frame.set("trace-bin", "AAE=")
    return [remark("RQ12", talk.request(), "is padded")]


@also("MG03-identity", "the request is compressed, and its headers name identity", start="go-gzip")
def identity_compressed(talk):
    talk.request().frame.set("grpc-encoding", "identity")
    return [error("MG03", talk.data(CLIENT))]


@also("MG04-left", "an octet stands behind the gzip of the request", start="go-gzip")
def left_over(talk):
    request = talk.data(CLIENT)
    request.frame.payload = message(request.frame.payload[5:] + b"\0", flag=1)
    return [error("MG04", request)]


@also("RS01-informational", "an informational response ends the stream")
def informational_end(talk):
    return [error("RS01", trailers_only(talk, (":status", "103")))]


@also("RS06-twice", "grpc-status stands twice")
def status_twice(talk):
    talk.trailers().frame.fields.append(("grpc-status", "0"))
    return [error("RS06", talk.trailers())]


@also("RS06-beyond", "grpc-status is 17")
def status_beyond(talk):
    talk.trailers().frame.set("grpc-status", "17")
    return [warning("RS06", talk.trailers())]


@also("RS07-lower", "grpc-message has lower case digits")
def lower_case(talk):
    talk.trailers().frame.set("grpc-status", "13")
    talk.trailers().frame.set("grpc-message", "a%c3%a9")
    return [warning("RS07", talk.trailers())]


@also("RS07-utf8", "grpc-message is not UTF-8 when it is decoded")
def not_utf8(talk):
    talk.trailers().frame.set("grpc-status", "13")
    talk.trailers().frame.set("grpc-message", "a%C3")
    return [error("RS07", talk.trailers())]


@also("RS07-ok", "grpc-message stands beside status 0")
def message_beside_ok(talk):
    talk.trailers().frame.set("grpc-message", "OK")
    return [remark("RS07", talk.trailers(), "stands beside status 0")]


@also("RS08-garbled", "grpc-status-details-bin is not base64")
def garbled_details(talk):
    talk.trailers().frame.set("grpc-status", "5")
    talk.trailers().frame.set("grpc-status-details-bin", "{none}")
    return [warning("RS08", talk.trailers()), error("RQ12", talk.trailers(), by="RS08")]


@also("RS14-zeros", "grpc-retry-pushback-ms is 0100")
def leading_zeros(talk):
    talk.trailers().frame.set("grpc-status", "14")
    talk.trailers().frame.set("grpc-retry-pushback-ms", "0100")
    return [warning("RS14", talk.trailers())]


@also("RQ14-text", "grpc-previous-rpc-attempts is one")
def attempts_text(talk):
    talk.request().frame.set("grpc-previous-rpc-attempts", "one")
    return [warning("RQ14", talk.request())]


@also("RS02-missing", "the response headers have no content-type")
def no_content_type(talk):
    talk.response().frame.remove("content-type")
    return [error("RS02", talk.response())]


@also("RS06-text", "grpc-status is OK")
def status_in_text(talk):
    talk.trailers().frame.set("grpc-status", "OK")
    return [error("RS06", talk.trailers())]


@also("RS03-web", "the answer is Trailers-Only without grpc-status")
def answer_without_status(talk):
    return [error("RS03", trailers_only(talk, (":status", "200"), ("content-type", "application/grpc")))]


@also("SD05-complete", "the server resets a call with CANCEL behind its trailers, and the client had ended its side")
def reset_of_complete(talk):
    return [warning("SD05", talk.behind(talk.trailers(), SERVER, rst_stream(1, CANCEL)))]


@also("HD06-reply", "the content-length of the response is not that of its DATA")
def content_length_of_reply(talk):
    talk.response().frame.set("content-length", "7")
    return [error("HD06", talk.trailers())]


@also("RQ10-reply", "metadata of the answer is called grpc-cost")
def reserved_name_in_answer(talk):
    talk.trailers().frame.set("grpc-cost", "1")
    return [warning("RQ10", talk.trailers())]


@also("RQ06-unit", "grpc-timeout is 5s")
def timeout_unit(talk):
    talk.request().frame.set("grpc-timeout", "5s")
    return [error("RQ06", talk.request())]


@also("MG01-reply", "the compressed-flag of the reply is 3")
def flag_of_reply(talk):
    reply = talk.data(SERVER)
    reply.frame.payload = message(reply.frame.payload[5:], flag=3)
    return [error("MG01", reply)]


@also("MG02-prefix", "three octets of a prefix end the request")
def prefix_cut(talk):
    talk.data(CLIENT).frame.payload += b"\0\0\0"
    return [error("MG02", talk.data(CLIENT))]


def of_request(name, value, words, severity, also_told=()):
    """A case that one field of the request makes."""
    check = name.partition("-")[0]

    @also(name, words)
    def edit(talk):
        talk.request().frame.set(*value)
        return [severity(check, talk.request()), *(grade(other, talk.request(), by=check) for grade, other in also_told)]

    return edit


of_request("HD03-malformed", (":authority", "two words"), ":authority holds a space", warning)
of_request("HD05-upgrade", ("upgrade", "h2c"), "the request has upgrade", error)
of_request("HD05-chunked", ("transfer-encoding", "chunked"), "the request has transfer-encoding", error)
of_request("HD05-proxy", ("proxy-connection", "keep-alive"), "the request has proxy-connection", error)
of_request("HD05-keep-alive", ("keep-alive", "timeout=5"), "the request has keep-alive", error)
of_request("HD02-empty", (":path", ""), ":path is empty", error, [(warning, "RQ02")])
of_request("HD02-relative", (":path", "greeter.Greeter/Greet"), ":path does not begin with a slash", error, [(warning, "RQ02")])
of_request("RQ02-one", (":path", "/Greet"), ":path has one segment", warning)
of_request("RQ11-name", ("x*y", "1"), "the name of a field holds an asterisk", warning)
of_request("RQ12-space", ("trace-bin", "AA EC"), "the value of trace-bin holds a space", error)
of_request("HD04-name-space", ("x y", "1"), "the name of a field holds a space", error, [(warning, "RQ11")])


def connect(talk, *more):
    """Another stream is to become a tunnel."""
    fields = [(":method", "CONNECT"), (":authority", talk.request().frame.value(":authority")), *more]
    return talk.at_end(CLIENT, headers(3, fields, END_STREAM))


EXTENDED = (":protocol", "websocket"), (":scheme", "http"), (":path", "/chat")


@also("HD01-protocol", "CONNECT has :protocol, and the server never announced ENABLE_CONNECT_PROTOCOL")
def protocol(talk):
    return [error("HD01", connect(talk, *EXTENDED))]


@legal("HD01-extended", "CONNECT has :protocol, where the server has announced ENABLE_CONNECT_PROTOCOL 1")
def extended_connect(talk):
    talk.find(SERVER, SETTINGS).frame = settings((ENABLE_CONNECT_PROTOCOL, 1))
    connect(talk, *EXTENDED)
    talk.at_end(CLIENT, rst_stream(3, CANCEL))


@also("HD02-connect", "CONNECT has :scheme and :path")
def connect_with_path(talk):
    return [error("HD02", connect(talk, *EXTENDED[1:]))]


def of_trailers(name, fields, words, severity, by=()):
    """A case that fields of the trailers make."""
    check = name.partition("-")[0]

    @also(name, words)
    def edit(talk):
        for field in fields:
            talk.trailers().frame.set(*field)
        return [severity(check, talk.trailers()), *(grade(other, talk.trailers(), by=check) for grade, other in by)]

    return edit


of_trailers("RS07-cut", [("grpc-status", "13"), ("grpc-message", "100%2")], "grpc-message ends within an encoded octet", error)
of_trailers("RS07-raw", [("grpc-status", "13"), ("grpc-message", "café")], "grpc-message is UTF-8 as it is", error)
of_trailers("RS08-message", [("grpc-status", "5"), ("grpc-message", "none"), ("grpc-status-details-bin", "CAUSBHNvbWU")],
            "the message of grpc-status-details-bin is another", warning)
of_trailers("RS06-sign", [("grpc-status", "+5")], "grpc-status is +5", error)
of_trailers("RS06-empty", [("grpc-status", "")], "grpc-status is empty", error)
of_trailers("HD05-trailers", [("connection", "close")], "the trailers have connection", error)
of_trailers("RS14-large", [("grpc-status", "14"), ("grpc-retry-pushback-ms", "4294967296")], "grpc-retry-pushback-ms is beyond 32 bits", warning)


@also("HD01-reply", "response headers hold :version")
def undefined_in_reply(talk):
    talk.response().frame.fields.insert(1, (":version", "2"))
    return [error("HD01", talk.response())]


@also("HD01-late-status", ":status stands behind content-type")
def late_status(talk):
    talk.response().frame.fields.reverse()
    return [error("HD01", talk.response())]


@also("RS04-twice", "response headers come twice, and then trailers")
def response_headers_twice(talk):
    again = talk.behind(talk.response(), SERVER, headers(1, talk.response().frame.fields))
    return [error("RS04", again), error("HD01", again, by="RS04")]


@also("MG04-member", "a second member of gzip stands behind the first one", start="go-gzip")
def second_member(talk):
    request = talk.data(CLIENT)
    body = request.frame.payload[5:]
    request.frame.payload = message(body + body, flag=1)
    return [error("MG04", request)]


@also("MG04-plain", "the request has the compressed-flag, and is not compressed", start="go-gzip")
def not_compressed(talk):
    request = talk.data(CLIENT)
    request.frame.payload = message(gzip.decompress(request.frame.payload[5:]), flag=1)
    return [error("MG04", request)]
