"""A class as data: enough to make a like one in another process, and nothing that is run there.

A dataclass crosses as its name, its kind and its fields with their types. What a type can't
be told as is `Any`. So a record's event reads, compares and prints on the other side as it
does on its own.
"""

import keyword
import types
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec

from sandbox.errors import UsageError
from sandbox.messages import Command, Event

CLASSES_MAX = 200
BYTES_MAX = 20_000  # of a class
FIELDS_MAX = 100
DEPTH_MAX = 20  # of types inside each other
PLAIN = (str, int, float, bool, bytes, date, datetime, time, timedelta, Decimal, UUID)
CONTAINERS = (list, tuple, dict, set, frozenset)
TYPES = {kind.__name__: kind for kind in (*PLAIN, *CONTAINERS)}
TYPES |= {"Any": Any, "None": type(None), "...": ...}
NAME_OF = {kind: name for name, kind in TYPES.items()}
BASES = {"Event": (Event,), "Command": (Command,), "": ()}

Shape = Sequence  # of texts and shapes


class Classes:
    """The dataclasses that cross, as one end knows them. Those made here say they are of `module`."""

    def __init__(self, module: str, *known: type) -> None:
        self.module = module
        self._told: dict[type, bytes] = {}
        self._meant: dict[bytes, type] = {}
        for cls in known:
            self.tell(cls)

    def tell(self, cls: type) -> bytes:
        """The dataclass as data."""
        told = self._told.get(cls)
        if told is None:
            told = self._told[cls] = msgspec.msgpack.encode(shape_of(cls))
            self._meant.setdefault(told, cls)
        return told

    def find(self, told: bytes) -> type:
        """The class that was told: one that is known here, or a new one. Raises `UsageError`."""
        cls = self._meant.get(told)
        if cls is None:
            if len(self._meant) >= CLASSES_MAX or len(told) > BYTES_MAX:
                raise UsageError(f"more than {CLASSES_MAX} classes have crossed, or one is told at length.")
            cls = self._meant[told] = self._make(told)
        return cls

    def _make(self, told: bytes) -> type:
        def find(shape: Shape) -> type:
            return self.find(msgspec.msgpack.encode(shape))

        try:
            return class_of(msgspec.msgpack.decode(told), self.module, find)
        except (msgspec.MsgspecError, TypeError, ValueError, KeyError, RecursionError) as error:
            raise UsageError(f"no class has this shape: {error!r}.") from error


def shape_of(cls: type, depth: int = 0) -> Shape:
    """The dataclass `cls` as data."""
    base = "Event" if issubclass(cls, Event) else "Command" if issubclass(cls, Command) else ""
    hints = _hints(cls)
    told = tuple((field.name, _told(hints.get(field.name, Any), depth + 1)) for field in fields(cls))
    return (cls.__name__, base, cls.type_name if base else "", cls.__dataclass_params__.frozen, told)


def class_of(shape: Shape, module: str, find: Callable[[Shape], type]) -> type:
    """A new class of this shape; `find` gives those that its fields are of. Raises where it is no shape."""
    name, base, type_name, frozen, told = shape
    if len(told) > FIELDS_MAX:
        raise ValueError(f"more than {FIELDS_MAX} fields")
    bases = BASES[base]
    kinds = {_field(field, bases): _meant(kind, find) for field, kind in told}
    options = {"type": str(type_name)} if base else {}
    namespace = {"__module__": module, "__annotations__": kinds}
    cls = types.new_class(_identifier(name), bases, options, lambda body: body.update(namespace))
    return dataclass(cls, frozen=bool(frozen))


def _told(kind: object, depth: int) -> Shape:
    """A type as data; `Any` where there is no telling."""
    if depth > DEPTH_MAX:
        return ("Any",)
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return ("union", *(_told(each, depth + 1) for each in inner))
    if origin is Literal and all(isinstance(value, str | int | None) for value in inner):
        return ("literal", *inner)
    if origin in CONTAINERS:
        return (origin.__name__, *(_told(each, depth + 1) for each in inner))
    if isinstance(kind, type) and hasattr(kind, "__dataclass_params__"):
        return ("class", shape_of(kind, depth + 1))
    try:
        return (NAME_OF.get(kind, "Any"),)
    except TypeError:  # an annotation may be anything, and some things can't be looked up
        return ("Any",)


def _meant(told: Shape, find: Callable[[Shape], type]) -> object:
    """The type that was told."""
    kind, *inner = told
    if kind == "class":
        return find(inner[0])
    if kind == "literal":
        return Literal[tuple(inner)]
    meant = tuple(_meant(each, find) for each in inner)
    if kind == "union":
        return Union[meant]  # noqa: UP007
    return TYPES[kind][meant] if meant else TYPES[kind]


def _hints(cls: type) -> dict[str, object]:
    if not any(isinstance(field.type, str) for field in fields(cls)):
        return {field.name: field.type for field in fields(cls)}
    try:
        return get_type_hints(cls)
    except (NameError, TypeError, AttributeError):  # a text that names nothing
        return {}


def _field(name: object, bases: tuple[type, ...]) -> str:
    if any(hasattr(base, str(name)) for base in bases):
        raise ValueError(f"{name!r} is no name of a field: every event has that already")
    return _identifier(name)


def _identifier(name: object) -> str:
    """`dataclass` writes code with these names, so nothing else may pass."""
    if (
        not isinstance(name, str)
        or not name.isidentifier()
        or keyword.iskeyword(name)
        or name.startswith("__")
    ):
        raise ValueError(f"{name!r} is no name")
    return name
