#!/usr/bin/env python3
"""grpc-go as a peer: its clients call our server, our clients call its server, and both ends are Go."""

import unittest

from peers import Channels, Interop, Peers
from promises import Promises


class Go(Peers, Channels, Promises, Interop):
    stack_name = "go"


if __name__ == "__main__":
    unittest.main()
