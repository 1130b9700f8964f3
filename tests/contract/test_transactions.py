"""Producers of one's own: idempotence, transactions, and zombies that are fenced."""

from dataclasses import dataclass

import pytest

from sandbox import Event
from sandbox.errors import BrokerUnreachable, ConsumerClosed, InvalidKey, ProducerFenced, UsageError


@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str


@dataclass(frozen=True)
class PaymentCaptured(Event):
    order_id: str


def ids(records):
    return [record.event.order_id for record in records]


@pytest.fixture
def orders(bus):
    return bus.create_topic("orders")


def test_what_a_producer_publishes_is_in_its_name(bus, orders):
    with bus.producer(name="till") as till:
        record = till.publish(orders, OrderPlaced("A-1"), key="A-1", subject="A-1")
    assert (record.envelope.source, record.envelope.subject) == ("till", "A-1")
    assert ids(bus.consumer(orders, "billing").poll()) == ["A-1"]


def test_a_transaction_is_seen_whole_or_not_at_all(bus, orders):
    reader = bus.consumer(orders, "billing", isolation_level="read_committed")
    producer = bus.producer(transactional_id="till")
    with producer.transaction():
        producer.publish(orders, OrderPlaced("A-1"), key="A-1")
        producer.publish(orders, OrderPlaced("A-2"), key="A-2")
        assert reader.poll() == []
    assert ids(reader.poll()) == ["A-1", "A-2"]


def test_an_exception_aborts_the_transaction(bus, orders):
    producer = bus.producer(transactional_id="till")
    with pytest.raises(ZeroDivisionError), producer.transaction():
        producer.publish(orders, OrderPlaced("A-1"), key="A-1")
        raise ZeroDivisionError
    with producer.transaction():
        producer.publish(orders, OrderPlaced("A-2"), key="A-2")
    assert ids(bus.consumer(orders, "strict", isolation_level="read_committed").poll()) == ["A-2"]
    assert ids(bus.consumer(orders, "hasty").poll()) == ["A-1", "A-2"]


def test_readers_of_committed_records_wait_for_the_first_open_transaction(bus, orders):
    slow = bus.producer(transactional_id="slow")
    reader = bus.consumer(orders, "billing", isolation_level="read_committed")
    with slow.transaction():
        slow.publish(orders, OrderPlaced("A-1"), key="A-1")
        bus.publish(orders, OrderPlaced("A-2"), key="A-2")
        assert reader.poll() == []
    assert ids(reader.poll()) == ["A-1", "A-2"]


def test_a_transaction_takes_an_offset_of_its_own(bus, orders):
    producer = bus.producer(transactional_id="till")
    with producer.transaction():
        producer.publish(orders, OrderPlaced("A-1"), key="A-1")
    assert bus.publish(orders, OrderPlaced("A-2"), key="A-2").offset == 2
    assert [record.offset for record in bus.consumer(orders, "billing").poll()] == [0, 2]


def test_a_run_ends_behind_a_transactions_end(bus, orders):
    seen = []
    bus.subscribe(orders, "billing", lambda record: seen.append(record.event.order_id))
    producer = bus.producer(transactional_id="till")
    with producer.transaction():
        producer.publish(orders, OrderPlaced("A-1"), key="A-1")
    bus.run()
    assert seen == ["A-1"]
    assert bus.lag("billing") == 0


def test_offsets_are_committed_with_the_transaction_or_not_at_all(bus, orders):
    payments = bus.create_topic("payments")
    bus.publish(orders, OrderPlaced("A-1"), key="A-1")
    consumer = bus.consumer(orders, "billing")
    (record,) = consumer.poll()
    producer = bus.producer(transactional_id="billing")
    with pytest.raises(ZeroDivisionError), producer.transaction():
        producer.publish(payments, PaymentCaptured("A-1"), key="A-1", cause=record)
        producer.commit(consumer, record)
        raise ZeroDivisionError
    assert consumer.committed() == {("orders", 0): 0}
    with producer.transaction():
        producer.publish(payments, PaymentCaptured("A-1"), key="A-1", cause=record)
        producer.commit(consumer, record)
    assert consumer.committed() == {("orders", 0): 1}
    captured = bus.consumer(payments, "books", isolation_level="read_committed").poll()
    assert ids(captured) == ["A-1"]
    assert captured[0].envelope.causation_id == record.envelope.id


def test_a_newer_producer_fences_the_older_one_and_ends_what_it_left_open(bus, orders):
    zombie = bus.producer(transactional_id="till")
    with pytest.raises(ProducerFenced, match="newer producer"), zombie.transaction():
        zombie.publish(orders, OrderPlaced("A-1"), key="A-1")
        newer = bus.producer(transactional_id="till")
        with newer.transaction():
            newer.publish(orders, OrderPlaced("A-2"), key="A-2")
        zombie.publish(orders, OrderPlaced("A-3"), key="A-3")
    assert ids(bus.consumer(orders, "billing", isolation_level="read_committed").poll()) == ["A-2"]


def test_what_is_no_transaction_is_refused(bus, orders):
    plain, named = bus.producer(), bus.producer(transactional_id="till")
    with pytest.raises(UsageError, match="needs a name"), plain.transaction():
        pass
    with pytest.raises(UsageError, match="inside `with producer"):
        named.publish(orders, OrderPlaced("A-1"))
    with named.transaction(), pytest.raises(UsageError, match="already"), named.transaction():
        pass
    with pytest.raises(UsageError, match="idempotent"):
        bus.producer(transactional_id="till", enable_idempotence=False)
    named.close()
    with pytest.raises(ConsumerClosed, match="was closed"):
        named.publish(orders, OrderPlaced("A-1"))


def test_a_retry_is_a_duplicate_only_without_idempotence(bus, orders):
    for number, careful in ((1, True), (2, False)):
        producer = bus.producer(name=f"till-{number}", enable_idempotence=careful)
        bus.faults.fail(f"till-{number}", "publish", 1, "response")
        producer.publish(orders, OrderPlaced(f"A-{number}"), key="A")
    assert ids(bus.consumer(orders, "billing").poll()) == ["A-1", "A-2", "A-2"]


def test_retries_end_and_nobody_knows_what_happened(bus, orders):
    producer = bus.producer(name="till", retries=1)
    bus.faults.fail("till", "publish", 1)
    bus.faults.fail("till", "publish", 2, "response")
    with pytest.raises(BrokerUnreachable, match="response was lost") as raised:
        producer.publish(orders, OrderPlaced("A-1"), key="A-1")
    assert (raised.value.definite, raised.value.retriable) == (False, True)


def test_a_tombstone_is_a_record_without_a_value(bus, orders):
    bus.publish(orders, None, key="A-1")
    (record,) = bus.consumer(orders, "billing").poll()
    assert record.is_tombstone
    assert repr(record) == "orders[0]@0 tombstone of 'A-1'"
    with pytest.raises(InvalidKey, match="a tombstone needs a key"):
        bus.publish(orders, None)


def test_a_compacted_topic_wants_keys(bus):
    prices = bus.create_topic("prices", cleanup_policy="compact")
    with pytest.raises(InvalidKey, match="compacted topic prices needs a key"):
        bus.publish(prices, OrderPlaced("A-1"))


def test_deleted_records_are_out_of_range(bus, orders):
    for number in range(5):
        bus.publish(orders, OrderPlaced(f"A-{number}"), key="A")
    bus.delete_records(orders, 0, before=3)
    assert ids(bus.consumer(orders, "billing").poll()) == ["A-3", "A-4"]
    assert bus.lag("billing") == 2
    with pytest.raises(UsageError, match="goes from 3 to 5"):
        bus.delete_records(orders, 0, before=6)
