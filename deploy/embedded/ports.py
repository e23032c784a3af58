"""Loopback ports: a free one, or the one that is asked for."""

import socket

LOOPBACK = "127.0.0.1"


def free_port() -> int:
    """A port that is free now. Another process may take it first: whoever binds it tries again."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return probe.getsockname()[1]


def listening_socket(port: int = 0) -> socket.socket:
    """A bound, listening, inheritable socket on `port` (0: any). Raises OSError when the port is taken."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((LOOPBACK, port))
    except OSError:
        sock.close()
        raise
    sock.listen(1024)
    sock.set_inheritable(True)
    return sock
