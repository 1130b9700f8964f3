"""Which classes one process reads its messages with."""

from collections.abc import Callable
from types import ModuleType

import msgspec

from sandbox.errors import UnreadableRecord
from sandbox.messages.event import Command, Event, Payload


class Vocabulary:
    """How one process reads messages: with the classes of its own code, as any service does.

    What its code doesn't define is read with the classes that were published on the bus.
    """

    def __init__(self, classes: dict[str, type[Payload]], read: Callable[[str, bytes], Payload]) -> None:
        self._own = classes
        self._read = read

    def read(self, type_name: str, data: bytes) -> Event | Command:
        """See `Published.read`."""
        own = self._own.get(type_name)
        if own is None:
            return self._read(type_name, data)
        try:
            return own.from_json(data)
        except msgspec.MsgspecError as error:
            raise UnreadableRecord(f"the data of {type_name} does not fit its class: {error}") from error


def own_classes(module: ModuleType) -> dict[str, type[Payload]]:
    """The classes of messages that the module itself defines, by type."""
    return {
        value.type_name: value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Payload) and value.__module__ == module.__name__
    }
