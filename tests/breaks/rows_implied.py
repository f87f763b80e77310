"""What a failure drags along, beyond what the first capture of each check shows."""

from conversation import CLIENT, SERVER
from entry import CLIENT_STREAM, also, error, warning
from frames import DATA, END_STREAM, HEADERS, SETTINGS, data, headers


@also("CN02-none", "the client sends no SETTINGS; the server acknowledges some")
def no_settings_of_client(talk):
    talk.drop(talk.find(CLIENT, SETTINGS))
    first, ack = talk.find(CLIENT, SETTINGS, ack=True), talk.find(SERVER, SETTINGS, ack=True)
    return [error("CN02", first), warning("CN05", ack, by="CN02")]


@also("CN02-stream", "the client's SETTINGS stand on stream 1")
def settings_on_stream(talk):
    own = talk.find(CLIENT, SETTINGS)
    own.frame.stream = 1
    return [error("CN02", own), error("CN07", own, by="CN02")]


@also("CN03-none", "the server sends no SETTINGS; the client acknowledges some")
def no_settings_of_server(talk):
    talk.drop(talk.find(SERVER, SETTINGS))
    first, ack = talk.find(SERVER, SETTINGS, ack=True), talk.find(CLIENT, SETTINGS, ack=True)
    return [error("CN03", first), warning("CN05", ack, by="CN03")]


@also("CN06-ack", "a SETTINGS acknowledgement of 5 octets")
def ack_of_five(talk):
    ack = talk.find(CLIENT, SETTINGS, ack=True)
    ack.frame.payload = bytes(5)
    return [error("CN06", ack), error("CN05", ack, by="CN06")]


@also("ST02-reused", "the second call of the client uses stream 1 again", calls=2)
def reused_stream(talk):
    again = [said for said in talk.said if said.frame.stream == 3 and said.frame.kind in (DATA, HEADERS)]
    talk.rename(3, 1)
    return [error("ST02", again[0]), error("ST05", again[0], by="ST02", times=len(again))]


@also("ST05-headers", "the client sends HEADERS behind its END_STREAM")
def headers_behind_end(talk):
    more = talk.behind(talk.data(CLIENT), CLIENT, headers(1, [("x-more", "1")], END_STREAM))
    return [error("ST05", more), error("RQ13", more, by="ST05")]


@also("ST12-trailers", "DATA, and then HEADERS with END_STREAM and no :status are the whole answer")
def data_then_trailers(talk):
    reply = talk.data(SERVER)
    talk.drop(talk.response())
    trailers = talk.trailers()
    return [error("ST12", reply), error("HD07", trailers, by="ST12"), error("RS01", trailers, by="HD07")]


def repeated(talk, said, name):
    fields = said.frame.fields
    fields.insert(0, (name, said.frame.value(name)))


@also("HD01-method", ":method stands twice")
def method_twice(talk):
    repeated(talk, talk.request(), ":method")
    return [error("HD01", talk.request()), error("HD02", talk.request(), by="HD01")]


@also("HD01-path", ":path stands twice")
def path_twice(talk):
    repeated(talk, talk.request(), ":path")
    return [error("HD01", talk.request()), error("HD02", talk.request(), by="HD01")]


@also("HD01-status", ":status stands twice")
def status_twice(talk):
    repeated(talk, talk.response(), ":status")
    return [error("HD01", talk.response()), error("HD07", talk.response(), by="HD01")]


@also("HD01-trailers", "trailers hold :status")
def status_in_trailers(talk):
    talk.trailers().frame.fields.insert(0, (":status", "200"))
    return [error("HD01", talk.trailers())]


@also("HD01-trailers-path", "trailers hold :path")
def path_in_trailers(talk):
    talk.trailers().frame.fields.insert(0, (":path", "/"))
    return [error("HD01", talk.trailers())]


@also("HD01-undefined", "the request holds :version")
def undefined_pseudo_header(talk):
    talk.request().frame.fields.insert(0, (":version", "2"))
    return [error("HD01", talk.request())]


@also("HD07-path", "response headers hold :path")
def path_in_response(talk):
    talk.response().frame.fields.insert(1, (":path", "/"))
    return [error("HD07", talk.response())]


@also("HD02-method", "the request has no :method")
def no_method(talk):
    talk.request().frame.remove(":method")
    return [error("HD02", talk.request()), error("RQ01", talk.request(), by="HD02")]


@also("HD02-path", "the request has no :path")
def no_path(talk):
    talk.request().frame.remove(":path")
    return [error("HD02", talk.request()), warning("RQ02", talk.request(), by="HD02")]


@also("HD04-value", "a value of metadata holds a line break")
def line_break_in_value(talk):
    talk.request().frame.set("x-note", "a\r\nb")
    return [error("HD04", talk.request()), warning("RQ11", talk.request(), by="HD04")]


@also("HD04-te", "te has a space behind its value")
def space_behind_te(talk):
    talk.request().frame.set("te", "trailers\n")
    return [error("HD04", talk.request()), error("HD05", talk.request(), by="HD04"), error("RQ04", talk.request(), by="HD04")]


@also("HD04-message", "grpc-message holds NUL")
def nul_in_message(talk):
    talk.trailers().frame.set("grpc-status", "13")
    talk.trailers().frame.set("grpc-message", "a\0b")
    return [error("HD04", talk.trailers()), error("RS07", talk.trailers(), by="HD04")]


@also("HD04-binary", "a -bin value begins with NUL, to a server that did not say that it takes such")
def nul_in_binary(talk):
    talk.request().frame.set("trace-bin", "\0ab")
    return [error("HD04", talk.request()), error("RQ12", talk.request(), by="HD04")]


@also("HD05-te", "te is gzip")
def te_gzip(talk):
    talk.request().frame.set("te", "gzip")
    return [error("HD05", talk.request()), error("RQ04", talk.request(), by="HD05")]


@also("RQ13-trailers", "the client sends trailers behind its DATA", connection=CLIENT_STREAM)
def request_trailers(talk):
    last = [said for said in talk.said if said.side == CLIENT and said.frame.kind == DATA][-1]
    last.frame.flags = 0
    return [error("RQ13", talk.behind(last, CLIENT, headers(1, [("x-more", "1")], END_STREAM)))]


@also("RS03-status", "the trailers have no grpc-status")
def trailers_without_status(talk):
    talk.trailers().frame.remove("grpc-status")
    return [error("RS03", talk.trailers())]


@also("MG02-reply", "the reply lacks its last octet")
def reply_cut(talk):
    reply = talk.data(SERVER)
    reply.frame.payload = reply.frame.payload[:-1]
    return [error("MG02", talk.trailers())]


@also("CN07-data", "DATA of the client on stream 0")
def data_on_zero(talk):
    return [error("CN07", talk.at_end(CLIENT, data(0, b"")))]
