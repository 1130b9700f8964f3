"""A consumer group: its members, who reads what, and how far the group has come.

Every join and every departure deals the partitions out anew, and begins a generation. As
in Kafka's eager protocol (the default of kafka-python and of Java's range assignor), all
members first give up what they read and then start again at the committed offsets: what
was read but not committed is read again.

A member that falls silent (frozen, or cut off) is missed when its session times out. Until
then a rebalance waits for it, and nobody reads: one silent member stops the group. A
member that doesn't poll for its poll interval leaves. Either finds out at its next call.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sandbox import refusals
from sandbox.clock import FAR_FUTURE
from sandbox.ports import TopicPartition
from sandbox.sim.assignors import ASSIGNORS

if TYPE_CHECKING:
    from sandbox.sim.bus import SimulatedBus
    from sandbox.sim.consumer import SimulatedConsumer


class Group:
    """One set of committed offsets, shared by its members."""

    def __init__(self, name: str, bus: "SimulatedBus") -> None:
        self.name = name
        self.generation = 0
        self.committed: dict[TopicPartition, int] = {}
        self.topics: set[str] = set()  # every topic ever read
        self.members: dict[str, SimulatedConsumer] = {}  # by member id
        self.waiting = False  # a rebalance waits for a silent member
        self.deadline = FAR_FUTURE  # before it, nobody can have timed out
        self._bus = bus
        self.open: dict[str, SimulatedConsumer] = {}  # by name; a zombie is open, but no member
        self._rebalancing = False
        self._once_more = False

    def enter(self, consumer: "SimulatedConsumer") -> None:
        """Make a consumer known by its name, which no other open one may have."""
        if consumer.name in self.open:
            raise refusals.member_exists(self.name, consumer.name)
        self.open[consumer.name] = consumer

    def join(self, consumer: "SimulatedConsumer") -> None:
        """Make it a member, with a new member id, once those are gone whose time is up."""
        self.expire()
        for other in self.members.values():
            if other.assignor != consumer.assignor:
                del self.open[consumer.name]
                raise refusals.assignors_differ(self.name, other.assignor, consumer.assignor)
        self.topics.update(consumer.topics)
        consumer.member_id = f"{consumer.name}-{self._bus.random.getrandbits(32):08x}"
        self.members[consumer.member_id] = consumer
        self.rebalance()

    def leave(self, consumer: "SimulatedConsumer") -> None:
        """Take a consumer away for good; the others get its partitions."""
        self.open.pop(consumer.name, None)
        if self.members.pop(consumer.member_id, None):
            self.rebalance()

    def evict(self, consumer: "SimulatedConsumer") -> None:
        """End a membership without telling the member: it finds out at its next call."""
        if self.members.pop(consumer.member_id, None):
            consumer.calm = False
            if consumer.ended:
                self.open.pop(consumer.name, None)
            self._bus.trace.record(consumer.name, "evicted")
            self.rebalance()

    def is_member(self, consumer: "SimulatedConsumer") -> bool:
        """Is it one, for all that the group knows?"""
        return consumer.member_id in self.members

    def free_name(self) -> str:
        """The first name no open consumer has: `billing`, then `billing-2`."""
        number = 1
        while (name := self.name if number == 1 else f"{self.name}-{number}") in self.open:
            number += 1
        return name

    def expire(self) -> None:
        """Evict, one after the other, everyone whose time is up; see to the next deadline."""
        now = self._bus.clock.now()
        if now < self.deadline:
            return
        while True:
            first = min(self.members.values(), key=lambda member: member.deadline(), default=None)
            if first is None or first.deadline() > now:
                break
            self.evict(first)
        self.see_to_deadline()

    def see_to_deadline(self) -> None:
        """Note the first moment at which somebody may time out."""
        self.deadline = min((member.deadline() for member in self.members.values()), default=FAR_FUTURE)

    def rebalance(self) -> None:
        """Deal the partitions out anew, unless a silent member has to be waited for."""
        if self._rebalancing:  # a member came or went in a callback
            self._once_more = True
            return
        self._rebalancing = True
        try:
            self._once_more = True
            while self._once_more:
                self._once_more = False
                self._deal()
        finally:
            self._rebalancing = False
        self.see_to_deadline()

    def _deal(self) -> None:
        before = {id: sorted(member.holds) for id, member in self.members.items()}
        awake = [member for member in self.members.values() if member.silent_since is None]
        self._bus.random.shuffle(awake)  # nobody is told first by right
        for member in awake:
            member.give_up()
        self.generation += 1
        self.waiting = len(awake) < len(self.members)
        if self.waiting or not awake or self._once_more:
            return
        readers = {id: member.topics for id, member in self.members.items()}
        sizes = {topic: len(self._bus.partitions(topic)) for topic in self._read(readers.values())}
        dealt = ASSIGNORS[awake[0].assignor](readers, sizes, before)
        for member in awake:
            member.take(dealt.get(member.member_id, []), self.generation)

    @staticmethod
    def _read(topics: Iterable[tuple[str, ...]]) -> list[str]:
        return sorted({topic for several in topics for topic in several})

    def lag(self) -> int:
        """How many offsets lie between what it has committed and the ends of its partitions."""
        return sum(
            partition.end - max(self.committed.get(partition.place, 0), partition.start)
            for topic in self.topics
            for partition in self._bus.partitions(topic)
        )
