"""The members of all groups that live in this process, and the end of their rebalances.

A rebalance ends when every member has answered, and a member answers only while it is
polled. The learner's members all live in one thread: whoever joins would wait for the
others for ever. So after each join and each departure all members are polled, at the same
time, until each one has been assigned anew and every partition has exactly one reader.

At the same time, because kafka-python 3.0.12 throws away the result of a rejoin that
arrives between two polls, and starts another one: polled in turn, the members would chase
each other round. The rounds get longer, so that one of them is long enough.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

from sandbox import refusals
from sandbox.adapters.kafka.consumer import KafkaMember
from sandbox.adapters.kafka.errors import in_our_words, unreachable
from sandbox.ports import ConsumerOptions

SECONDS_MAX = 20.0
FIRST_ROUND_MS = 30
LAST_ROUND_MS = 2000
SHARED_MS, POLL_MS, SHARED_POLL_MS = 10, 50, 500


class Groups:
    """Who is alive, group by group."""

    def __init__(self, address: str, size_of: Callable[[str], int], shared: bool = False) -> None:
        self.shared = shared  # they have members in other processes, too
        # A rebalance of another process comes while nobody here waits for it, so each poll has to.
        self.answer_ms = (SHARED_MS, LAST_ROUND_MS) if shared else (0, 0)
        self.poll_ms = SHARED_POLL_MS if shared else POLL_MS
        self._address = address
        self._size_of = size_of  # how many partitions a topic has
        self._members: dict[str, list[KafkaMember]] = {}

    def __iter__(self):
        return iter([member for members in self._members.values() for member in members])

    def name_for(self, group: str, options: ConsumerOptions) -> str:
        """The name that is asked for, else the first free one: `billing`, then `billing-2`.

        Raises `MemberExists` where another member has it, and `UsageError` where the
        members would not share one assignor.
        """
        members = {member.name: member for member in self._members.get(group, [])}
        for other in members.values():
            if other.options.assignor != options.assignor:
                raise refusals.assignors_differ(group, other.options.assignor, options.assignor)
        if options.name:
            if options.name in members:
                raise refusals.member_exists(group, options.name)
            return options.name
        number = 1
        while (name := group if number == 1 else f"{group}-{number}") in members:
            number += 1
        return name

    def joined(self, member: KafkaMember) -> None:
        """Add a member, and wait until its group has settled."""
        for other in self._members.get(member.group, []):
            other.membership.give_up()
        self._members.setdefault(member.group, []).append(member)
        try:
            self._settle(member.group)
        except BaseException:  # Ctrl-C as well: half a member would hold the group up
            self._members[member.group].remove(member)
            member.membership.disconnect()
            raise

    def left(self, member: KafkaMember) -> None:
        """Take a member away, and wait until the others have its partitions."""
        self._members[member.group].remove(member)
        before = self._times_assigned(member.group)
        for other in self._members[member.group]:
            other.membership.give_up()
        with in_our_words(self._address):
            member.membership.disconnect()
        self._settle(member.group, before)

    def clear(self) -> None:
        """Let go of all members at once; nobody waits for a rebalance any more."""
        members, self._members = list(self), {}
        for member in members:
            member.membership.disconnect()

    def came_back(self, member: KafkaMember) -> None:
        """A member that was removed has begun to join again: wait until its group has settled."""
        self._settle(member.group)

    def grown(self, topic: str) -> None:
        """A topic has got more partitions: have its groups see them now."""
        for group, members in self._members.items():
            if any(topic in member.topics for member in members):
                before = self._times_assigned(group)
                for member in members:
                    member.membership.give_up()
                    member.membership.look_again()
                self._settle(group, before)

    def _times_assigned(self, group: str) -> dict[KafkaMember, int]:
        return {member: member.membership.times_assigned for member in self._members[group]}

    def _settle(self, group: str, before: dict[KafkaMember, int] | None = None) -> None:
        members = self._members[group]
        before = before or self._times_assigned(group)
        until, round_ms = monotonic() + SECONDS_MAX, FIRST_ROUND_MS
        with in_our_words(self._address), ThreadPoolExecutor(len(members) or 1) as threads:
            while not self._settled(members, before):
                rounds = [threads.submit(member.membership.answer_group, round_ms) for member in members]
                for answered in rounds:
                    answered.result()
                round_ms = min(int(round_ms * 1.3), LAST_ROUND_MS)
                if monotonic() > until:
                    raise unreachable(
                        self._address, f"group {group} did not settle within {SECONDS_MAX:.0f} s"
                    )
            for member in members:
                member.membership.start_over()

    def _settled(self, members: list[KafkaMember], before: dict[KafkaMember, int]) -> bool:
        if any(member.membership.times_assigned <= before[member] for member in members):
            return False
        if self.shared:
            return True
        read = sorted(at for member in members for at in member.assignment)
        topics = sorted({topic for member in members for topic in member.topics})
        return read == [(topic, number) for topic in topics for number in range(self._size_of(topic))]
