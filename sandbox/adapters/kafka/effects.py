"""What a real broker can be told to do as a fault, and why not the rest."""

from time import monotonic, sleep
from typing import TYPE_CHECKING

from kafka.admin import MemberToRemove

from sandbox.adapters.kafka.errors import in_our_words
from sandbox.messages import Record
from sandbox.ports import TopicPartition

if TYPE_CHECKING:
    from sandbox.adapters.kafka.bus import KafkaBus
    from sandbox.adapters.kafka.consumer import KafkaMember

ON_THE_SIMULATOR = "On the simulated bus it works: connect('sim://')."
DELAY_MAX_MS = 1_000  # of a delay by chance: here it has to be waited for
WHY_NOT = {
    "drop": f"it keeps what it has acknowledged. {ON_THE_SIMULATOR}",
    "split": f"that would take a firewall between it and the client. {ON_THE_SIMULATOR}",
    "heal": f"nothing can be split here. {ON_THE_SIMULATOR}",
}


class KafkaEffects:
    """See `sandbox.injection.Effects`."""

    def __init__(self, bus: "KafkaBus") -> None:
        self._bus = bus
        self._held: list[tuple[TopicPartition, float]] = []  # until when, by the monotonic clock

    def repeat(self, record: Record) -> None:
        """What a producer without idempotence does that retries."""
        again = self._bus.send(record.topic, record.partition, record.stored)
        author = record.stored.envelope.source if record.stored.envelope else ""
        self._bus.trace.record(author, "publish", again.place, f"{record.stored.envelope.type}() again")

    def hold(self, record: Record, ms: int) -> None:
        """Readers of this process don't see the partition for so long."""
        self._held.append(((record.topic, record.partition), monotonic() + ms / 1000))

    def is_held(self, at: TopicPartition) -> bool:
        """Is nobody to read this partition now?"""
        now = monotonic()
        self._held = [(place, until) for place, until in self._held if until > now]
        return any(place == at for place, _ in self._held)

    def wait(self) -> bool:
        """Wait until something that is held is to be seen; say whether anything is held."""
        if not self._held:
            return False
        sleep(max(0.0, min(until for _, until in self._held) - monotonic()))
        return True

    def evict(self, actor: str) -> None:
        """Remove the member over its head, as the broker does with one that has timed out."""
        if member := self._member(actor):
            group = self._bus.physical(member.group)
            with in_our_words(self._bus.address):
                self._bus.admin.remove_group_members(
                    group, [MemberToRemove(member_id=member.membership.member_id)]
                )

    def rewind(self, actor: str) -> None:
        if member := self._member(actor):
            member.rewind()

    def lose(self, record: Record) -> None:
        raise AssertionError("never asked for: see WHY_NOT")

    def cut_off(self, actor: str) -> None:
        raise AssertionError("never asked for: see WHY_NOT")

    def _member(self, name: str) -> "KafkaMember | None":
        return next((member for member in self._bus.groups if member.name == name), None)
