"""Captures: reads the packets of ours (pcapng, one interface), and writes packets of raw IPv4 as pcapng, with the checksums of IP and TCP."""

import ipaddress
import struct
from dataclasses import dataclass

SECTION, INTERFACE, PACKET = 0x0A0D0D0A, 1, 6
ETHERNET, RAW_IP = 1, 101
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
NANOSECONDS = b"\x09\0\1\0\x09\0\0\0"  # if_tsresol 9
WINDOW_SCALE = b"\x02\x04\x40\x00\x03\x03\x0e\x00"  # of a SYN: MSS 16384, window scale 14


@dataclass
class Packet:
    time: int  # nanoseconds since 1970
    source: tuple  # (address, port)
    destination: tuple
    sequence: int
    acknowledged: int
    flags: int
    payload: bytes


def read_packets(path):
    octets, link = path.read_bytes(), None
    order = "<" if octets[8:12] == b"\x4d\x3c\x2b\x1a" else ">"
    at = 0
    while at < len(octets):
        kind, length = struct.unpack_from(order + "II", octets, at)
        body = octets[at + 8:at + length - 4]
        at += length
        if kind == INTERFACE:
            link, = struct.unpack_from(order + "H", body)
        elif kind == PACKET:
            _, high, low, captured = struct.unpack_from(order + "IIII", body)
            yield read_packet(high << 32 | low, body[20 + (14 if link == ETHERNET else 0):20 + captured])


def read_packet(time, ip):
    assert ip[0] >> 4 == 4, "IPv4 is expected here"
    tcp = ip[(ip[0] & 15) * 4:int.from_bytes(ip[2:4], "big")]
    source, destination, sequence, acknowledged, offset, flags = struct.unpack_from(">HHIIBB", tcp)
    ends = (str(ipaddress.ip_address(ip[12:16])), source), (str(ipaddress.ip_address(ip[16:20])), destination)
    return Packet(time, *ends, sequence, acknowledged, flags, tcp[(offset >> 4) * 4:])


def capture_of(packets):
    """The octets of a pcapng file."""
    octets = block(SECTION, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)) + block(INTERFACE, struct.pack("<HHI", RAW_IP, 0, 0) + NANOSECONDS)
    for packet in packets:
        ip = ip_octets(packet)
        octets += block(PACKET, struct.pack("<IIIII", 0, packet.time >> 32, packet.time & 0xFFFFFFFF, len(ip), len(ip)) + ip + bytes(-len(ip) % 4))
    return octets


def block(kind, body):
    length = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + length + body + length


def ip_octets(packet):
    addresses = b"".join(ipaddress.ip_address(end[0]).packed for end in (packet.source, packet.destination))
    options = WINDOW_SCALE if packet.flags & SYN else b""
    tcp = struct.pack(">HHIIBBHHH", packet.source[1], packet.destination[1], packet.sequence & 0xFFFFFFFF, packet.acknowledged & 0xFFFFFFFF,
                      (20 + len(options)) // 4 << 4, packet.flags, 65535, 0, 0) + options + packet.payload
    tcp = with_checksum(tcp, 16, addresses + struct.pack(">HH", 6, len(tcp)))
    ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(tcp), 0, 0x4000, 64, 6, 0) + addresses
    return with_checksum(ip, 10) + tcp


def with_checksum(octets, at, pseudo_header=b""):
    words = pseudo_header + octets + bytes(len(octets) % 2)
    total = sum(struct.unpack(f">{len(words) // 2}H", words))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return octets[:at] + struct.pack(">H", ~total & 0xFFFF) + octets[at + 2:]
