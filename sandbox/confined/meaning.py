"""Values made of bytes: the reading half of the wire.

The bytes may come from anybody. Each kind of value is decoded as what it has to be, and
what isn't raises one of `PROBLEMS`; no code of the other side is run, and no class is made but
dataclasses of plain types.
"""

from dataclasses import fields
from typing import TYPE_CHECKING

import msgspec
from msgspec.msgpack import Decoder, Ext

from sandbox.confined import failures, telling
from sandbox.confined.words import from_words
from sandbox.errors import UsageError
from sandbox.messages import Envelope, Record, Stored
from sandbox.ports import Assignment, StoredEvent

if TYPE_CHECKING:
    from sandbox.confined.wire import Wire

ODD_KEYS_MAX = 1_000  # of one dict or set: keys that are no texts can be made to collide
PROBLEMS = (
    msgspec.MsgspecError,
    TypeError,
    ValueError,
    KeyError,
    OverflowError,
    RecursionError,
    UsageError,
)
Atom = bool | int | float | str | None
Told = tuple[list[str], str, list[Atom], dict[str, Atom], int | None]  # of an exception

_flat = Decoder(list[Atom | Ext]).decode
_number = Decoder(int).decode
_kept = Decoder(tuple[int, int, bytes]).decode
_pair = Decoder(tuple[str, str]).decode
_record = Decoder(tuple[str, int, int, Stored]).decode
_stored = Decoder(Stored).decode
_envelope = Decoder(Envelope).decode
_part = Decoder(tuple[bytes, bytes]).decode
_error = Decoder(tuple[int, Told]).decode
_error_back = Decoder(tuple[int, int | None]).decode
_thing = Decoder(tuple[int, str]).decode
_stranger = Decoder(tuple[int, str, str]).decode
_marked = Decoder(tuple[int, bytes]).decode


def mean_all(wire: "Wire", data: bytes) -> list:
    """The values that were told, one after the other."""
    return [MEANING[each.code](wire, each.data) if type(each) is Ext else each for each in _flat(data)]


def _list(wire: "Wire", data: bytes) -> list:
    return mean_all(wire, data)


def _dict(wire: "Wire", data: bytes) -> dict:
    return _paired(mean_all(wire, data))


def _paired(flat: list) -> dict:
    keys = flat[::2]
    _check_keys(keys)
    return dict(zip(keys, flat[1::2], strict=True))


def _distinct(flat: list) -> list:
    _check_keys(flat)
    return flat


def _check_keys(keys: list) -> None:
    if len(keys) > ODD_KEYS_MAX and not all(type(key) is str for key in keys):
        raise ValueError(f"{len(keys):,} keys, not all of which are texts; {ODD_KEYS_MAX:,} may be")


def _kept_container(wire: "Wire", data: bytes) -> list | dict | set:
    number, code, content = _kept(data)
    container = wire.kept.emptied(number, CONTAINERS[code])
    flat = mean_all(wire, content)
    if code == telling.LIST:
        container.extend(flat)
    else:
        container.update(_paired(flat) if code == telling.DICT else _distinct(flat))
    return container


def _part_of(wire: "Wire", data: bytes) -> object:
    told, parts = _part(data)
    cls = wire.classes.find(told)
    made = object.__new__(cls)
    for field, value in zip(fields(cls), mean_all(wire, parts), strict=True):
        object.__setattr__(made, field.name, value)  # it may be frozen
    return made


def _error_of(wire: "Wire", data: bytes) -> BaseException:
    number, told = _error(data)
    return wire.note_error(number, failures.meant(*told))


def _error_of_ours(wire: "Wire", data: bytes) -> BaseException:
    number, line = _error_back(data)
    error = wire.error(number)
    failures.note_line(error, line)
    return error


CONTAINERS: dict[int, type] = {telling.LIST: list, telling.DICT: dict, telling.SET: set}
MEANING = {
    telling.LIST: _list,
    telling.TUPLE: lambda wire, data: tuple(mean_all(wire, data)),
    telling.SET: lambda wire, data: set(_distinct(mean_all(wire, data))),
    telling.ASSIGNMENT: lambda wire, data: Assignment(_distinct(mean_all(wire, data))),
    telling.FROZENSET: lambda wire, data: frozenset(_distinct(mean_all(wire, data))),
    telling.DICT: _dict,
    telling.ITERATOR: lambda wire, data: iter(mean_all(wire, data)),
    telling.KEPT: _kept_container,
    telling.KEPT_AGAIN: lambda wire, data: wire.kept.known(_number(data)),
    telling.BYTES: lambda wire, data: bytes(data),
    telling.BIG: lambda wire, data: int.from_bytes(data, "big", signed=True),
    telling.WORD: lambda wire, data: from_words(*_pair(data)),
    telling.RECORD: lambda wire, data: Record(*_record(data), wire.published),
    telling.STORED: lambda wire, data: _stored(data),
    telling.ENVELOPE: lambda wire, data: _envelope(data),
    telling.STORED_EVENT: lambda wire, data: StoredEvent(*mean_all(wire, data)),
    telling.PART: _part_of,
    telling.CLASS: lambda wire, data: wire.classes.find(bytes(data)),
    telling.ERROR: _error_of,
    telling.ERROR_BACK: _error_of_ours,
    telling.THING: lambda wire, data: wire.stub(*_thing(data)),
    telling.THING_BACK: lambda wire, data: wire.thing(_number(data)),
    telling.DOTS: lambda wire, data: ...,
    telling.STRANGER: lambda wire, data: stranger(wire, *_stranger(data)),
    telling.MARKED_TUPLE: lambda wire, data: marked(wire, *_marked(data)),
}


class Stranger:
    """What stands for an object of the other side that can't cross: it has a name, and a repr."""

    def __init__(self, wire: "Wire", number: int, shown: str) -> None:
        self._wire, self._number, self._shown = wire, number, shown

    def __repr__(self) -> str:
        return self._shown


def stranger(wire: "Wire", number: int, name: str, shown: str) -> Stranger:
    """The stranger with that number, of a class with that name."""
    return type(name[:100], (Stranger,), {})(wire, number, shown)


class MarkedTuple(tuple):
    """What stands for a tuple of a class of its own; it has what is in it, and is like any other tuple."""

    _wire: "Wire"
    _number: int


def marked(wire: "Wire", number: int, content: bytes) -> MarkedTuple:
    """The tuple with that number."""
    made = MarkedTuple(mean_all(wire, content))
    made._wire, made._number = wire, number
    return made
