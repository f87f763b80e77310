"""The greeter on grpcio, and a witness: it states what it received before it answers, and what became of it."""

import argparse
import itertools
import signal
import sys
from collections.abc import Iterator
from concurrent import futures
from dataclasses import dataclass
from pathlib import Path

import grpc
from google.protobuf.timestamp_pb2 import Timestamp
from testigo.greeter.v1 import greeter_pb2_grpc
from testigo.greeter.v1.greeter_pb2 import GreetReply, GreetRequest

from statements import ID, ID_KEY, NAME, Call, Statements, duration, name

HANDLERS = 64  # calls that are answered at the same time; a stream takes one until it ends
ASKED_TO_END = {signal.SIGTERM, signal.SIGINT}
REPLIES = 3  # where the request of a server stream does not say


@dataclass
class ServedCall(Call):
    lies: bool = False


class Greeter(greeter_pb2_grpc.GreeterServicer):
    def __init__(self, options: argparse.Namespace) -> None:
        self._name: str = options.name
        self._lies_from: float = options.misbehave
        self._numbers = itertools.count(1)
        self.statements: Statements

    def Greet(self, request: GreetRequest, context: grpc.ServicerContext) -> GreetReply:
        call = self._receive(context, "unary")
        self._take(call, request, context)
        return self._last(call, self._answer(call, request, 1))

    def GreetMany(self, request: GreetRequest, context: grpc.ServicerContext) -> Iterator[GreetReply]:
        call = self._receive(context, "server-stream")
        self._take(call, request, context)
        for sequence in range(1, (request.replies or REPLIES) + 1):
            reply = self._answer(call, request, sequence)
            yield reply
            call.replied(reply)
        call.ends(0)

    def GreetAll(self, requests: Iterator[GreetRequest], context: grpc.ServicerContext) -> GreetReply:
        call = self._receive(context, "client-stream")
        request = None
        for request in requests:
            self._take(call, request, context)
        if request is None:
            _refuse(call, context, "no request came")
        return self._last(call, self._answer(call, request, call.requests))

    def Converse(self, requests: Iterator[GreetRequest], context: grpc.ServicerContext) -> Iterator[GreetReply]:
        call = self._receive(context, "bidi")
        for request in requests:
            self._take(call, request, context)
            reply = self._answer(call, request, call.requests)
            yield reply
            call.replied(reply)
        call.ends(0)

    def _receive(self, context: grpc.ServicerContext, kind: str) -> ServedCall:
        """States the call as received, and as ended when nothing of it is left. Without an id nothing is stated."""
        ids = [value for key, value in context.invocation_metadata() if key == ID_KEY]
        stated = len(ids) == 1 and ID.fullmatch(ids[0])
        call = ServedCall(ids[0] if stated else "nobody/0/1", kind, lies=next(self._numbers) >= self._lies_from)

        def ended() -> None:
            if stated:
                self.statements.ended(call)
            print(f"{call.id}  {kind}  {call.status}  {call.latency() / 1e6:.3f} ms  {call.message!r}")

        if stated:
            self.statements.received(call, context.peer())
        if not context.add_callback(ended):
            ended()
        return call

    def _take(self, call: ServedCall, request: GreetRequest, context: grpc.ServicerContext) -> None:
        call.requests += 1
        if not NAME.fullmatch(request.client):
            _refuse(call, context, "the client's name must be 1 to 64 letters, digits, '.', '_' or '-'")

    def _answer(self, call: ServedCall, request: GreetRequest, sequence: int) -> GreetReply:
        received = Timestamp()
        received.GetCurrentTime()
        return GreetReply(
            message=f"Success: {self._name} greets {request.client} and answers its call {request.call}",
            client="somebody-else" if call.lies else request.client,
            call=request.call,
            server=self._name,
            received=received,
            sequence=sequence,
            payload=request.payload,
        )

    def _last(self, call: ServedCall, reply: GreetReply) -> GreetReply:
        call.replied(reply)
        call.ends(0)
        return reply


def _refuse(call: Call, context: grpc.ServicerContext, why: str) -> None:
    code = grpc.StatusCode.INVALID_ARGUMENT
    call.ends(code.value[0], why)
    context.abort(code, why)


def serve(options: argparse.Namespace) -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, ASKED_TO_END)  # before there is another thread; a handler might run only when a wait has ended
    handlers = futures.ThreadPoolExecutor(HANDLERS)
    compression = grpc.Compression.Gzip if options.gzip else None
    server = grpc.server(handlers, options=[("grpc.so_reuseport", 0)], compression=compression)  # a second server on the port shall fail
    greeter = Greeter(options)
    greeter_pb2_grpc.add_GreeterServicer_to_server(greeter, server)
    host = options.listen.rpartition(":")[0]
    address = f"{host}:{add_port(server, options)}"
    greeter.statements = Statements(options.statements, "server", options.name, address, tls=options.tls_cert is not None)
    server.start()
    print(f"listening on {address}")
    signal.sigwait(ASKED_TO_END)
    server.stop(options.grace / 1e9).wait()
    handlers.shutdown()  # none of them may state anything behind the end record
    greeter.statements.end()


def add_port(server: grpc.Server, options: argparse.Namespace) -> int:
    if options.tls_cert is None:
        return server.add_insecure_port(options.listen)
    identity = (options.tls_key.read_bytes(), options.tls_cert.read_bytes())
    return server.add_secure_port(options.listen, grpc.ssl_server_credentials([identity]))


def misbehaviour(text: str) -> int:
    mode, _, number = text.partition(":")
    if mode != "wrong-name" or (number and not number.isdecimal()):
        raise argparse.ArgumentTypeError("wrong-name or wrong-name:N")
    return int(number or 1)


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="greeter server", description="Serve the greeter, on grpcio.")
    parser.add_argument("--listen", default="127.0.0.1:50051", metavar="HOST:PORT", help="port 0: a free one, which is printed")
    parser.add_argument("--name", default="server", type=name, help="the name in its replies and statements")
    parser.add_argument("--statements", type=Path, metavar="FILE", help="append what this process saw of each call, as JSON lines")
    parser.add_argument("--grace", default="3s", type=duration, help="what calls in flight have when it ends")
    parser.add_argument("--tls-cert", type=Path, metavar="PEM", help="TLS: the server's certificate")
    parser.add_argument("--tls-key", type=Path, metavar="PEM", help="TLS: the key of the certificate")
    parser.add_argument("--gzip", action="store_true", help="compress replies by gzip, where the client takes that")
    lie = "lie on purpose: wrong-name[:N], the replies from the N-th call on name another client"
    parser.add_argument("--misbehave", default=float("inf"), type=misbehaviour, metavar="MODE[:N]", help=lie)
    options = parser.parse_args()
    if (options.tls_cert is None) != (options.tls_key is None):
        parser.error("--tls-cert and --tls-key go together")
    return options


if __name__ == "__main__":
    try:
        serve(parse_options())
    except (OSError, RuntimeError) as error:  # RuntimeError: the port cannot be had
        print(f"greeter server: {error}", file=sys.stderr)
        sys.exit(4)
