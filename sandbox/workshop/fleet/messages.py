"""What is said between coordinator and workers, and the topics on which it is said.

Three topics with the same number of partitions, all keyed by the text's number: the notes
on a text are in the partition of the text, and so they come to the worker that has it.
"""

import zlib
from base64 import b64decode, b64encode
from dataclasses import dataclass
from urllib.parse import urlsplit

from sandbox.errors import UsageError
from sandbox.messages import Command, Event
from sandbox.ports import Bus
from sandbox.ports.topic import check_topic
from sandbox.workshop.events import CellGraded, GradingGivenUp
from sandbox.workshop.office import Cell

TEXTS, NOTES, VERDICTS = "texts", "notes", "verdicts"
TOPICS = (TEXTS, NOTES, VERDICTS)
PARTITIONS = 24  # so many workers find something to do
NAME = "workshop"
BYTES_MAX = 900_000  # packed; a broker takes a megabyte as a rule
TOO_BIG = "<p>The page of this verdict is too big to be sent. The story: {story}</p>"


@dataclass(frozen=True)
class GradeText(Command, type="fleet.GradeText"):
    """One text is to be graded. `round` names this request: a text that was given up gets another one."""

    cell: str
    exercise: str
    round: str
    packed: str  # the text


@dataclass(frozen=True)
class GradingBegun(Event, type="fleet.GradingBegun"):
    """A worker is at it. Said before anything else is done, so that its death can be counted."""

    cell: str
    round: str
    worker: str


@dataclass(frozen=True)
class GradingDisowned(Event, type="fleet.GradingDisowned"):
    """The text has gone to another worker, and this one is alive: nobody has died over it."""

    cell: str
    round: str
    worker: str


@dataclass(frozen=True)
class GradingDone(Event, type="fleet.GradingDone"):
    """What became of the text is published."""

    cell: str
    round: str
    worker: str


@dataclass(frozen=True)
class TextGraded(Event, type="fleet.TextGraded"):
    """The verdict, as the office will know it, with its page."""

    round: str
    worker: str
    graded: CellGraded
    packed: str  # the card


@dataclass(frozen=True)
class TextGivenUp(Event, type="fleet.TextGivenUp"):
    """A dead letter: the text, and why nobody tries it any more in this round."""

    round: str
    worker: str
    given_up: GradingGivenUp


def pack(text: str) -> str:
    """Any text, small and as plain letters; also one that is no Unicode."""
    return b64encode(zlib.compress(text.encode("utf-8", "surrogatepass"))).decode()


def unpack(packed: str) -> str:
    """The text again."""
    return zlib.decompress(b64decode(packed)).decode("utf-8", "surrogatepass")


def asked(cell: Cell, round: str) -> GradeText:
    """The request. Raises `UsageError` where the text is too big for a record."""
    packed = pack(cell.source)
    if len(packed) > BYTES_MAX:
        raise UsageError(
            f"the text is too big for the bus: {len(packed):,} bytes, and {BYTES_MAX:,} are allowed"
        )
    return GradeText(cell.cell, cell.exercise, round, packed)


def answered(
    round: str, worker: str, judged: CellGraded | GradingGivenUp, card: str
) -> TextGraded | TextGivenUp:
    """What a worker publishes of a text."""
    if isinstance(judged, GradingGivenUp):
        return TextGivenUp(round, worker, judged)
    packed = pack(card)
    if len(packed) > BYTES_MAX:
        packed = pack(TOO_BIG.format(story=judged.story))
    return TextGraded(round, worker, judged, packed)


def open_bus(url: str) -> Bus:
    """The bus at `kafka://host:port` or `kafka://host:port/name`, with its topics.

    Raises `UsageError` for another address, `BrokerUnreachable` within seconds.
    """
    parts = urlsplit(url)
    if parts.scheme != "kafka" or not parts.hostname or not parts.port:
        raise UsageError(
            f"{url!r}: several machines need a Kafka that all of them reach: --bus kafka://host:9092. "
            "On one machine, leave --bus out."
        )
    from sandbox.adapters.kafka import KafkaBus

    bus = KafkaBus(parts.netloc, run=check_topic(parts.path.strip("/") or NAME, 1).name, shared=True)
    make_topics(bus)
    return bus


def make_topics(bus: Bus) -> None:
    """Have the three topics."""
    for topic in TOPICS:
        bus.create_topic(topic, PARTITIONS)
