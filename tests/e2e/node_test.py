#!/usr/bin/env python3
"""grpc-js as a peer: its clients call our server, our clients call its server, and both ends are Node."""

import unittest

from peers import Channels, Interop, Peers
from promises import Promises


class Node(Peers, Channels, Promises, Interop):
    stack_name = "node"
    replies_encoding = "identity"  # its server never compresses


if __name__ == "__main__":
    unittest.main()
