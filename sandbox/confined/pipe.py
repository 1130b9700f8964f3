"""Messages over a socket: four bytes of length, then as many bytes."""

from socket import socket
from struct import Struct

from sandbox.errors import UsageError

LENGTH = Struct("!I")
CHUNK = 65_536


class Pipe:
    """One end of a pair of sockets. Raises `EOFError` where the other end has hung up."""

    def __init__(self, connection: socket) -> None:
        self._connection = connection

    def send(self, data: bytes) -> None:
        """Send one message. Raises `TimeoutError` at the socket's timeout."""
        try:
            self._connection.sendall(LENGTH.pack(len(data)) + data)
        except (BrokenPipeError, ConnectionResetError) as error:
            raise EOFError from error

    def receive(self, most: int) -> bytes:
        """The next message. Raises as `send` does, and `UsageError` where it is longer than `most` bytes.

        Also where more than one has come: nobody speaks without being asked.
        """
        data = self._some(CHUNK)
        while len(data) < LENGTH.size:
            data += self._some(CHUNK)
        length = LENGTH.size + LENGTH.unpack_from(data)[0]
        if length > LENGTH.size + most:
            raise UsageError(f"a message of {length:,} bytes; {most:,} may be.")
        if len(data) > length:
            raise UsageError(f"{len(data) - length:,} bytes more than the message has.")
        if len(data) == length:
            return data[LENGTH.size :]
        parts, missing = [data[LENGTH.size :]], length - len(data)
        while missing > 0:
            parts.append(self._some(min(missing, CHUNK)))
            missing -= len(parts[-1])
        return b"".join(parts)

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def _some(self, most: int) -> bytes:
        try:
            data = self._connection.recv(most)
        except ConnectionResetError as error:
            raise EOFError from error
        if not data:
            raise EOFError
        return data
