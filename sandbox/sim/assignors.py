"""Who reads which partition: Kafka's three eager assignors.

Each takes the topics that every member reads, by member id, and the number of partitions
of each topic. Members stand in the order of their ids, which a broker makes up, so who
gets what is as good as random.
https://kafka.apache.org/documentation/#consumerconfigs_partition.assignment.strategy
"""

from collections.abc import Mapping

from sandbox.ports import TopicPartition

Readers = Mapping[str, tuple[str, ...]]  # the topics of each member
Sizes = Mapping[str, int]  # the partitions of each topic
Assignment = dict[str, list[TopicPartition]]


def range_assignor(readers: Readers, sizes: Sizes, before: Assignment) -> Assignment:
    """Of each topic a contiguous range for each of its readers; the first ones get one more."""
    result: Assignment = {member: [] for member in readers}
    for topic, partitions in sorted(sizes.items()):
        theirs = sorted(member for member, topics in readers.items() if topic in topics)
        start = 0
        for i, member in enumerate(theirs):
            share = partitions // len(theirs) + (i < partitions % len(theirs))
            result[member] += [(topic, number) for number in range(start, start + share)]
            start += share
    return result


def round_robin_assignor(readers: Readers, sizes: Sizes, before: Assignment) -> Assignment:
    """All partitions of all topics, dealt out one by one."""
    result: Assignment = {member: [] for member in readers}
    members, turn = sorted(readers), 0
    for topic, number in _all(sizes):
        if not any(topic in topics for topics in readers.values()):
            continue
        while topic not in readers[members[turn % len(members)]]:
            turn += 1
        result[members[turn % len(members)]].append((topic, number))
        turn += 1
    return result


def sticky_assignor(readers: Readers, sizes: Sizes, before: Assignment) -> Assignment:
    """As even as it gets, and whoever had a partition keeps it where that is possible."""
    result: Assignment = {member: [] for member in readers}
    for member in readers:
        result[member] = [
            at for at in before.get(member, []) if at[0] in readers[member] and _exists(at, sizes)
        ]
    taken = {at for partitions in result.values() for at in partitions}
    for at in _all(sizes):
        able = [member for member in sorted(readers) if at[0] in readers[member]]
        if able and at not in taken:
            result[min(able, key=lambda member: len(result[member]))].append(at)
    while (move := _unfair(result, readers)) is not None:
        rich, poor, at = move
        result[rich].remove(at)
        result[poor].append(at)
    return {member: sorted(partitions) for member, partitions in result.items()}


ASSIGNORS = {"range": range_assignor, "roundrobin": round_robin_assignor, "sticky": sticky_assignor}


def _all(sizes: Sizes) -> list[TopicPartition]:
    return [(topic, number) for topic in sorted(sizes) for number in range(sizes[topic])]


def _exists(at: TopicPartition, sizes: Sizes) -> bool:
    return at[1] < sizes.get(at[0], 0)


def _unfair(result: Assignment, readers: Readers) -> tuple[str, str, TopicPartition] | None:
    """A partition whose move to another member makes the shares more even."""
    for rich in sorted(result, key=lambda member: (-len(result[member]), member)):
        for at in reversed(result[rich]):
            for poor in sorted(result, key=lambda member: (len(result[member]), member)):
                if at[0] in readers[poor] and len(result[rich]) > len(result[poor]) + 1:
                    return rich, poor, at
    return None
