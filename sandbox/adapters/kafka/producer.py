"""A producer of one's own on a real broker: retries, idempotence, transactions."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from time import monotonic, sleep
from typing import TYPE_CHECKING, Self

from kafka import KafkaProducer, OffsetAndMetadata, TopicPartition
from kafka.errors import InvalidProducerEpochError, InvalidTxnStateError, ProducerFencedError

from sandbox import refusals
from sandbox.adapters.kafka.consumer import KafkaMember
from sandbox.adapters.kafka.errors import ANSWER_MS, CONNECT_SECONDS, in_our_words, unreachable
from sandbox.adapters.kafka.sending import landed, start
from sandbox.errors import BrokerUnreachable, ProducerFenced
from sandbox.messages import Command, Event, Key, Record
from sandbox.ports import ProducerOptions, Sent, Topic

if TYPE_CHECKING:
    from sandbox.adapters.kafka.bus import KafkaBus

SETTLED = ("CompleteCommit", "CompleteAbort", "Empty", "Dead")
ASK_AGAIN_SECONDS = 0.005
FENCED = (ProducerFencedError, InvalidProducerEpochError, InvalidTxnStateError)


def new_client(address: str, options: ProducerOptions, transactional_id: str | None = None) -> KafkaProducer:
    """kafka-python's own producer, which gives up where the broker does not answer."""
    return KafkaProducer(
        bootstrap_servers=address,
        bootstrap_timeout_ms=int(CONNECT_SECONDS * 1000),
        acks="all",
        enable_idempotence=options.enable_idempotence,
        linger_ms=options.linger_ms,
        batch_size=options.batch_size,
        transactional_id=transactional_id,
        transaction_timeout_ms=options.transaction_timeout_ms,
        request_timeout_ms=ANSWER_MS // 2,
        delivery_timeout_ms=ANSWER_MS + options.linger_ms,
        max_block_ms=ANSWER_MS,
    )


def see_partitions(client: KafkaProducer, topic: str, partitions: int) -> None:
    """Have a client see the partitions that have been added."""
    until = monotonic() + ANSWER_MS / 1000
    while len(client.partitions_for(topic)) < partitions and monotonic() < until:
        client._metadata.request_update()
        sleep(ASK_AGAIN_SECONDS)


class OwnProducer:
    """See `sandbox.ports.Producer`."""

    def __init__(self, bus: "KafkaBus", options: ProducerOptions) -> None:
        self.name = options.name or options.transactional_id or "producer"
        self._bus = bus
        self._options = options
        self._in_transaction = False
        self._enlisted = False  # does the broker know of the transaction?
        self._on_their_way: list[tuple] = []  # author, topic, what, the client's future, ours
        self._closed = False
        self._fenced = False
        id = bus.physical(options.transactional_id) if options.transactional_id else None
        with self._in_our_words():
            self.client = new_client(bus.address, options, id)
            if id:
                self.client.init_transactions()

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
        prepared, landed = [], []  # once; and the broker's memory of this sequence number

        def request() -> Record:
            if not prepared:
                prepared.extend(self._bus.prepare(topic, event, key, self.name, subject, cause, headers))
            if not landed or not self._options.enable_idempotence:
                author, name, number, stored = prepared
                self._enlisted = True
                with self._in_our_words():
                    landed.append(self._bus.send(name, number, stored, self.client))
                self._bus.note(author, landed[-1])
            return landed[0]

        return self._with_retries(request, event)

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
        sent = Sent()
        if self._bus.faults.armed:  # a fault strikes one record, so that one goes alone
            sent.land(self.publish(topic, event, key, subject=subject, cause=cause, headers=headers))
            return sent
        author, name, number, stored = self._bus.prepare(
            topic, event, key, self.name, subject, cause, headers
        )
        self._enlisted = True
        with self._in_our_words():
            future = start(self.client, self._bus.physical(name), number, stored)
        self._on_their_way.append((author, name, stored, future, sent))
        return sent

    def flush(self) -> None:
        self._must_be_open()
        with self._in_our_words():
            self.client.flush(timeout=ANSWER_MS / 1000)
            self._note_arrivals()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self._must_be_open()
        if not self._options.transactional_id:
            raise refusals.not_transactional()
        if self._in_transaction:
            raise refusals.in_transaction(self.name)
        with self._in_our_words():
            self.client.begin_transaction()
        self._in_transaction, self._enlisted = True, False
        self._bus.trace.record(self.name, "begin")
        try:
            yield
        except BaseException:
            ours, self._in_transaction = self._in_transaction, False  # `close` may have ended it
            self._on_their_way.clear()
            if ours and not self._fenced:  # whoever fences it ends it, too
                self._end(self.client.abort_transaction)
            self._bus.trace.record(self.name, "abort")
            raise
        try:
            self.flush()  # a fence that the block has swallowed still counts
        finally:
            self._in_transaction = False
        self._end(self.client.commit_transaction)
        self._bus.trace.record(self.name, "commit")

    def commit(self, consumer: KafkaMember, record: Record) -> None:
        self._must_be_in_transaction()
        at = consumer.check_commit(record)
        self._enlisted = True
        with self._in_our_words():
            self.client.send_offsets_to_transaction(
                {TopicPartition(*at): OffsetAndMetadata(record.offset + 1, "", -1)},
                consumer.membership.client.group_metadata(),
            )

    def close(self) -> None:
        if self._closed:
            return
        if self._in_transaction:
            self._in_transaction = False
            with contextlib.suppress(ProducerFenced):
                self._end(self.client.abort_transaction)
        elif self._on_their_way:
            self.flush()
        self._closed = True
        self.client.close(timeout=2)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _note_arrivals(self) -> None:
        waiting, self._on_their_way = self._on_their_way, []
        for author, name, stored, future, sent in waiting:
            sent.land(self._bus.note(author, landed(name, stored, future, self._bus.published_classes)))

    def _end(self, how: Callable[[], None]) -> None:
        """End the transaction, and wait until the broker has told its partitions so.

        It answers before it has: a reader who asks at once may still see it open.
        """
        id = self._bus.physical(self._options.transactional_id)
        with self._in_our_words():
            how()
            if not self._enlisted:
                return  # the broker has never heard of it
            until = monotonic() + ANSWER_MS / 1000
            while self._bus.admin.describe_transactions([id])[id].state not in SETTLED:
                if monotonic() > until:
                    raise unreachable(self._bus.address, f"transaction {self.name} does not end")
                sleep(ASK_AGAIN_SECONDS)

    def _with_retries(self, request: Callable[[], Record], event: object) -> Record:
        if not self._bus.faults.armed:
            return request()
        for left in range(self._options.retries, -1, -1):
            try:
                return self._bus.faults.step(self.name, "publish", request, event)
            except BrokerUnreachable:
                if not left:
                    raise
        raise AssertionError("the last attempt returns or raises")

    @contextmanager
    def _in_our_words(self) -> Iterator[None]:
        try:
            with in_our_words(self._bus.address, but=FENCED):
                yield
        except FENCED as error:
            self._fenced = True
            raise refusals.fenced(self._options.transactional_id) from error

    def _may_publish(self) -> None:
        self._must_be_open()
        if self._options.transactional_id:
            self._must_be_in_transaction()

    def _must_be_in_transaction(self) -> None:
        self._must_be_open()
        if not self._in_transaction:
            raise refusals.outside_transaction(self.name)

    def _must_be_open(self) -> None:
        if self._closed:
            raise refusals.producer_closed(self.name)
        if self._fenced:
            raise refusals.fenced(self._options.transactional_id)
