"""Where instances come from: a process that forks when it is told to, twice over.

    nursery        has Python and this package loaded; one for all submissions
    └ zygote       has compiled one submission, and has not run it
      └ instance   runs it, once: what it does to its own memory dies with it

A fork takes a millisecond, a new Python a quarter of a second. All three are confined, and
of all three only the instance is not trusted.
"""

import gc
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from socket import recv_fds, socket
from struct import Struct

import msgspec

from sandbox.confined import failures, kernel
from sandbox.confined.instance import Instance
from sandbox.confined.lockdown import shut_last_door
from sandbox.confined.pipe import Pipe
from sandbox.confined.shapes import Classes
from sandbox.confined.wire import PORT_CLASSES

COMMAND = Struct("!cI")  # fork, with the child's socket beside it; or kill, and whom
ANSWER = Struct("!I")  # the new process's id
FORK, KILL = b"f", b"k"
SOURCE_MAX = 1_000_000  # bytes of a submission

Child = Callable[[socket], None]


class Sown(msgspec.Struct):
    """What a zygote is told of its submission."""

    source: str
    filename: str
    module: str


def be_nursery(control: socket, level: str) -> None:
    """Fork zygotes until the referee hangs up; `level` says how all this is confined."""
    gc.freeze()
    if sys.platform == "linux":
        kernel.prctl(kernel.ADOPT, 1)  # the instances of a zygote that is ended, to bury them
    _fork_on_demand(control, partial(_be_zygote, level))


def _be_zygote(level: str, control: socket) -> None:
    """Compile the submission that is sent first, and fork instances of it."""
    pipe = Pipe(control)
    sown = msgspec.msgpack.decode(pipe.receive(SOURCE_MAX), type=Sown)
    try:
        code = compile(sown.source, sown.filename, "exec", dont_inherit=True)
    except Exception as error:
        pipe.send(msgspec.msgpack.encode(failures.told(error)))
        return
    pipe.send(b"")
    classes = Classes(sown.module, *PORT_CLASSES)

    def be_instance(connection: socket) -> None:
        shut_last_door(level)
        Instance(Pipe(connection), code, classes).serve()

    gc.freeze()
    _fork_on_demand(control, be_instance)


def _fork_on_demand(control: socket, child: Child) -> None:
    """Fork a child for each socket that arrives, and end those that are no longer wanted."""
    living: set[int] = set()
    while True:
        data, descriptors, _, _ = recv_fds(control, COMMAND.size, 1)
        if not data:
            break
        command, whom = COMMAND.unpack(data)
        if command == KILL:
            if whom in living:
                living.discard(whom)
                _end(whom)
            living -= _bury()
            continue
        pid = os.fork()
        if pid == 0:
            control.close()
            _be(child, socket(fileno=descriptors[0]))
        os.close(descriptors[0])
        living.add(pid)
        control.sendall(ANSWER.pack(pid))
    for pid in living:
        _end(pid)


def _be(child: Child, connection: socket) -> None:
    """Be that child and nothing else: nothing of the parent's goes on in it."""
    try:
        child(connection)
    finally:
        os._exit(0)


def _end(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def _bury() -> set[int]:
    """Take leave of all children that are dead by now, adopted ones too: a dead one still has a number."""
    dead: set[int] = set()
    with suppress(ChildProcessError):  # there are none
        while pid := os.waitpid(-1, os.WNOHANG)[0]:
            dead.add(pid)
    return dead
