"""kafka-python's eager assignors, under the names that Kafka's settings use."""

from itertools import cycle

from kafka.coordinator.assignors.range import RangePartitionAssignor
from kafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from kafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor
from kafka.protocol.consumer.metadata import ConsumerProtocolAssignment


class RoundRobin(RoundRobinPartitionAssignor):
    """As Java deals; kafka-python 3.0.12's own fails where members read different topics."""

    @classmethod
    def assign(cls, cluster: object, members: list) -> dict[str, ConsumerProtocolAssignment]:
        """All partitions of all topics, one by one, to the next member that reads the topic."""
        topics_of = {member.member_id: member.metadata.topics for member in members}
        dealt = {member_id: {} for member_id in topics_of}
        turns = cycle(sorted(topics_of))
        for topic in sorted({topic for topics in topics_of.values() for topic in topics}):
            for partition in sorted(cluster.partitions_for_topic(topic) or ()):
                reader = next(member_id for member_id in turns if topic in topics_of[member_id])
                dealt[reader].setdefault(topic, []).append(partition)
        return {
            member_id: ConsumerProtocolAssignment(cls.version, sorted(theirs.items()), b"")
            for member_id, theirs in dealt.items()
        }


ASSIGNORS = {
    "range": RangePartitionAssignor,
    "roundrobin": RoundRobin,
    "sticky": StickyPartitionAssignor,
}
