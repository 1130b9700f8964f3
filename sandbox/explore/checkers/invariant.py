"""An invariant: a name of the field's, and a way to see that it is broken."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sandbox.explore.world import World

Select = Callable[[World], Iterable[Any]]


@dataclass(frozen=True)
class Invariant:
    """Called with the world as it is in the end: what a customer would see is wrong, or `None`."""

    invariant: str
    find: Callable[[World], str | None]

    def __call__(self, world: World) -> str | None:
        return self.find(world)


def shown(value: object) -> str:
    """A value inside a sentence: a text as it is, anything else as Python writes it."""
    return value if isinstance(value, str) else repr(value)
