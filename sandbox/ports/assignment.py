"""What a member of a group reads."""

from collections.abc import Iterator

from sandbox.ports.options import TopicPartition


class Assignment(set[TopicPartition]):
    """A set of partitions that is walked through, and shown, in their order.

    A plain set's order depends on the process that it lives in, and so would every program
    that loops over its partitions: the same seed would no longer give the same trace.
    """

    def __iter__(self) -> Iterator[TopicPartition]:
        return iter(sorted(super().__iter__()))

    def __repr__(self) -> str:
        return f"{{{', '.join(map(repr, self))}}}"
