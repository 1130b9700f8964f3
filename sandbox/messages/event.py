"""`Event` and `Command`: frozen dataclasses, written down as JSON and read back by name.

The name in the envelope (`type`) is all that a consumer gets, so a table keeps the class
of each name. Where a class is defined anew, as when a notebook's cell is run again, the
newest definition counts. Where two modules have a class of one name, the one that was
published on the same bus counts.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass
from typing import ClassVar, NamedTuple, Self

import msgspec

from sandbox.errors import InvalidEvent, UnreadableRecord


class _Definitions:
    """Every class of events and commands that was ever defined, the newest of each name."""

    def __init__(self) -> None:
        self.class_of: dict[str, type[Payload]] = {}
        self.count = 0  # grows with each change


_definitions = _Definitions()
_encode = msgspec.json.Encoder().encode
NOT_WRITTEN = (TypeError, ValueError, OverflowError, msgspec.MsgspecError)
PLAIN = {str: "str", int: "int", bool: "bool", "str": "str", "int": "int", "bool": "bool"}
WRITER = """
def write(event):
    if {is_plain}:
        try:
            return encode(event)
        except errors:
            pass
    return read_back(event)
"""


@dataclass(frozen=True)
class Payload:
    """What events and commands share. `type` names the class on the wire."""

    type_name: ClassVar[str]
    _shape: ClassVar["_Shape | None"]

    def __init_subclass__(cls, type: str | None = None, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        cls.type_name = type or cls.__name__
        cls._shape = None  # not the parent's: see `_learn_shape`
        _definitions.class_of[cls.type_name] = cls
        _definitions.count += 1

    def to_json(self) -> bytes:
        """The object's fields as JSON, checked to read back as the same object.

        Raises `InvalidEvent` where they don't: the consumer would see something else.
        """
        return (self._shape or _learn_shape(type(self))).write(self)

    @classmethod
    def from_json(cls, data: bytes) -> Self:
        """The object that `data` describes; fields that this class doesn't know are left out."""
        return (cls._shape or _learn_shape(cls)).decode(data)


@dataclass(frozen=True)
class Event(Payload):
    """A fact: something happened. Past tense, frozen, addressed to no one.

    >>> @dataclass(frozen=True)
    ... class OrderPlaced(Event):
    ...     order_id: str
    """


@dataclass(frozen=True)
class Command(Payload):
    """A request to one owner, who may refuse it. Imperative: `PlaceOrder`."""


class _Shape(NamedTuple):
    """What is asked of a class for each of its objects, and so worked out once."""

    write: Callable[["Payload"], bytes]
    decode: Callable[[bytes], "Payload"]


def _learn_shape(cls: type["Payload"]) -> _Shape:
    """How objects of `cls` are written and read. Raises `InvalidEvent` where the class is no dataclass."""
    if "__dataclass_params__" not in cls.__dict__:
        raise InvalidEvent(
            f"{cls.__name__} is no dataclass, so it has no fields to write down. "
            "Put @dataclass(frozen=True) above its class."
        )
    cls._shape = _Shape(_writer(cls), msgspec.json.Decoder(cls).decode)
    return cls._shape


def _writer(cls: type["Payload"]) -> Callable[["Payload"], bytes]:
    """Writes an object of `cls`, and reads back what could come back as something else.

    Where all fields are text, whole numbers or truth values, as declared, JSON gives them back
    as they were. That test is written as code, as `dataclasses` writes its own: a loop
    over the fields takes longer than the reading back that it saves.
    """
    kinds = {field.name: PLAIN.get(field.type) for field in fields(cls)}
    if not all(kinds.values()):
        return _write_and_read_back
    tests = [f"type(event.{name}) is {kind}" for name, kind in kinds.items()]
    made: dict[str, Callable] = {"encode": _encode, "errors": NOT_WRITTEN, "read_back": _write_and_read_back}
    exec(WRITER.format(is_plain=" and ".join(tests) or "True"), made)
    return made["write"]


def _write_and_read_back(event: "Payload") -> bytes:
    try:
        data = _encode(event)
        back = event.from_json(data)
    except NOT_WRITTEN as error:
        raise InvalidEvent(
            f"{event!r} can't be written as JSON and read back: {error}. "
            "Use text, numbers, dates, tuples or frozen dataclasses, of the declared types."
        ) from error
    if back != event:
        changed = [f.name for f in fields(event) if getattr(event, f.name) != getattr(back, f.name)]
        raise InvalidEvent(
            f"{event!r} would reach its readers as {back!r}. "
            f"Declare the type of {', '.join(changed)} as what you put in."
        )
    return data


def check_is_payload(event: object) -> None:
    """Raises `InvalidEvent` unless `event` is an object of an `Event` or `Command` class."""
    if isinstance(event, Payload):
        return
    if isinstance(event, type):
        problem = f"{event.__name__} is a class: publish an object of it, {event.__name__}(…)"
    else:
        problem = f"{event!r} is of the class {type(event).__name__}, which is no Event"
    raise InvalidEvent(
        f"{problem}. Define @dataclass(frozen=True) class OrderPlaced(Event): with its fields, "
        "and publish OrderPlaced(…)."
    )


class Published:
    """The classes that were published on one bus, and how each type is read there."""

    def __init__(self) -> None:
        self.of: dict[str, type[Payload]] = {}  # the class of each type
        self._readers: dict[str, Callable[[bytes], Payload]] = {}
        self._valid_for = 0  # the number of definitions that the readers know

    def add(self, cls: type[Payload]) -> None:
        """Objects of `cls` are published here."""
        self.of[cls.type_name] = cls
        self._readers.clear()

    def read(self, type_name: str, data: bytes) -> Event | Command:
        """The event or command that was written as `data` under the name `type_name`.

        Raises `UnreadableRecord` where no such class is known or the data doesn't fit it.
        """
        if self._valid_for != _definitions.count:
            self._readers.clear()
            self._valid_for = _definitions.count
        reader = self._readers.get(type_name) or self._find(type_name)
        try:
            return reader(data)
        except msgspec.MsgspecError as error:
            raise UnreadableRecord(f"the data of {type_name} does not fit its class: {error}") from error

    def _find(self, type_name: str) -> Callable[[bytes], Payload]:
        newest, ours = _definitions.class_of.get(type_name), self.of.get(type_name)
        same_module = newest and ours and newest.__module__ == ours.__module__
        cls = newest if ours is None or same_module else ours
        if cls is None or not is_dataclass(cls):
            raise UnreadableRecord(_unknown(type_name))
        self._readers[type_name] = reader = (cls._shape or _learn_shape(cls)).decode
        return reader


def _unknown(type_name: str) -> str:
    """What to say of a type without a class; perhaps another version of it has one."""
    name = _without_version(type_name)
    versions = sorted(known for known in _definitions.class_of if _without_version(known) == name)
    if versions:
        return (
            f"no class is known for the type {type_name!r}, only for {', '.join(versions)}: did a newer "
            "program write it? Update this one, or define its class."
        )
    return (
        f"no class is known for the type {type_name!r}. "
        f"Define one: class {name.rsplit('.', 1)[-1]}(Event), with its fields."
    )


def _without_version(type_name: str) -> str:
    name, _, version = type_name.rpartition(".v")
    return name if version.isdigit() else type_name


@contextmanager
def isolated_types() -> Iterator[None]:
    """Forget, at the end, the classes defined meanwhile (someone else's code is run)."""
    before = dict(_definitions.class_of)
    try:
        yield
    finally:
        _definitions.class_of = before
        _definitions.count += 1
