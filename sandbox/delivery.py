"""Running a handler, the same way on every bus: who is at work, and because of what.

While a handler runs, what it publishes has the handled record as its cause and the
handler's group as its source, without the learner passing them along.
"""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Protocol

from sandbox.errors import RunDidNotEnd
from sandbox.messages import Record
from sandbox.ports import Consumer, Handler, RunResult
from sandbox.trace import Trace

NOBODY = "producer"  # who publishes where no one is named
DELIVERIES_MAX = 100_000  # of one run: beyond it, handlers feed each other in a circle


class Servable(Consumer, Protocol):
    """What `run` needs of a consumer beyond its port."""

    name: str

    def fetch(self) -> list[Record]:
        """`poll` without a trace: `run` notes when a record is handled instead."""
        ...


@dataclass(frozen=True, slots=True)
class Subscription:
    """A consumer that `run` serves, and what it does with each record."""

    consumer: Servable
    handle: Handler
    group: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """The record being handled, and who handles it."""

    actor: str
    record: Record


_current: ContextVar[Delivery | None] = ContextVar("delivery", default=None)


def deliver(record: Record, handle: Handler, *, actor: str, trace: Trace) -> None:
    """Call `handle` with `record`; its exception comes out, with a note of what follows."""
    trace.record(actor, "handle", record.place)
    token = _current.set(Delivery(actor, record))
    try:
        handle(record)
    except Exception as error:
        error.add_note(
            f"{actor} was handling {record!r}. It is not committed: the next run() delivers it again."
        )
        raise
    finally:
        _current.reset(token)


def run_until_idle(
    subscriptions: list[Subscription],
    *,
    trace: Trace,
    lag: Callable[[str], int],
    shuffle: Callable[[list], None] = lambda order: None,
) -> RunResult:
    """What `Bus.run` promises: rounds over all subscriptions until a round finds nothing.

    `shuffle` may mix the order in which a round serves the groups: it is not guaranteed.
    """
    handled = {subscription.group: 0 for subscription in subscriptions}
    found = True
    while found:
        order = list(subscriptions)
        shuffle(order)
        found = False
        for subscription in order:
            count = _serve(subscription, trace)
            handled[subscription.group] += count
            found = found or count > 0
        if sum(handled.values()) >= DELIVERIES_MAX:
            raise RunDidNotEnd(
                f"run() has delivered {DELIVERIES_MAX:,} records and more are waiting. Does a handler "
                "publish to the topic that it reads, directly or in a circle?"
            )
    if waiting := {group: records for group in handled if (records := lag(group))}:
        raise RunDidNotEnd(
            f"records wait for a member that run() does not serve: {waiting}. "
            "Another consumer of that group holds their partitions: close it, or poll it."
        )
    return RunResult(handled)


def _serve(subscription: Subscription, trace: Trace) -> int:
    """Deliver and commit what waits for one subscription now; return how much it was."""
    consumer = subscription.consumer
    records = consumer.fetch()
    for record in records:
        try:
            deliver(record, subscription.handle, actor=consumer.name, trace=trace)
        except BaseException:
            for unhandled in reversed(records[records.index(record) :]):
                consumer.seek(unhandled.partition, unhandled.offset)
            raise
        consumer.commit(record)
    return len(records)


def author_and_cause(source: str | None, cause: Record | None) -> tuple[str, Record | None]:
    """Who publishes and why: what the caller says, else what the running handler implies."""
    delivery = _current.get()
    if delivery is None:
        return source or NOBODY, cause
    return source or delivery.actor, cause or delivery.record
