"""`Event` and `Command`: frozen dataclasses, written down as JSON and read back by name.

The name in the envelope (`type`) is all that a consumer gets, so a table keeps the class
of each name. Where a class is defined anew, as when a notebook's cell is run again, the
newest definition counts. Where two modules have a class of one name, the one that was
published on the same bus counts.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass
from typing import ClassVar, Self

import msgspec

from sandbox.errors import InvalidEvent, UnreadableRecord

_class_of_type: dict[str, type["_Payload"]] = {}
_encode = msgspec.json.Encoder().encode
PLAIN = {kind: kind for kind in (str, int, bool)} | {"str": str, "int": int, "bool": bool}


@dataclass(frozen=True)
class _Payload:
    """What events and commands share. `type` names the class on the wire."""

    type_name: ClassVar[str]

    def __init_subclass__(cls, type: str | None = None, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        cls.type_name = type or cls.__name__
        _class_of_type[cls.type_name] = cls

    def to_json(self) -> bytes:
        """The object's fields as JSON, checked to read back as the same object.

        Raises `InvalidEvent` where they don't: the consumer would see something else.
        """
        cls = type(self)
        plain = cls.__dict__.get("_plain")
        if plain is None:
            plain = cls._plain = _plain_kinds(cls)
        try:
            data = _encode(self)
            if tuple(map(type, self.__dict__.values())) == plain:
                return data  # of such kinds, JSON gives back the same
            back = cls.from_json(data)
        except (TypeError, ValueError, OverflowError, msgspec.MsgspecError) as error:
            raise InvalidEvent(
                f"{self!r} can't be written as JSON and read back: {error}. "
                "Use text, numbers, dates, tuples or frozen dataclasses, of the declared types."
            ) from error
        if back != self:
            changed = [f.name for f in fields(self) if getattr(self, f.name) != getattr(back, f.name)]
            raise InvalidEvent(
                f"{self!r} would reach its readers as {back!r}. "
                f"Declare the type of {', '.join(changed)} as what you put in."
            )
        return data

    @classmethod
    def from_json(cls, data: bytes) -> Self:
        """The object that `data` describes; fields that this class doesn't know are left out."""
        decoder = cls.__dict__.get("_decoder")
        if decoder is None:  # made once: looking a class up costs as much as decoding
            decoder = cls._decoder = msgspec.json.Decoder(cls)
        return decoder.decode(data)


@dataclass(frozen=True)
class Event(_Payload):
    """A fact: something happened. Past tense, frozen, addressed to no one.

    >>> @dataclass(frozen=True)
    ... class OrderPlaced(Event):
    ...     order_id: str
    """


@dataclass(frozen=True)
class Command(_Payload):
    """A request to one owner, who may refuse it. Imperative: `PlaceOrder`."""


def _plain_kinds(cls: type["_Payload"]) -> tuple[type, ...]:
    """The kinds of the fields, where all are text, whole numbers or truth values.

    Raises `InvalidEvent` where the class is no dataclass.
    """
    if "__dataclass_params__" not in cls.__dict__:
        raise InvalidEvent(
            f"{cls.__name__} is no dataclass, so it has no fields to write down. "
            "Put @dataclass(frozen=True) above its class."
        )
    kinds = tuple(PLAIN.get(field.type) for field in fields(cls))
    return kinds if all(kinds) else (object,)  # which no value is of


def check_is_payload(event: object) -> None:
    """Raises `InvalidEvent` unless `event` is an object of an `Event` or `Command` class."""
    if isinstance(event, _Payload):
        return
    if isinstance(event, type):
        problem = f"{event.__name__} is a class: publish an object of it, {event.__name__}(…)"
    else:
        problem = f"{event!r} is of the class {type(event).__name__}, which is no Event"
    raise InvalidEvent(
        f"{problem}. Define @dataclass(frozen=True) class OrderPlaced(Event): with its fields, "
        "and publish OrderPlaced(…)."
    )


def decode(type_name: str, data: bytes, published: Mapping[str, type[_Payload]]) -> Event | Command:
    """The event or command that was written as `data` under the name `type_name`.

    `published` has the classes that were published on this bus. Raises `UnreadableRecord`
    where no such class is known or the data doesn't fit it.
    """
    newest, ours = _class_of_type.get(type_name), published.get(type_name)
    cls = newest if ours is None or (newest and newest.__module__ == ours.__module__) else ours
    if cls is None or not is_dataclass(cls):
        raise UnreadableRecord(
            f"no class is known for the type {type_name!r}. "
            f"Define one: class {type_name.rsplit('.', 1)[-1]}(Event), with its fields."
        )
    try:
        return cls.from_json(data)
    except msgspec.MsgspecError as error:
        raise UnreadableRecord(f"the data of {type_name} does not fit its class: {error}") from error


@contextmanager
def isolated_types() -> Iterator[None]:
    """Forget, at the end, the classes defined meanwhile (someone else's code is run)."""
    before = dict(_class_of_type)
    try:
        yield
    finally:
        _class_of_type.clear()
        _class_of_type.update(before)
