"""The words in which every bus refuses a call: the same ones on the simulator and on Kafka."""

from collections.abc import Iterable

from sandbox.errors import (
    CommitRejected,
    ConsumerClosed,
    InvalidOffset,
    MemberExists,
    NotAssigned,
    OffsetOutOfRange,
    ProducerFenced,
    TopicExists,
    UnknownTopic,
    UsageError,
)
from sandbox.ports import Topic, TopicPartition


def unknown_topic(name: str, known: Iterable[str]) -> UnknownTopic:
    """Nobody has made it."""
    there = ", ".join(sorted(known)) or "none yet"
    return UnknownTopic(
        f"there is no topic {name!r}; there are: {there}. Make it: bus.create_topic({name!r})."
    )


def topic_exists(known: Topic, asked: Topic) -> TopicExists:
    """The name is taken."""
    what = f"{asked.partitions} partitions" if known != asked else "other options"
    return TopicExists(f"{known!r} exists already, and you ask for {what}. Choose another name.")


def no_growth(known: Topic, partitions: object) -> UsageError:
    """Partitions are never taken away."""
    return UsageError(f"{known!r} can only get more than that, not {partitions!r}.")


def no_partition(topic: Topic, partition: object) -> UsageError:
    """There is none of that number."""
    return UsageError(f"{topic.name} has no partition {partition!r}: it has {topic.partitions}.")


def not_deletable(at: TopicPartition, start: int, end: int, before: int) -> InvalidOffset:
    """The offset is not in the log."""
    return InvalidOffset(f"{words(at)} goes from {start} to {end}: what is before {before} can't be deleted.")


def closed(name: str, ended: str, topic: str, group: str) -> ConsumerClosed:
    """A consumer that has been closed, or has crashed, is used again."""
    what = "has crashed" if ended == "crashed" else "was closed"
    return ConsumerClosed(
        f"{name} {what} and can't be used again. Make a new one: bus.consumer({topic!r}, group={group!r})."
    )


def producer_closed(name: str) -> ConsumerClosed:
    """A producer that was closed is used again."""
    return ConsumerClosed(f"the producer {name} was closed. Make a new one: bus.producer(…).")


def member_exists(group: str, name: str) -> MemberExists:
    """Two open consumers of one name."""
    return MemberExists(
        f"the group {group} has a consumer {name!r} already. Close that one, or choose another name."
    )


def assignors_differ(group: str, theirs: str, asked: str) -> UsageError:
    """The members of a group have to agree on how partitions are dealt out."""
    return UsageError(
        f"the members of {group} share one assignor, {theirs!r}; the new one asks for {asked!r}."
    )


def partition_meant(partition: int | TopicPartition, reader: str, topics: tuple[str, ...]) -> TopicPartition:
    """The partition that a reader of `topics` means. Raises `NotAssigned` where it may mean several."""
    if not isinstance(partition, int):
        return partition[0], partition[1]
    if len(topics) > 1:
        raise NotAssigned(
            f"{reader} reads {', '.join(topics)}, so {partition} may mean a partition of either. "
            f"Say ({topics[0]!r}, {partition})."
        )
    return topics[0], partition


def not_assigned(reader: str, at: TopicPartition, mine: Iterable[TopicPartition]) -> NotAssigned:
    """The partition is somebody else's."""
    theirs = ", ".join(map(words, sorted(mine))) or "none"
    return NotAssigned(f"{reader} doesn't read {words(at)}; its partitions: {theirs}.")


def negative_offset(reader: str, offset: int) -> InvalidOffset:
    """No log begins below 0."""
    return InvalidOffset(f"{reader} can't seek to offset {offset}: the first one is 0.")


def out_of_range(reader: str, logs: dict[TopicPartition, tuple[int, int]]) -> OffsetOutOfRange:
    """The position is in none of these logs (first offset and end), and nobody says where to go."""
    where = ", ".join(f"{words(at)} (its log: {start} to {end})" for at, (start, end) in sorted(logs.items()))
    return OffsetOutOfRange(
        f"{reader} has no place in {where}: it has committed none, or what stood there is gone; and "
        "auto_offset_reset='none'. Seek to where it shall begin."
    )


def not_mine_to_commit(reader: str, place: str, at: TopicPartition, group: str) -> CommitRejected:
    """The partition has gone to another member."""
    return CommitRejected(
        f"{reader} can't commit {place}: {words(at)} now belongs to another member of {group}, "
        "which will read that record again. Poll again to go on with the partitions that you have."
    )


def gone_on_without(reader: str, what: str, group: str) -> CommitRejected:
    """The group has rebalanced, and the member is not, or no longer, in its generation."""
    return CommitRejected(
        f"{reader} can't commit {what}: its group {group} has gone on without it. "
        "What it has not committed is read again. Poll again to come back."
    )


def beyond_the_end(reader: str, at: TopicPartition, offset: int, end: int) -> InvalidOffset:
    """An offset that the log doesn't have yet."""
    return InvalidOffset(
        f"{reader} can't commit offset {offset} of {words(at)}: the log ends at {end}. "
        "Commit a record that this bus gave you."
    )


def fenced(transactional_id: str) -> ProducerFenced:
    """A zombie writes."""
    return ProducerFenced(
        f"a newer producer writes as {transactional_id!r}, or the transaction has timed out: "
        "this one is fenced. Close it, and make a new one."
    )


def not_transactional() -> UsageError:
    """A transaction without a name."""
    return UsageError("a transaction needs a name to fence zombies by: bus.producer(transactional_id=…).")


def in_transaction(producer: str) -> UsageError:
    """Transactions don't nest."""
    return UsageError(f"{producer} is in a transaction already: end that one first.")


def outside_transaction(producer: str) -> UsageError:
    """A transactional producer does nothing outside one."""
    return UsageError(f"{producer} is transactional: use it inside `with producer.transaction():`.")


def words(at: TopicPartition) -> str:
    """`orders[1]`."""
    return f"{at[0]}[{at[1]}]"
