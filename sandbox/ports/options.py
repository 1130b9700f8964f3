"""What can be set when a consumer, a producer or a topic is made, under Kafka's own names.

https://kafka.apache.org/documentation/#configuration; a dot there is an underscore here.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cache
from typing import Literal, Self, get_args

from sandbox.errors import UsageError

TopicPartition = tuple[str, int]
Told = Callable[[object, set[TopicPartition]], object]  # the consumer, and the partitions
Reset = Literal["earliest", "latest", "none"]
Assignor = Literal["range", "roundrobin", "sticky"]
Isolation = Literal["read_uncommitted", "read_committed"]
Cleanup = Literal["delete", "compact"]


@dataclass(frozen=True)
class Options:
    """Made with `of`, which knows what is allowed."""

    @classmethod
    def of(cls, options: dict[str, object]) -> Self:
        """The options, checked. Raises `UsageError` with what is known."""
        if not options:
            return _defaults(cls)
        known = {field.name for field in fields(cls)}
        if unknown := sorted(set(options) - known):
            raise UsageError(f"there is no option {unknown[0]!r}; there are: {', '.join(sorted(known))}.")
        return cls(**options)

    def one_of(self, **kinds: object) -> None:
        """Raises `UsageError` unless each option named is one of its kind's values."""
        for name, kind in kinds.items():
            if getattr(self, name) not in get_args(kind):
                raise UsageError(
                    f"{name} is one of {', '.join(get_args(kind))}, not {getattr(self, name)!r}."
                )

    def positive(self, *names: str, least: int = 1) -> None:
        """Raises `UsageError` unless each option named is `None`, or a whole number from `least` on."""
        for name in names:
            value = getattr(self, name)
            if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < least):
                raise UsageError(f"{name} is a whole number, {least} or more, not {value!r}.")


@cache
def _defaults(cls: type[Options]) -> Options:
    return cls()


@dataclass(frozen=True)
class ConsumerOptions(Options):
    """Of `bus.consumer`."""

    name: str | None = None  # in the trace; else the group's name, numbered
    auto_offset_reset: Reset = "earliest"  # Kafka's own default is `latest`
    assignor: Assignor = "range"
    isolation_level: Isolation = "read_uncommitted"
    auto_commit_interval_ms: int | None = None  # `None`: nothing is committed by itself
    session_timeout_ms: int = 45_000
    max_poll_interval_ms: int = 300_000
    on_assigned: Told | None = None
    on_revoked: Told | None = None  # called while a commit is still possible
    on_lost: Told | None = None  # called where it no longer is; without it, `on_revoked`

    def __post_init__(self) -> None:
        self.one_of(auto_offset_reset=Reset, assignor=Assignor, isolation_level=Isolation)
        self.positive("session_timeout_ms", "max_poll_interval_ms")
        self.positive("auto_commit_interval_ms", least=0)


@dataclass(frozen=True)
class ProducerOptions(Options):
    """Of `bus.producer`."""

    name: str | None = None  # who says it, in the trace and in the envelope
    enable_idempotence: bool = True  # the broker knows a retry by its sequence number
    retries: int = 3  # of a request without an answer
    linger_ms: int = 0  # how long `send` waits for others to share a request
    batch_size: int = 16_384  # bytes of one partition at which it waits no longer
    transactional_id: str | None = None  # an older producer of this id is fenced
    transaction_timeout_ms: int = 60_000

    def __post_init__(self) -> None:
        self.positive("retries", "linger_ms", "batch_size", least=0)
        self.positive("transaction_timeout_ms")
        if self.transactional_id and not self.enable_idempotence:
            raise UsageError("a transactional producer is idempotent: leave enable_idempotence alone.")


@dataclass(frozen=True)
class TopicOptions(Options):
    """Of `bus.create_topic`: what its logs forget, and when."""

    cleanup_policy: Cleanup = "delete"
    retention_ms: int | None = None  # `None`: kept for ever (Kafka: a week)
    retention_bytes: int | None = None  # of each partition
    segment_ms: int = 7 * 24 * 60 * 60 * 1000  # a log forgets whole segments only
    segment_bytes: int = 1_073_741_824
    delete_retention_ms: int = 24 * 60 * 60 * 1000  # how long a tombstone stays

    def __post_init__(self) -> None:
        self.one_of(cleanup_policy=Cleanup)
        self.positive("retention_ms", "retention_bytes", "segment_ms", "segment_bytes")
        self.positive("delete_retention_ms", least=0)

    @property
    def forgets(self) -> bool:
        """Does anything ever leave the log by itself?"""
        return self.cleanup_policy == "compact" or bool(self.retention_ms or self.retention_bytes)
