"""Topics, and what Kafka would refuse to call one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.errors import InvalidKey, UsageError
from sandbox.ports.options import TopicOptions

PARTITIONS_MAX = 10_000  # each is a log that takes memory, here and on a broker


@dataclass(frozen=True, slots=True)
class Topic:
    """A named set of partitions, numbered from 0."""

    name: str
    partitions: int

    def __repr__(self) -> str:
        plural = "" if self.partitions == 1 else "s"
        return f"Topic {self.name} with {self.partitions} partition{plural}"


Topics = Topic | str | Sequence[Topic | str]


def check_topic(name: str, partitions: int) -> Topic:
    """The topic of that name and size. Raises `UsageError` where Kafka would refuse it."""
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,200}", name):
        raise UsageError(f"{name!r} can't name a topic. Use letters, digits, '.', '_' and '-', 200 at most.")
    if not isinstance(partitions, int) or not 1 <= partitions <= PARTITIONS_MAX:
        raise UsageError(
            f"a topic has one partition or more, {PARTITIONS_MAX:,} at most, not {partitions!r}."
        )
    return Topic(name, partitions)


def check_key(key: bytes | None, event: object, topic: str, options: TopicOptions) -> None:
    """Raises `InvalidKey` where a key is missing that compaction needs."""
    if key is None and (event is None or options.cleanup_policy == "compact"):
        what = "a tombstone" if event is None else f"a record of the compacted topic {topic}"
        raise InvalidKey(f"{what} needs a key: it says which older records may be forgotten.")


def topic_names(topics: Topics) -> tuple[str, ...]:
    """The names of one topic or of several. Raises `UsageError` for none, or one twice."""
    several = [topics] if isinstance(topics, Topic | str) else list(topics)
    names = tuple(topic.name if isinstance(topic, Topic) else topic for topic in several)
    if not names or len(set(names)) < len(names):
        raise UsageError(f"a consumer reads one topic or several different ones, not {list(names)}.")
    return names
