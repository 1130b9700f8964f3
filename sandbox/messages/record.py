"""An event at a place: topic, partition and offset."""

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from types import MappingProxyType

from sandbox.errors import UnreadableRecord
from sandbox.messages.envelope import Envelope
from sandbox.messages.event import Command, Event, decode
from sandbox.messages.keys import Key

NO_HEADERS: Mapping[str, bytes] = MappingProxyType({})


class Record:
    """What a consumer reads: `orders[1]@0 OrderPlaced(order_id='A-1', total=10)`.

    `event` is made of the bytes when it is first asked for, so a record whose bytes make
    no event can still be read, looked at and passed by. Every reader gets an object of
    its own: nobody can change what another one reads.
    """

    def __init__(
        self,
        *,
        topic: str,
        partition: int,
        offset: int,
        key: Key,
        value: bytes | None,
        envelope: Envelope | None,
        published: Mapping[str, type],
        timestamp: datetime,
        headers: Mapping[str, bytes] = NO_HEADERS,
    ) -> None:
        self.topic = topic
        self.partition = partition
        self.offset = offset
        self.key = key
        self.value = value
        self.timestamp = timestamp  # when it was appended, by the writer's clock, in UTC
        self.headers = headers  # those beside the envelope's
        self._envelope = envelope
        self._published = published  # the classes that were published on its bus, by type

    @property
    def place(self) -> str:
        """Where it stands, in words: `orders[1]@0`."""
        return f"{self.topic}[{self.partition}]@{self.offset}"

    @property
    def envelope(self) -> Envelope:
        """Its CloudEvents attributes. Raises `UnreadableRecord` where it has none."""
        if self._envelope is None:
            raise UnreadableRecord(
                f"{self.place} carries no CloudEvents attributes, so its type is unknown; "
                f"its value is {self.value!r}."
            )
        return self._envelope

    @cached_property
    def event(self) -> Event | Command:
        """What happened. Raises `UnreadableRecord` where the bytes make no known event."""
        if self.value is None:
            raise UnreadableRecord(f"{self.place} has no value: it is a tombstone.")
        try:
            return decode(self.envelope.type, self.value, self._published)
        except UnreadableRecord as error:
            raise UnreadableRecord(f"{self.place}: {error}") from error

    def __repr__(self) -> str:
        try:
            return f"{self.place} {self.event!r}"
        except UnreadableRecord:
            return f"{self.place} unreadable: {self.value!r}"
