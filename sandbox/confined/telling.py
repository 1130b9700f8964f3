"""Values put into bytes: the writing half of the wire.

A message, a list, a tuple, a dict are flat sequences of atoms and of extensions, each of
which is one value of another kind, with its own bytes inside. There are no maps and no
arrays inside each other, so that whoever reads decides how much of what is built.
"""

from collections.abc import Callable, Iterator, Mapping, MappingView
from dataclasses import fields, is_dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING

import msgspec
from msgspec.msgpack import Encoder, Ext

from sandbox.confined import failures
from sandbox.confined.words import WORDS, in_words
from sandbox.errors import UsageError
from sandbox.messages import Envelope, Record, Stored
from sandbox.ports import Assignment, StoredEvent

if TYPE_CHECKING:
    from sandbox.confined.wire import Wire

(LIST, TUPLE, SET, FROZENSET, DICT, ITERATOR, KEPT, KEPT_AGAIN, BYTES, BIG, WORD) = range(11)
(RECORD, STORED, ENVELOPE, PART, CLASS, ERROR, ERROR_BACK, THING, THING_BACK, STRANGER) = range(11, 21)
(DOTS, STORED_EVENT, ASSIGNMENT, MARKED_TUPLE) = range(21, 25)
ATOMS = frozenset({str, int, bool, float, type(None)})
BIG_MAX = 1_000  # bytes of a whole number
ITEMS_MAX = 100_000  # of an iterator
SHOWN_MAX = 1_000  # of a repr

encode = Encoder().encode


def tell(wire: "Wire", value: object) -> object:
    """What is no atom, as an extension; of a subclass of an atom's class, the atom."""
    telling = TELLING.get(type(value))
    if telling is None:
        telling = next((telling for base, telling in TELLING.items() if isinstance(value, base)), _other)
    return telling(wire, value)


def tell_all(wire: "Wire", values: object) -> bytes:
    """Several values, one after the other."""
    told = [value if type(value) in ATOMS else tell(wire, value) for value in values]
    try:
        return encode(told)
    except OverflowError:  # MessagePack has whole numbers of 64 bits
        return encode([_big(value) if type(value) is int else value for value in told])


def _big(value: int) -> Ext:
    length = value.bit_length() // 8 + 1
    if length > BIG_MAX:
        raise UsageError(f"a number of {length:,} bytes can't cross to another process.")
    return Ext(BIG, value.to_bytes(length, "big", signed=True))


def _text(wire: "Wire", value: str) -> str:
    return str.__str__(value)  # of a subclass


def _flat(value: object) -> object:
    """What is in a container; of a dict the keys and values in turn."""
    return chain.from_iterable(value.items()) if isinstance(value, dict) else value


def _container(code: int) -> Callable[["Wire", object], Ext]:
    return lambda wire, value: Ext(code, tell_all(wire, _flat(value)))


def _tuple(wire: "Wire", value: tuple) -> Ext:
    """One of a class of its own, such as a named tuple, also says which one it is: it may come back."""
    if type(value) is tuple or not (wire.marks or wire.is_theirs(value)):
        return Ext(TUPLE, tell_all(wire, value))
    if wire.is_theirs(value):
        return Ext(THING_BACK, encode(value._number))
    return Ext(MARKED_TUPLE, encode((wire.number_of_own(value), tell_all(wire, value))))


def _keepable(code: int) -> Callable[["Wire", object], Ext]:
    """A container that stays the same one over there, where the wire keeps them."""

    def telling(wire: "Wire", value: list | dict | set) -> Ext:
        if not wire.keeps:
            return Ext(code, tell_all(wire, _flat(value)))
        number, is_new = wire.kept.mention(value)
        if not is_new:
            return Ext(KEPT_AGAIN, encode(number))
        return Ext(KEPT, encode((number, code, tell_all(wire, _flat(value)))))

    return telling


def _iterator(wire: "Wire", value: Iterator) -> Ext:
    return Ext(ITERATOR, tell_all(wire, islice(value, ITEMS_MAX)))


def _word(wire: "Wire", value: object) -> Ext:
    cls = next(cls for cls in reversed(WORDS) if isinstance(value, cls))  # a datetime is a date, too
    return Ext(WORD, encode(in_words(value, cls)))


def _stored(wire: "Wire", stored: Stored) -> Ext:
    return Ext(STORED, encode(_plain(stored)))


def _record(wire: "Wire", record: Record) -> Ext:
    wire.handed = record.published
    return Ext(RECORD, encode((record.topic, record.partition, record.offset, _plain(record.stored))))


def _plain(stored: Stored) -> Stored:
    """The same, with headers that can be written: a view of a dict can't."""
    if not isinstance(stored.headers, dict):
        return Stored(stored.key, stored.value, stored.envelope, stored.timestamp, dict(stored.headers))
    return stored


def _stored_event(wire: "Wire", stored: StoredEvent) -> Ext:
    return Ext(STORED_EVENT, tell_all(wire, msgspec.structs.astuple(stored)))


def _envelope(wire: "Wire", envelope: Envelope) -> Ext:
    return Ext(ENVELOPE, encode(envelope))


def _mapping(wire: "Wire", value: Mapping) -> Ext:
    return Ext(DICT, tell_all(wire, chain.from_iterable(value.items())))


def _error(wire: "Wire", error: BaseException) -> Ext:
    number, is_theirs = wire.number_of_error(error)
    if is_theirs:
        return Ext(ERROR_BACK, encode((number, failures.line_of(error, wire.filename))))
    return Ext(ERROR, encode((number, failures.told(error, wire.filename))))


def _class(wire: "Wire", value: type) -> Ext:
    return Ext(CLASS, wire.classes.tell(value)) if is_dataclass(value) else _thing(wire, value)


def _other(wire: "Wire", value: object) -> Ext:
    if is_dataclass(value):
        parts = tell_all(wire, [getattr(value, field.name, None) for field in fields(value)])
        return Ext(PART, encode((wire.classes.tell(type(value)), parts)))
    return _thing(wire, value)


def _thing(wire: "Wire", value: object) -> Ext:
    number, kind = wire.number_of_thing(value)
    if kind:
        return Ext(THING, encode((number, kind)))
    if number is not None:
        return Ext(THING_BACK, encode(number))
    return Ext(STRANGER, encode((wire.number_of_own(value), type(value).__name__, _shown(value))))


def _shown(value: object) -> str:
    try:
        return repr(value)[:SHOWN_MAX]
    except Exception as problem:  # it is their class, and may do anything
        return f"<{type(value).__name__}, whose repr raises {type(problem).__name__}>"


TELLING = {
    Assignment: _container(ASSIGNMENT),  # before what it is a kind of
    list: _keepable(LIST),
    dict: _keepable(DICT),
    set: _keepable(SET),
    tuple: _tuple,
    frozenset: _container(FROZENSET),
    int: lambda wire, value: int(value),
    str: _text,
    Record: _record,
    Stored: _stored,
    Envelope: _envelope,
    StoredEvent: _stored_event,
    BaseException: _error,
    type: _class,
    Iterator: _iterator,
    **dict.fromkeys(WORDS, _word),
    float: lambda wire, value: float(value),
    bytes: lambda wire, value: Ext(BYTES, bytes(value)),
    bytearray: lambda wire, value: Ext(BYTES, bytes(value)),
    Mapping: _mapping,
    MappingView: _container(TUPLE),  # the keys, values or items of a dict, as they are now
    type(...): lambda wire, value: Ext(DOTS, b""),
}
