"""A consumer group: its members, who reads what, and how far the group has come.

Every join and every departure deals the partitions out anew. As in Kafka's eager
protocol (the default of kafka-python and of Java's range assignor), all members then
start again at the committed offsets: what was read but not committed is read again.
Who gets which partition is not guaranteed, so the deal is shuffled.
"""

from random import Random
from typing import TYPE_CHECKING

from sandbox.ports import Topic, TopicPartition

if TYPE_CHECKING:
    from sandbox.sim.consumer import SimulatedConsumer


class Group:
    """One set of committed offsets, shared by its members."""

    def __init__(self, name: str, random: Random) -> None:
        self.name = name
        self.members: list[SimulatedConsumer] = []
        self.committed: dict[TopicPartition, int] = {}
        self.topics: dict[str, int] = {}  # every topic ever read, with its partitions
        self._random = random

    def join(self, member: "SimulatedConsumer", topic: Topic) -> None:
        """Add a member that reads `topic`."""
        self.topics[topic.name] = topic.partitions
        self.members.append(member)
        self._rebalance()

    def leave(self, member: "SimulatedConsumer") -> None:
        """Take a member away; the others get its partitions."""
        self.members.remove(member)
        member.assign([])
        self._rebalance()

    def free_name(self) -> str:
        """The first name no member has: `billing`, then `billing-2`."""
        taken = {member.name for member in self.members}
        number = 1
        while (name := self.name if number == 1 else f"{self.name}-{number}") in taken:
            number += 1
        return name

    def _rebalance(self) -> None:
        for member in self.members:
            member.assign([])
        for topic, partitions in self.topics.items():
            readers = [member for member in self.members if member.topic.name == topic]
            if not readers:
                continue
            self._random.shuffle(readers)
            numbers = list(range(partitions))
            self._random.shuffle(numbers)
            for i, reader in enumerate(readers):
                reader.assign([(topic, number) for number in numbers[i :: len(readers)]])
