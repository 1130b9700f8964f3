"""The processes of the other side, as the referee holds them: it starts them, and it ends them."""

import struct
import sys
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from socket import SO_RCVTIMEO, SO_SNDTIMEO, SOL_SOCKET, send_fds, socket, socketpair
from subprocess import DEVNULL, Popen

import msgspec

from sandbox.confined import failures
from sandbox.confined.boot import Hello
from sandbox.confined.lockdown import LANDLOCK, NAMESPACES
from sandbox.confined.meaning import Told
from sandbox.confined.nursery import ANSWER, COMMAND, FORK, KILL, Sown
from sandbox.confined.pipe import Pipe
from sandbox.confined.wire import BYTES_MAX
from sandbox.errors import NotSupportedHere, UsageError
from sandbox.explore.limits import TimeUp

HOUSE = Path(__file__).resolve().parents[2]  # where the package `sandbox` is
BOOT = """
import sys
sys.path.insert(0, sys.argv[1])
from sandbox.confined.boot import boot
boot(*sys.argv[2:])
"""
CONFINED = (NAMESPACES, LANDLOCK)  # what is strong enough for other people's code
WAIT_SECONDS = 10  # for any answer; the deadline of whoever waits comes first
AHEAD = 2  # instances that are made ready before they are needed


class ProcessEnded(Exception):
    """The submission's process has ended by itself, or was ended since it broke the rules."""


class Live:
    """A process of the other side: it is spoken to, and it is ended."""

    def __init__(self, parent: "Parent", connection: socket) -> None:
        self._parent = parent
        self._pipe = Pipe(connection)
        self._pid = parent.pid_of_next()

    def exchange(self, message: bytes) -> bytes:
        """Send a message; the answer. Raises `ProcessEnded`, and `TimeUp` where none comes."""
        try:
            self._pipe.send(message)
        except EOFError:
            pass  # what it has said before is still to be read
        except BlockingIOError:
            raise TimeUp from None
        return self.receive()

    def receive(self) -> bytes:
        """The next message. Raises as `exchange` does."""
        try:
            return self._pipe.receive(BYTES_MAX)
        except EOFError:
            raise ProcessEnded("its process has ended by itself") from None
        except UsageError as error:
            raise ProcessEnded(f"its process was ended: {error}") from None
        except BlockingIOError:
            raise TimeUp from None

    def end(self) -> None:
        """Kill it. Where its parent is gone, so is it."""
        self._pipe.close()
        with suppress(ProcessEnded):
            self._parent.kill(self._pid)


class Parent:
    """A process that forks others when it is told to. Raises `ProcessEnded` where it is gone."""

    def __init__(self, control: socket) -> None:
        self._control = control

    def fork(self) -> socket:
        """Have a child made; the socket that leads to it, which can be written to at once."""
        ours, theirs = pair()
        with theirs:
            try:
                send_fds(self._control, [COMMAND.pack(FORK, 0)], [theirs.fileno()])
            except OSError as error:
                raise _gone(error) from error
        return ours

    def pid_of_next(self) -> int:
        """The process id of the first child that was not asked about yet."""
        try:
            return ANSWER.unpack(self._control.recv(ANSWER.size))[0]
        except (OSError, struct.error) as error:
            raise _gone(error) from error

    def kill(self, pid: int) -> None:
        """End a child."""
        try:
            self._control.sendall(COMMAND.pack(KILL, pid))
        except OSError as error:
            raise _gone(error) from error

    def close(self) -> None:
        """Have it end all its children, and itself."""
        self._control.close()


class Nursery(Parent):
    """The process that all others come from, and a Python of its own."""

    def __init__(self, levels: Sequence[str] = CONFINED) -> None:
        """Raises `NotSupportedHere` where none of these levels of confinement is to be had."""
        ours, theirs = pair()
        with theirs:
            told = [str(HOUSE), str(theirs.fileno()), ",".join(levels)]
            self._process = Popen(
                [sys.executable, "-I", "-c", BOOT, *told],
                pass_fds=[theirs.fileno()],
                stdin=DEVNULL,
                stdout=DEVNULL,
                stderr=DEVNULL,
                env={},
                cwd="/",
            )
        super().__init__(ours)
        hello = msgspec.msgpack.decode(Pipe(ours).receive(BYTES_MAX), type=Hello)
        self.level = hello.level  # of its confinement
        self.failed = hello.failed  # the stronger ones, and why
        if not self.level:
            self.close()
            raise NotSupportedHere(
                f"a submission can't be confined here: {'; '.join(self.failed)}. Is it your own, or do you "
                "trust it? Then grade it with limits of time and memory only: --without-confinement."
            )

    def is_alive(self) -> bool:
        """Does it still run?"""
        return self._process.poll() is None

    def close(self) -> None:
        super().close()
        self._process.kill()
        self._process.wait()


class Zygote:
    """A process that has compiled one submission and makes instances of it, some ahead of time."""

    def __init__(self, nursery: Nursery, sown: Sown, first: bytes = b"") -> None:
        """`first` is what instances are told ahead of time, if anything. Raises what the compiler raises."""
        self.first = first
        self._ahead: deque[socket] = deque()
        control = nursery.fork()
        self._live = Live(nursery, control)
        self._parent = Parent(control)
        try:
            complaint = self._live.exchange(msgspec.msgpack.encode(sown))
        except BaseException:
            self.end()
            raise
        if complaint:
            self.end()
            raise failures.meant(*msgspec.msgpack.decode(complaint, type=Told))

    def instance(self) -> Live:
        """A new instance; where there is something that they are told ahead, it is still to be received."""
        while len(self._ahead) <= AHEAD:
            connection = self._parent.fork()
            if self.first:
                Pipe(connection).send(self.first)
            self._ahead.append(connection)
        return Live(self._parent, self._ahead.popleft())

    def end(self) -> None:
        """Kill it, and all its instances with it."""
        for connection in self._ahead:
            connection.close()
        self._parent.close()
        self._live.end()


def pair() -> tuple[socket, socket]:
    """Two connected sockets; the first one is the referee's, and never waits for long."""
    ours, theirs = socketpair()
    for option in (SO_RCVTIMEO, SO_SNDTIMEO):
        ours.setsockopt(SOL_SOCKET, option, struct.pack("ll", WAIT_SECONDS, 0))
    return ours, theirs


def _gone(error: Exception) -> Exception:
    if isinstance(error, BlockingIOError):
        return TimeUp()
    return ProcessEnded(f"the process that makes instances is gone: {error!r}")
