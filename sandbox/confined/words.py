"""Times, exact numbers and ids: values that cross as their words."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import NamedTuple
from uuid import UUID


class Word(NamedTuple):
    """How values of one class are put into words, and made of them."""

    tell: Callable[[object], str]
    mean: Callable[[str], object]


def _microseconds(span: timedelta) -> str:
    return str(span // timedelta.resolution)


def _span(microseconds: str) -> timedelta:
    return timedelta(microseconds=int(microseconds))


WORDS = {
    date: Word(date.isoformat, date.fromisoformat),
    datetime: Word(datetime.isoformat, datetime.fromisoformat),
    time: Word(time.isoformat, time.fromisoformat),
    timedelta: Word(_microseconds, _span),
    Decimal: Word(str, Decimal),
    UUID: Word(str, UUID),
}
NAMED = {cls.__name__: word for cls, word in WORDS.items()}


def in_words(value: object, cls: type) -> list[str]:
    """A value of `cls`, one of `WORDS`, as two texts."""
    return [cls.__name__, WORDS[cls].tell(value)]


def from_words(name: str, words: str) -> object:
    """The value that was told. Raises `ValueError` or `KeyError` where there is none."""
    try:
        return NAMED[name].mean(words)
    except InvalidOperation as error:
        raise ValueError(f"{words!r} is no Decimal") from error
