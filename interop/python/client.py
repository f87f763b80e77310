"""The periodic client on grpcio, and a witness: call n starts at n × period, whatever earlier calls do; calls fail fast."""

import argparse
import asyncio
import itertools
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import grpc
from testigo.greeter.v1.greeter_pb2 import GreetReply, GreetRequest
from testigo.greeter.v1.greeter_pb2_grpc import GreeterStub

from statements import ID_KEY, METHODS, Call, Statements, duration, name

CHANNEL = [
    ("grpc.enable_http_proxy", 0),  # the peer is the one that was named
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 2000),
]


class Client:
    def __init__(self, options: argparse.Namespace, stub: GreeterStub) -> None:
        self._options = options
        self._stub = stub
        times = {"period_ns": options.every, "deadline_ns": options.deadline}
        self._statements = Statements(options.statements, "client", options.name, options.target, tls=options.tls_ca is not None, **times)
        self._asked_to_end = asyncio.Event()
        self._failed = 0

    async def run(self) -> int:
        """How many calls failed, or got a reply that names another."""
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self._asked_to_end.set)
        begin = asyncio.get_running_loop().time()
        calls = set()
        for before in itertools.count():
            start = before * self._options.every
            if before == self._options.count or (self._options.length and start >= self._options.length):
                break
            if await self._ends_before(begin + start / 1e9):
                break
            calls.add(asyncio.create_task(self._call(before + 1)))
            calls = {call for call in calls if not call.done()}
        await asyncio.gather(*calls)
        self._statements.end()
        return self._failed

    async def _ends_before(self, moment: float) -> bool:
        wait = max(0.0, moment - asyncio.get_running_loop().time())
        try:
            await asyncio.wait_for(self._asked_to_end.wait(), wait)
        except asyncio.TimeoutError:
            return False
        return True

    async def _call(self, number: int) -> None:
        options = self._options
        call = Call(f"{options.name}/{self._statements.process}/{number}", options.kind)
        request = GreetRequest(client=options.name, call=number, payload=b"x" * options.payload_bytes)
        how = {"timeout": options.deadline / 1e9, "metadata": ((ID_KEY, call.id),)}
        self._statements.started(call)
        try:
            await EXCHANGES[options.kind](self._stub, call, request, options.messages, how)
            call.ends(0)
        except grpc.aio.AioRpcError as error:
            call.ends(error.code().value[0], error.details() or "")
        self._statements.ended(call)
        self._failed += call.status != 0 or call.misnamed()
        print(f"{call.id}  {call.kind}  {call.status}  {call.latency() / 1e6:.3f} ms  {call.message or call.reply}")


# The four kinds. What comes back without an exception ended with OK.


async def unary(stub: GreeterStub, call: Call, request: GreetRequest, _: int, how: dict[str, Any]) -> None:
    call.requests = 1
    call.replied(await stub.Greet(request, **how))


async def server_stream(stub: GreeterStub, call: Call, request: GreetRequest, messages: int, how: dict[str, Any]) -> None:
    request.replies = messages
    call.requests = 1
    async for reply in stub.GreetMany(request, **how):
        call.replied(reply)


async def client_stream(stub: GreeterStub, call: Call, request: GreetRequest, messages: int, how: dict[str, Any]) -> None:
    async def requests() -> AsyncIterator[GreetRequest]:
        for _ in range(messages):
            yield request
            call.requests += 1

    call.replied(await stub.GreetAll(requests(), **how))


async def bidi(stub: GreeterStub, call: Call, request: GreetRequest, messages: int, how: dict[str, Any]) -> None:
    rpc = stub.Converse(**how)

    async def read() -> bool:
        reply: GreetReply = await rpc.read()  # where the call has ended, it raises its status
        if reply is not grpc.aio.EOF:
            call.replied(reply)
        return reply is not grpc.aio.EOF

    for _ in range(messages):
        with suppress(asyncio.InvalidStateError):  # the call has ended already
            await rpc.write(request)
            call.requests += 1
        if not await read():
            return
    with suppress(asyncio.InvalidStateError):
        await rpc.done_writing()
    while await read():
        pass


EXCHANGES = dict(zip(METHODS, (unary, server_stream, client_stream, bidi)))


def whole(text: str) -> int:
    if not text.isdecimal() or not text.isascii():
        raise argparse.ArgumentTypeError("a whole number from 0")
    return int(text)


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="greeter client", description="Call the greeter periodically, with grpcio.")
    parser.add_argument("--target", default="127.0.0.1:50051", metavar="HOST:PORT", help="the server")
    parser.add_argument("--name", default="client1", type=name, help="the client's name")
    parser.add_argument("--every", default="1s", type=duration, help="the time from one start to the next")
    parser.add_argument("--count", type=whole, help="end after this many calls")
    parser.add_argument("--for", dest="length", type=duration, help="start no more calls after this time")
    parser.add_argument("--kind", default="unary", choices=METHODS)
    parser.add_argument("--deadline", default="5s", type=duration, help="the time that a call has")
    parser.add_argument("--payload-bytes", default=0, type=whole, help="ballast of each message, both ways")
    parser.add_argument("--messages", default=3, type=whole, help="messages of each stream")
    parser.add_argument("--statements", type=Path, metavar="FILE", help="append what this process saw of each call, as JSON lines")
    parser.add_argument("--tls-ca", type=Path, metavar="PEM", help="TLS: trust servers that this authority signed")
    parser.add_argument("--gzip", action="store_true", help="compress requests by gzip")
    return parser.parse_args()


def channel_to(options: argparse.Namespace) -> grpc.aio.Channel:
    compression = grpc.Compression.Gzip if options.gzip else None
    if options.tls_ca is None:
        return grpc.aio.insecure_channel(options.target, CHANNEL, compression)
    trust = grpc.ssl_channel_credentials(options.tls_ca.read_bytes())
    return grpc.aio.secure_channel(options.target, trust, CHANNEL, compression)


async def main() -> int:
    options = parse_options()
    async with channel_to(options) as channel:
        return 1 if await Client(options, GreeterStub(channel)).run() else 0


if __name__ == "__main__":
    try:
        sys.exit(asyncio.run(main()))
    except OSError as error:  # the statements cannot be written
        print(f"greeter client: {error}", file=sys.stderr)
        sys.exit(4)
