#!/usr/bin/env python3
"""grpc-go as a peer: its clients call our server, our clients call its server, and both ends are Go."""

import unittest

from peers import Channels, Interop, Peers


class Go(Peers, Channels, Interop):
    stack_name = "go"
    gzip_server = []  # it answers as it was asked


if __name__ == "__main__":
    unittest.main()
