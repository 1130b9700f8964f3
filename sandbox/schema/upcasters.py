"""Upcasters: an event as it was written once, in the shape that today's code reads.

What was stored is never rewritten. Each upcaster knows one step, from a shape to the next,
so an event of the first shape is led through all of them when it is read. Fields that an
upcaster doesn't know are left as they are.
"""

from collections.abc import Callable

import msgspec

from sandbox.errors import UnreadableRecord, UsageError

Fields = dict[str, object]
Upcast = Callable[[Fields], Fields]


class Upcasters:
    """Each leads one type of event to the next.

    >>> upcasters = Upcasters()
    >>> @upcasters.add("OrderPlaced", "OrderPlaced.v2")
    ... def with_currency(fields):
    ...     return fields | {"currency": "EUR"}  # all of them were, until May 2026
    >>> store = SqliteEventStore(db, upcasters=upcasters)
    """

    def __init__(self) -> None:
        self._steps: dict[str, tuple[str, Upcast]] = {}

    def __repr__(self) -> str:
        if not self._steps:
            return "No upcasters"
        return "\n".join(f"{old} → {new}, by {step.__name__}" for old, (new, step) in self._steps.items())

    def add(self, old: str, new: str) -> Callable[[Upcast], Upcast]:
        """Have the decorated function make the fields of `new` from those of `old`.

        It is to give the same for the same, and to leave its argument alone. Raises
        `UsageError` where `old` is led somewhere already, or would be led in a circle.
        """
        if old in self._steps:
            raise UsageError(f"{old} is led to {self._steps[old][0]} already; one step leads from each type.")
        if self.newest(new) == old:
            raise UsageError(f"{old} → {new} would close a circle: {new} is led to {old}.")

        def keep(step: Upcast) -> Upcast:
            self._steps[old] = (new, step)
            return step

        return keep

    def newest(self, type_name: str) -> str:
        """The type that an event of `type_name` is read as."""
        while type_name in self._steps:
            type_name = self._steps[type_name][0]
        return type_name

    def upcast(self, type_name: str, data: bytes) -> tuple[str, bytes]:
        """The newest type and its fields as JSON.

        Raises `UnreadableRecord`, with the step, where one fails or gives no fields.
        """
        if type_name not in self._steps:
            return type_name, data
        try:
            fields = msgspec.json.decode(data, type=Fields)
        except msgspec.MsgspecError as error:
            raise UnreadableRecord(f"the data of {type_name} are no JSON object: {error}") from error
        while type_name in self._steps:
            new, step = self._steps[type_name]
            fields = _stepped(step, fields, f"{type_name} → {new}, by {step.__name__}")
            type_name = new
        return type_name, msgspec.json.encode(fields)


def _stepped(step: Upcast, fields: Fields, name: str) -> Fields:
    try:
        after = step(dict(fields))
        if not isinstance(after, dict):
            raise TypeError(f"it gave {after!r}, which is no dict of fields")
    except Exception as error:
        raise UnreadableRecord(f"{name}, failed for {fields!r}: {error!r}") from error
    return after
