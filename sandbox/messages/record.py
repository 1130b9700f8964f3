"""An event at a place: topic, partition and offset."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

import msgspec
from msgspec.structs import force_setattr

from sandbox.errors import UnreadableRecord
from sandbox.messages.envelope import Envelope
from sandbox.messages.event import Command, Event, Published
from sandbox.messages.keys import Key, key_from_bytes

NO_HEADERS: Mapping[str, bytes] = MappingProxyType({})


class Stored(msgspec.Struct, frozen=True, gc=False):
    """What a log keeps of one record: bytes, not objects, as a broker does."""

    key: bytes | None
    value: bytes | None  # None: a tombstone
    envelope: Envelope | None  # None: whoever wrote it knows nothing of CloudEvents
    timestamp: datetime  # when it was appended, by the writer's clock, in UTC
    headers: Mapping[str, bytes] = NO_HEADERS  # those beside the envelope's


def readable(message: Stored, published: Published) -> Event | Command | None:
    """The message's event, where its bytes make one."""
    if message.value is None or message.envelope is None:
        return None
    try:
        return published.read(message.envelope.type, message.value)
    except UnreadableRecord:
        return None


class Record(msgspec.Struct, frozen=True, eq=False, gc=False):
    """What a consumer reads: `orders[1]@0 OrderPlaced(order_id='A-1', total=10)`.

    `event` is made of the bytes when it is first asked for, so a record whose bytes make
    no event can still be read, looked at and passed by. Every reader gets an object of
    its own: nobody can change what another one reads.
    """

    topic: str
    partition: int
    offset: int
    stored: Stored
    published: Published  # the classes that were published on its bus
    made: Event | Command | None = None

    @property
    def place(self) -> str:
        """Where it stands, in words: `orders[1]@0`."""
        return f"{self.topic}[{self.partition}]@{self.offset}"

    @property
    def key(self) -> Key:
        """What decided its partition: text where the bytes are UTF-8."""
        return key_from_bytes(self.stored.key)

    @property
    def value(self) -> bytes | None:
        """The event as it travels; `None` for a tombstone."""
        return self.stored.value

    @property
    def timestamp(self) -> datetime:
        """When it was appended, by the writer's clock, in UTC."""
        return self.stored.timestamp

    @property
    def headers(self) -> Mapping[str, bytes]:
        """Those beside the envelope's."""
        return self.stored.headers

    @property
    def is_tombstone(self) -> bool:
        """Has it no value? Compaction takes that as: forget this key."""
        return self.stored.value is None

    @property
    def envelope(self) -> Envelope:
        """Its CloudEvents attributes. Raises `UnreadableRecord` where it has none."""
        if self.stored.envelope is None:
            raise UnreadableRecord(
                f"{self.place} carries no CloudEvents attributes, so its type is unknown; "
                f"its value is {self.value!r}."
            )
        return self.stored.envelope

    @property
    def event(self) -> Event | Command:
        """What happened. Raises `UnreadableRecord` where the bytes make no known event."""
        if self.made is not None:
            return self.made
        stored = self.stored
        if stored.value is None:
            raise UnreadableRecord(f"{self.place} has no value: it is a tombstone.")
        try:
            event = self.published.read((stored.envelope or self.envelope).type, stored.value)
        except UnreadableRecord as error:
            raise UnreadableRecord(f"{self.place}: {error}") from error
        force_setattr(self, "made", event)
        return event

    @property
    def content(self) -> str:
        """What it holds, in words."""
        if self.is_tombstone:
            return f"tombstone of {self.key!r}"
        try:
            return repr(self.event)
        except UnreadableRecord:
            return f"unreadable: {self.value!r}"

    def __repr__(self) -> str:
        return f"{self.place} {self.content}"
