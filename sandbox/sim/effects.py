"""What the simulated bus does to make a fault real."""

from typing import TYPE_CHECKING

from sandbox.messages import Record

if TYPE_CHECKING:
    from sandbox.sim.bus import SimulatedBus
    from sandbox.sim.consumer import SimulatedConsumer


class SimulatedEffects:
    """See `sandbox.injection.Effects`."""

    def __init__(self, bus: "SimulatedBus") -> None:
        self._bus = bus

    def repeat(self, record: Record) -> None:
        again = self._bus.partition((record.topic, record.partition)).append(record.stored)
        author = record.stored.envelope.source if record.stored.envelope else ""
        self._bus.trace.record(author, "publish", again.place, f"{record.stored.envelope.type}() again")

    def hold(self, record: Record, ms: int) -> None:
        partition = self._bus.partition((record.topic, record.partition))
        partition.held.append(record.offset)
        self._bus.clock.call_in(ms, lambda: partition.held.remove(record.offset))

    def lose(self, record: Record) -> None:
        self._bus.partition((record.topic, record.partition)).take_back()

    def evict(self, actor: str) -> None:
        if consumer := self._consumer(actor):
            consumer.group.evict(consumer)

    def rewind(self, actor: str) -> None:
        if consumer := self._consumer(actor):
            consumer.rewind()

    def cut_off(self, actor: str) -> None:
        if consumer := self._consumer(actor):
            consumer.fall_silent()

    def _consumer(self, name: str) -> "SimulatedConsumer | None":
        return next(
            (group.open[name] for group in self._bus.groups.values() if name in group.open),
            None,
        )
