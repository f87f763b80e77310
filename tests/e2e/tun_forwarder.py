#!/usr/bin/env python3
"""Carries IPv4 packets between two network namespaces, and does to TCP what bad networks do to it: reorders, duplicates, drops, and cuts
segments into overlapping ones. Seeded. Needs root.

    tun_forwarder.py --seed 1 NAMESPACE/DEVICE/ADDRESS NAMESPACE/DEVICE/ADDRESS

Prints "forwarding" when both devices are there, and what it did at its end (SIGTERM).
"""

import argparse
import ctypes
import fcntl
import heapq
import os
import random
import select
import signal
import struct
import subprocess
import time

CLONE_NEWNET = 0x40000000
TUNSETIFF = 0x400454CA
IFF_TUN, IFF_NO_PI = 1, 0x1000
TCP = 6
MTU = 1500


def enter(namespace):
    libc = ctypes.CDLL(None, use_errno=True)
    with open(f"/run/netns/{namespace}", "rb") as handle:
        if libc.setns(handle.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), f"cannot enter {namespace}")


def open_device(place, other):
    """A TUN device in its namespace, whose other end is the other one's address; stays ours when we leave the namespace."""
    namespace, device, address = place.split("/")
    enter(namespace)
    descriptor = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(descriptor, TUNSETIFF, struct.pack("16sH22x", device.encode(), IFF_TUN | IFF_NO_PI))
    for command in (f"addr add {address} peer {other.split('/')[2]} dev {device}", f"link set {device} mtu {MTU} up"):
        subprocess.run(["ip", *command.split()], check=True)
    return descriptor


def checksum(octets):
    if len(octets) % 2:
        octets += b"\0"
    total = sum(struct.unpack(f"!{len(octets) // 2}H", octets))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


class Segment:
    """One IPv4 packet that carries TCP."""

    def __init__(self, packet):
        self.ip_size = (packet[0] & 15) * 4
        self.tcp_size = (packet[self.ip_size + 12] >> 4) * 4
        self.head = packet[: self.ip_size + self.tcp_size]
        self.payload = packet[self.ip_size + self.tcp_size : struct.unpack("!H", packet[2:4])[0]]

    def part(self, start, end):
        """Its octets from start to end, as a packet of their own; a FIN goes with the last ones."""
        head, payload = bytearray(self.head), self.payload[start:end]
        at = self.ip_size
        struct.pack_into("!H", head, 2, len(head) + len(payload))
        struct.pack_into("!H", head, 10, 0)
        struct.pack_into("!H", head, 10, checksum(bytes(head[:at])))
        sequence = struct.unpack_from("!I", head, at + 4)[0]
        struct.pack_into("!I", head, at + 4, (sequence + start) & 0xFFFFFFFF)
        if end < len(self.payload):
            head[at + 13] &= ~1
        struct.pack_into("!H", head, at + 16, 0)
        pseudo = bytes(head[12:20]) + struct.pack("!BBH", 0, TCP, self.tcp_size + len(payload))
        struct.pack_into("!H", head, at + 16, checksum(pseudo + bytes(head[at:]) + payload))
        return bytes(head) + payload


class Mischief:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.done = {"carried": 0, "delayed": 0, "doubled": 0, "cut": 0, "dropped": 0}

    def apply(self, packet):
        """What comes out, each with how much later."""
        self.done["carried"] += 1
        pieces = self.cut(packet) if packet[9] == TCP else [packet]
        for piece in pieces:
            if self.chance("dropped", 0.03):
                continue
            yield self.delay(), piece
            if self.chance("doubled", 0.1):
                yield self.delay(), piece

    def chance(self, what, probability):
        happens = self.random.random() < probability
        self.done[what] += happens
        return happens

    def delay(self):
        return self.random.uniform(0.001, 0.01) if self.chance("delayed", 0.3) else 0.0

    def cut(self, packet):
        """Into up to four segments, each of which may repeat octets of the one before it."""
        segment = Segment(packet)
        size = len(segment.payload)
        if size < 2 or not self.chance("cut", 0.4):
            return [packet]
        bounds = sorted(self.random.sample(range(1, size), min(3, size - 1)))
        starts = [0, *bounds]
        return [segment.part(max(0, start - self.random.randrange(20)), end) for start, end in zip(starts, [*bounds, size])]


def forward(devices, mischief):
    waiting = []  # (when, order, to, packet)
    order = 0
    while True:
        patience = max(0.0, waiting[0][0] - time.monotonic()) if waiting else None
        for descriptor in select.select(devices, [], [], patience)[0]:
            packet = os.read(descriptor, 65536)
            if packet[0] >> 4 != 4:
                continue
            other = devices[1 - devices.index(descriptor)]
            for later, piece in mischief.apply(packet):
                order += 1
                heapq.heappush(waiting, (time.monotonic() + later, order, other, piece))
        while waiting and waiting[0][0] <= time.monotonic():
            _, _, to, packet = heapq.heappop(waiting)
            os.write(to, packet)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("places", nargs=2)
    options = parser.parse_args()
    mischief = Mischief(options.seed)

    def stop(*_):
        print(" ".join(f"{name}={count}" for name, count in mischief.done.items()), flush=True)
        os._exit(0)

    devices = [open_device(place, other) for place, other in zip(options.places, reversed(options.places))]
    signal.signal(signal.SIGTERM, stop)
    print("forwarding", flush=True)
    forward(devices, mischief)


if __name__ == "__main__":
    main()
