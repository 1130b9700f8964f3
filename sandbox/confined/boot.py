"""The first thing that runs in the other process: all is loaded, then the doors are shut.

The strongest confinement that really works here is found by trying, each in a process of
its own. The one in which it works stays, and is the nursery; it says so first of all.
"""

import importlib
import os
import signal
import sys
from socket import socket

import msgspec

from sandbox.confined import kernel, lockdown
from sandbox.confined.nursery import be_nursery
from sandbox.confined.pipe import Pipe

LOADED = (  # which a submission may import, and then needs no file
    "abc asyncio bisect collections concurrent.futures contextlib copy csv dataclasses datetime decimal "
    "enum fractions functools hashlib heapq hmac inspect io itertools json logging math operator os queue "
    "random re secrets sqlite3 statistics string textwrap threading time types typing uuid uuid6 weakref "
    "zoneinfo sandbox sandbox.errors sandbox.messages sandbox.ports sandbox.patterns"
)


class Hello(msgspec.Struct):
    """What the referee is told first: how the nursery is confined, and what was tried in vain."""

    level: str  # empty where nothing has worked
    failed: list[str]


def boot(descriptor: str, levels: str) -> None:
    """Be the launcher of the nursery. `descriptor` is that of its control socket."""
    for name in LOADED.split():
        importlib.import_module(name)
    control = socket(fileno=int(descriptor))
    failed: list[str] = []
    for level in levels.split(","):
        reason = _try(level, control, failed)
        if not reason:
            return
        failed.append(f"{level}: {reason}")
    say_hello(control, "", failed)


def say_hello(control: socket, level: str, failed: list[str]) -> None:
    """The first message on the control socket."""
    Pipe(control).send(msgspec.msgpack.encode(Hello(level, failed)))


def _try(level: str, control: socket, failed: list[str]) -> str:
    """Have a nursery that is confined like this, until its end. Where that can't be: why."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        try:
            _be_confined(level, writer)
        except OSError as error:
            os.write(writer, str(error).encode())
            os._exit(1)
        os.close(writer)
        say_hello(control, level, failed)
        be_nursery(control, level)
        os._exit(0)
    os.close(writer)
    with open(reader, encoding="utf-8") as reason:
        found = reason.read()
    os.waitpid(child, 0)
    return found


def _be_confined(level: str, writer: int) -> None:
    lockdown.leave(level)
    if level == lockdown.NAMESPACES:
        _be_the_first(writer)
    lockdown.shut_doors(level)
    if sys.platform == "linux":
        kernel.prctl(kernel.DEATH_SIGNAL, signal.SIGKILL)
    lockdown.prove(level)


def _be_the_first(writer: int) -> None:
    """Be the first process of the new namespace, at whose end all others in it are killed."""
    kernel.prctl(kernel.DEATH_SIGNAL, signal.SIGKILL)
    first = os.fork()
    if first != 0:
        os.close(writer)
        os.waitpid(first, 0)
        os._exit(0)
