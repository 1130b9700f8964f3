"""Does Kafka answer on this port? Asked in Kafka's own protocol, not by a bare connect.

An ApiVersions request of version 0 is the first thing that every client sends
(https://kafka.apache.org/protocol): it needs no body, and the answer repeats its number.
"""

import socket
import struct
from typing import Literal

API_VERSIONS = 18
CORRELATION = 7
CLIENT = b"sandbox"


def what_answers(port: int, host: str = "localhost", timeout: float = 2.0) -> Literal["kafka", "other", ""]:
    """Who listens on the port: Kafka, some other program, or nobody."""
    try:
        connection = socket.create_connection((host, port), timeout=timeout)
    except OSError:
        return ""
    request = struct.pack(">hhih", API_VERSIONS, 0, CORRELATION, len(CLIENT)) + CLIENT
    with connection:
        try:
            connection.sendall(struct.pack(">i", len(request)) + request)
            size, correlation = struct.unpack(">ii", _read(connection, 8))
        except (OSError, struct.error):
            return "other"
    return "kafka" if correlation == CORRELATION and 4 < size < 100_000 else "other"


def _read(connection: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count and (more := connection.recv(count - len(data))):
        data += more
    return data
