"""A producer of one's own on the simulated bus: retries, idempotence, transactions."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Self

from sandbox import refusals
from sandbox.errors import BrokerUnreachable, ProducerFenced
from sandbox.messages import Command, Event, Key, Record
from sandbox.messages.record import Stored
from sandbox.ports import ProducerOptions, Sent, Topic
from sandbox.sim.batches import Batches, Waiting
from sandbox.sim.consumer import SimulatedConsumer
from sandbox.sim.partition import Partition
from sandbox.sim.transactions import Transaction

if TYPE_CHECKING:
    from sandbox.sim.bus import SimulatedBus

RETRY_BACKOFF_MS = 100  # Kafka's own


class SimulatedProducer:
    """See `sandbox.ports.Producer`."""

    def __init__(self, bus: "SimulatedBus", options: ProducerOptions) -> None:
        self.name = options.name or options.transactional_id or "producer"
        self._bus = bus
        self._options = options
        self._transaction: Transaction | None = None
        self._epoch = bus.transactions.register(options.transactional_id) if options.transactional_id else 0
        self._batches = Batches(bus.clock, options, self._deliver_waiting)
        self._closed = False
        self._fenced = False

    def __repr__(self) -> str:
        return f"Producer {self.name}{' (closed)' if self._closed else ''}"

    def publish(
        self,
        topic: Topic | str,
        event: Event | Command | None,
        key: Key = None,
        *,
        subject: str | None = None,
        cause: Record | None = None,
        headers: Mapping[str, str | bytes] | None = None,
    ) -> Record:
        self._may_publish()
        return self._deliver(
            lambda: self._bus.prepare(topic, event, key, self.name, subject, cause, headers), event
        )

    def send(
        self,
        topic: Topic | str,
        event: Event | Command | None,
        key: Key = None,
        *,
        subject: str | None = None,
        cause: Record | None = None,
        headers: Mapping[str, str | bytes] | None = None,
    ) -> Sent:
        self._may_publish()
        author, partition, stored = self._bus.prepare(topic, event, key, self.name, subject, cause, headers)
        sent = Sent()
        self._batches.add(Waiting(author, partition, stored, event, sent))
        return sent

    def flush(self) -> None:
        self._must_be_open()
        self._batches.flush()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self._must_be_open()
        if not self._options.transactional_id:
            raise refusals.not_transactional()
        if self._transaction:
            raise refusals.in_transaction(self.name)
        self._transaction = Transaction()
        self._bus.trace.record(self.name, "begin")
        try:
            yield
        except BaseException:
            ours, self._transaction = self._transaction, None  # `close` may have ended it
            self._batches.drop()
            if ours and not self._fenced:  # whoever fences it ends it, too
                self._end(ours, self._bus.transactions.abort)
            self._bus.trace.record(self.name, "abort")
            raise
        try:
            self.flush()  # a fence that the block has swallowed still counts
        finally:
            ours, self._transaction = self._transaction, None
        self._end(ours, self._bus.transactions.commit)
        self._bus.trace.record(self.name, "commit")

    def commit(self, consumer: SimulatedConsumer, record: Record) -> None:
        self._must_be_in_transaction()
        at = consumer.check_commit(record)
        self._enlist()
        self._transaction.commits.setdefault(consumer.group, {})[at] = record.offset + 1

    def close(self) -> None:
        if self._closed:
            return
        if not self._transaction:
            self._batches.flush()
        ours, self._transaction = self._transaction, None
        if ours:
            with suppress(ProducerFenced):
                self._end(ours, self._bus.transactions.abort)
        self._closed = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _deliver_waiting(self, waiting: Waiting) -> None:
        prepared = (waiting.author, waiting.partition, waiting.stored)
        waiting.sent.land(self._deliver(lambda: prepared, waiting.event))

    def _deliver(self, prepare: Callable[[], tuple[str, Partition, Stored]], event: object) -> Record:
        prepared, landed = [], []  # once; and the broker's memory of this sequence number

        def request() -> Record:
            if not prepared:
                prepared.extend(prepare())
            if not landed or not self._options.enable_idempotence:
                landed.append(self._append(*prepared))
            return landed[0]

        return self._with_retries(request, event)

    def _append(self, author: str, partition: Partition, stored: Stored) -> Record:
        if self._transaction:
            self._enlist()
        record = self._bus.append(author, partition, stored)
        if self._transaction:
            self._transaction.add(partition, record.offset)
        return record

    def _with_retries(self, request: Callable[[], Record], event: object) -> Record:
        if not self._bus.faults.armed:
            return request()
        for left in range(self._options.retries, -1, -1):
            try:
                return self._bus.faults.step(self.name, "publish", request, event)
            except BrokerUnreachable:
                if not left:
                    raise
                self._bus.clock.advance(RETRY_BACKOFF_MS)
        raise AssertionError("the last attempt returns or raises")

    def _enlist(self) -> None:
        with self._noting_a_fence():
            self._bus.transactions.enlist(
                self._options.transactional_id,
                self._epoch,
                self._transaction,
                self._options.transaction_timeout_ms,
            )

    def _end(self, transaction: Transaction, how: Callable[[str, int], None]) -> None:
        if transaction.is_empty:
            return  # the broker has never heard of it
        with self._noting_a_fence():
            how(self._options.transactional_id, self._epoch)

    @contextmanager
    def _noting_a_fence(self) -> Iterator[None]:
        try:
            yield
        except ProducerFenced:
            self._fenced = True
            raise

    def _may_publish(self) -> None:
        self._must_be_open()
        if self._options.transactional_id:
            self._must_be_in_transaction()

    def _must_be_in_transaction(self) -> None:
        self._must_be_open()
        if self._transaction is None:
            raise refusals.outside_transaction(self.name)

    def _must_be_open(self) -> None:
        if self._closed:
            raise refusals.producer_closed(self.name)
        if self._fenced:
            raise refusals.fenced(self._options.transactional_id)
