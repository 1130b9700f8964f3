"""A producer of one's own, as a protocol."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Protocol, Self

from sandbox.errors import UsageError
from sandbox.messages import Command, Event, Key, Record
from sandbox.ports.consumer import Consumer
from sandbox.ports.topic import Topic


class Sent:
    """A record on its way: it has a place once its batch has arrived."""

    def __init__(self) -> None:
        self._record: Record | None = None

    def __repr__(self) -> str:
        return f"sent: {self._record!r}" if self._record else "on its way"

    @property
    def arrived(self) -> bool:
        """Has it a place?"""
        return self._record is not None

    @property
    def record(self) -> Record:
        """Where it landed. Raises `UsageError` while it is on its way."""
        if self._record is None:
            raise UsageError("this record is still on its way, in a batch: producer.flush() sends it.")
        return self._record

    def land(self, record: Record) -> None:
        """It has arrived."""
        self._record = record


class Producer(Protocol):
    """Publishes in a name of its own; see `ProducerOptions`."""

    name: str

    def publish(
        self,
        topic: Topic | str,
        event: Event | Command | None,
        key: Key = None,
        *,
        subject: str | None = None,
        cause: Record | None = None,
        headers: Mapping[str, str | bytes] | None = None,
    ) -> Record:
        """As `Bus.publish`; a request without an answer is sent again, `retries` times.

        Without idempotence a retry whose first request has arrived after all is a duplicate.
        """
        ...

    def send(
        self,
        topic: Topic | str,
        event: Event | Command | None,
        key: Key = None,
        *,
        subject: str | None = None,
        cause: Record | None = None,
        headers: Mapping[str, str | bytes] | None = None,
    ) -> Sent:
        """As `publish`, but not waiting: records of one partition share a request.

        A batch goes when it has `batch_size` bytes, when its first record has waited
        `linger_ms`, at `flush`, at `close` and at the end of a transaction. What has not
        gone when the process dies is lost.
        """
        ...

    def flush(self) -> None:
        """Send all that waits, and wait until it has arrived."""
        ...

    def transaction(self) -> AbstractContextManager[None]:
        """What is published and committed inside takes effect together, or not at all.

        It commits at the end of the block; an exception aborts it. Readers with
        `isolation_level="read_committed"` see nothing of an aborted one, and nothing of an
        open one. Raises `ProducerFenced` where a newer producer has the same id.
        """
        ...

    def commit(self, consumer: Consumer, record: Record) -> None:
        """Commit `record` for the consumer's group, as a part of the transaction."""
        ...

    def close(self) -> None:
        """Abort what is open, and let go of all connections."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *exc: object) -> None: ...
