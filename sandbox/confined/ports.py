"""Ports as the submission sees them: each call is put to the referee, and answered by the world.

What a call may be is said once, in `METHODS`, for both ends. There are no checks here: they
would be the submission's to remove.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Self

from sandbox.confined.wire import Stub

if TYPE_CHECKING:
    from sandbox.confined.instance import Instance

METHODS = {  # by kind of thing: what may be called; their other public names may be read
    "bus": frozenset({"create_topic", "publish", "consumer", "subscribe", "run", "lag"}),
    "clock": frozenset({"now"}),
    "consumer": frozenset(
        {"poll", "fetch", "commit", "position", "committed", "seek", "seek_to_beginning", "seek_to_end"}
        | {"pause", "resume", "close"}
    ),
    "database": frozenset({"execute", "execute_many", "begin", "end", "close"}),
    "event store": frozenset({"append", "read", "read_all", "version", "position"}),
    "function": frozenset({"call"}),
    "gateway": frozenset({"charge", "refund"}),
    "port": frozenset(),
}


class Port(Stub):
    """Any port: a method of its kind is asked for, and so is what any other name stands for."""

    __slots__ = ("_kind",)
    _wire: "Instance"

    def __init__(self, wire: "Instance", number: int, kind: str) -> None:
        super().__init__(wire, number)
        self._kind = kind

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        if name in METHODS[self._kind]:
            return partial(self._wire.ask, self._number, name)
        return self._wire.ask(self._number, "get", name)


class Database(Port):
    """A database; see `sandbox.ports.Database`."""

    __slots__ = ()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self._wire.ask(self._number, "begin")
        try:
            yield
        except BaseException as error:
            self._wire.ask(self._number, "end", error)
            raise
        self._wire.ask(self._number, "end", None)


class Consumer(Port):
    """A consumer; see `sandbox.ports.Consumer`."""

    __slots__ = ()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._wire.ask(self._number, "close")


class Function(Stub):
    """A function of the referee's."""

    __slots__ = ()
    _wire: "Instance"

    def __call__(self, *args: object, **options: object) -> object:
        return self._wire.ask(self._number, "call", *args, **options)


def port(wire: "Instance", number: int, kind: str) -> Stub:
    """The stub for a thing of the referee's."""
    match kind:
        case "function":
            return Function(wire, number)
        case "database":
            return Database(wire, number, kind)
        case "consumer":
            return Consumer(wire, number, kind)
    return Port(wire, number, kind)
