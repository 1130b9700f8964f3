"""A producer of one's own on the simulated bus: retries, idempotence, transactions."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

from sandbox import refusals
from sandbox.errors import BrokerUnreachable
from sandbox.messages import Command, Event, Key, Record
from sandbox.messages.record import Stored
from sandbox.ports import ProducerOptions, Topic
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
        self._closed = False

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
        self._must_be_open()
        if self._options.transactional_id:
            self._must_be_in_transaction()
        prepared, landed = [], []  # once; and the broker's memory of this sequence number

        def request() -> Record:
            if not prepared:
                prepared.extend(self._bus.prepare(topic, event, key, self.name, subject, cause, headers))
            if not landed or not self._options.enable_idempotence:
                landed.append(self._append(*prepared))
            return landed[0]

        return self._with_retries(request, event)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self._must_be_open()
        id = self._options.transactional_id
        if not id:
            raise refusals.not_transactional()
        if self._transaction:
            raise refusals.in_transaction(self.name)
        self._transaction = self._bus.transactions.begin(
            id, self._epoch, self._options.transaction_timeout_ms
        )
        self._bus.trace.record(self.name, "begin")
        try:
            yield
        except BaseException:
            self._end("abort")
            raise
        self._bus.transactions.check(id, self._epoch)
        self._end("commit")

    def commit(self, consumer: SimulatedConsumer, record: Record) -> None:
        self._must_be_in_transaction()
        consumer.check_commit(record)
        offsets = self._transaction.commits.setdefault(consumer.group, {})
        offsets[record.topic, record.partition] = record.offset + 1

    def close(self) -> None:
        if self._transaction:
            self._end("abort")
        self._closed = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _append(self, author: str, partition: Partition, stored: Stored) -> Record:
        if self._transaction:
            self._bus.transactions.check(self._options.transactional_id, self._epoch)
        record = self._bus.append(author, partition, stored)
        if self._transaction:
            self._transaction.add(partition, record.offset)
        return record

    def _with_retries(self, request: object, event: object) -> Record:
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

    def _end(self, how: str) -> None:
        self._transaction = None
        coordinator, id = self._bus.transactions, self._options.transactional_id
        if how == "commit":
            coordinator.commit(id, self._epoch)
        elif coordinator.is_newest(id, self._epoch):
            coordinator.abort_open(id)
        self._bus.trace.record(self.name, "commit" if how == "commit" else "abort")

    def _must_be_in_transaction(self) -> None:
        if self._transaction is None:
            raise refusals.outside_transaction(self.name)

    def _must_be_open(self) -> None:
        if self._closed:
            raise refusals.producer_closed(self.name)
