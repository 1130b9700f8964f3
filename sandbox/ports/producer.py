"""A producer of one's own, as a protocol."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Protocol, Self

from sandbox.messages import Command, Event, Key, Record
from sandbox.ports.consumer import Consumer
from sandbox.ports.topic import Topic


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
