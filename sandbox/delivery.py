"""Running a handler, the same way on every bus: who is at work, and because of what.

While a handler runs, what it publishes has the handled record as its cause and the
handler's group as its source, without the learner passing them along.
"""

from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple, Protocol

from sandbox.errors import BrokerUnreachable, CommitRejected, ConsumerClosed, Crashed, RunDidNotEnd
from sandbox.injection import Faults
from sandbox.messages import Record
from sandbox.ports import Consumer, Handler, RunResult
from sandbox.trace import Raw, Trace

NOBODY = "producer"  # who publishes where no one is named
BATCH = 500  # Kafka's own max.poll.records
CIRCLE_MIN = 100_000  # deliveries: from here on it may be a circle,
CIRCLE_TIMES = 10  # and is one, at so many times what was waiting in the beginning
RETRIES_MAX = 1_000  # rounds in a row in which the broker did not answer
REJECTED_MAX = 20  # rounds in a row in which nobody could commit


class Servable(Consumer, Protocol):
    """What `run` needs of a consumer beyond its port."""

    name: str

    def fetch(self, max_records: int | None = None) -> list[Record]:
        """`poll` without a trace: `run` notes when a record is handled instead."""
        ...


@dataclass(slots=True)
class Subscription:
    """A consumer that `run` serves, and what it does with each record."""

    open: Callable[[], Servable]  # a new consumer, as the process has after a restart
    handle: Handler
    group: str
    consumer: Servable = None
    away: int = 0  # crashed: so many rounds until it is started again

    def __post_init__(self) -> None:
        self.consumer = self.open()

    def restart(self, trace: Trace) -> None:
        """Go on with a new consumer; the old one ends."""
        old, self.consumer = self.consumer, self.open()
        trace.follow(self.consumer.name, old.name)
        old.close()


@dataclass(slots=True)
class Delivery:
    """The record being handled, and who handles it."""

    actor: str
    record: Record | None = None


_current: ContextVar[Delivery | None] = ContextVar("delivery", default=None)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a run needs of its bus."""

    trace: Trace
    faults: Faults
    lag: Callable[[str], int]
    shuffle: Callable[[list], None] = lambda order: None  # the order of the groups means nothing
    wait: Callable[[], bool] = lambda: False  # let time pass where records are on their way
    batch: int = BATCH  # records that a consumer takes at most in its turn
    downtime: int = 0  # rounds that pass until somebody who has crashed is started again


def run_until_idle(subscriptions: list[Subscription], bus: Surroundings) -> RunResult:
    """What `Bus.run` promises: rounds over all subscriptions until a round finds nothing."""
    handled = {subscription.group: 0 for subscription in subscriptions}
    most = max(CIRCLE_MIN, CIRCLE_TIMES * sum(map(bus.lag, handled)))
    unanswered = rejected = 0
    while True:
        found, answered, committed = serve_once(subscriptions, handled, bus)
        unanswered = 0 if answered else unanswered + 1
        rejected = 0 if committed else rejected + 1
        if sum(handled.values()) >= most:
            raise RunDidNotEnd(
                f"run() has delivered {sum(handled.values()):,} records and more are waiting. Does a handler "
                "publish to the topic that it reads, directly or in a circle?"
            )
        if unanswered > RETRIES_MAX:
            raise RunDidNotEnd(
                f"the broker has not answered {RETRIES_MAX:,} times in a row. Is somebody split from it, "
                "and never healed?"
            )
        if rejected > REJECTED_MAX:
            raise RunDidNotEnd(
                f"a group has gone on without its consumer {REJECTED_MAX} times in a row, and nothing could "
                "be committed. Does a handler take longer than max_poll_interval_ms?"
            )
        if found or not answered or bus.faults.release_late():
            continue
        waiting = {group: records for group in handled if (records := bus.lag(group))}
        if not waiting:
            return RunResult(handled)
        if not _commit_ends(subscriptions, waiting, bus) and not bus.wait():
            raise RunDidNotEnd(
                f"records wait for a member that run() does not serve: {waiting}. "
                "Another consumer of that group holds their partitions: close it, or poll it."
            )


def serve_once(
    subscriptions: list[Subscription], handled: dict[str, int], bus: Surroundings
) -> tuple[int, bool, bool]:
    """Serve everyone once: how much was found, did the broker answer, did it take the commits?"""
    order = list(subscriptions)
    bus.shuffle(order)
    found, answered, before = 0, True, sum(handled.values())
    rejected = False
    for subscription in order:
        if subscription.away:
            subscription.away -= 1
            if not subscription.away:
                subscription.restart(bus.trace)
            found += 1
            continue
        outcome = _attempt(subscription, bus, partial(_serve, subscription, bus, handled))
        found += outcome.found
        answered = answered and outcome.answered
        rejected = rejected or outcome.rejected
    return found, answered, not rejected or sum(handled.values()) > before


class _Outcome(NamedTuple):
    """What came of one turn of a consumer."""

    found: int = 0
    answered: bool = True
    rejected: bool = False


def _attempt(subscription: Subscription, bus: Surroundings, turn: Callable[[], int]) -> _Outcome:
    """Have a consumer take its turn; start it again where it dies, or has been replaced."""
    try:
        return _Outcome(turn())
    except Crashed:
        with suppress(ConsumerClosed):  # it is dead already where the fault struck one of its own calls
            subscription.consumer.crash()
        subscription.away = bus.downtime
        if not subscription.away:
            subscription.restart(bus.trace)
        return _Outcome(found=1)
    except _Rejected:
        bus.trace.record(subscription.consumer.name, "rejected")
        subscription.restart(bus.trace)
        return _Outcome(found=1, rejected=True)
    except _NoAnswer:
        return _Outcome(answered=False)


class _NoAnswer(Exception):
    """The broker did not answer the loop, as opposed to its handler."""


class _Rejected(Exception):
    """The group has gone on without the loop's consumer."""


def _serve(subscription: Subscription, bus: Surroundings, handled: dict[str, int]) -> int:
    """Deliver and commit what waits for one subscription now; return how much it was."""
    consumer, handle, note = subscription.consumer, subscription.handle, bus.trace.add
    actor, done = consumer.name, 0
    delivery = Delivery(actor)
    try:
        records = consumer.fetch(bus.batch)
    except BrokerUnreachable as error:
        raise _NoAnswer from error
    if bus.faults.armed:
        handle = _struck(handle, actor, bus.faults)
    token = _current.set(delivery)
    try:
        for record in records:
            delivery.record = record
            note(Raw(actor, "handle", record.topic, record.partition, record.offset))
            try:
                handle(record)
            except BaseException as error:
                _give_back(consumer, records[done:], error)
                raise
            try:
                consumer.commit(record)
            except CommitRejected as error:
                raise _Rejected from error
            except BrokerUnreachable as error:  # done or not? The committed offset says it
                for at, offset in consumer.committed().items():
                    consumer.seek(at, offset)
                raise _NoAnswer from error
            done += 1
    finally:
        _current.reset(token)
        bus.trace.trim()
        handled[subscription.group] += done
    return done


def _struck(handle: Handler, actor: str, faults: Faults) -> Handler:
    def step(record: Record) -> None:
        event = record.event if faults.asks_for_events else None
        faults.step(actor, "handle", lambda: handle(record), event)

    return step


def _give_back(consumer: Servable, unhandled: list[Record], error: BaseException) -> None:
    """Have the next fetch begin with what was not handled."""
    if isinstance(error, Crashed):
        return  # the next consumer begins at the committed offset anyway
    for record in reversed(unhandled):
        consumer.seek((record.topic, record.partition), record.offset)
    if isinstance(error, Exception):
        error.add_note(
            f"{consumer.name} was handling {unhandled[0]!r}. It is not committed: "
            "the next run() delivers it again."
        )


def _commit_ends(subscriptions: list[Subscription], groups: dict[str, int], bus: Surroundings) -> bool:
    """Commit the positions that stand behind the marks of transactions; were there any?"""
    moved = False
    for subscription in subscriptions:
        consumer = subscription.consumer
        if subscription.group in groups and consumer.position() != consumer.committed():
            _attempt(subscription, bus, partial(_commit_all, consumer))
            moved = True
    return moved


def _commit_all(consumer: Servable) -> int:
    try:
        consumer.commit()
    except CommitRejected as error:
        raise _Rejected from error
    except BrokerUnreachable as error:
        raise _NoAnswer from error
    return 0


def author_and_cause(source: str | None, cause: Record | None) -> tuple[str, Record | None]:
    """Who publishes and why: what the caller says, else what the running handler implies."""
    delivery = _current.get()
    if delivery is None:
        return source or NOBODY, cause
    return source or delivery.actor, cause or delivery.record
