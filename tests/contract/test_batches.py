"""Batches: records that share a request, and what waits for what."""

from dataclasses import dataclass

import pytest

from sandbox import Event
from sandbox.errors import ConsumerClosed, UsageError


@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str


@pytest.fixture
def orders(bus):
    return bus.create_topic("orders")


def ids(records):
    return [record.event.order_id for record in records]


def test_what_is_sent_waits_for_others_until_it_is_flushed(bus, orders):
    reader = bus.consumer(orders, "billing")
    with bus.producer(name="till", linger_ms=20_000) as till:
        sent = [till.send(orders, OrderPlaced(f"A-{n}"), key="A") for n in range(3)]
        assert reader.poll() == []
        assert repr(sent[0]) == "on its way"
        with pytest.raises(UsageError, match="flush"):
            _ = sent[0].record
        till.flush()
        assert [one.record.offset for one in sent] == [0, 1, 2]
        assert all(one.arrived for one in sent)
    assert ids(reader.poll()) == ["A-0", "A-1", "A-2"]


def test_a_batch_goes_once_its_time_is_up(bus, orders):
    till = bus.producer(linger_ms=30)
    sent = till.send(orders, OrderPlaced("A-1"), key="A")
    bus.clock.advance(200)
    assert ids(bus.consumer(orders, "billing").poll()) == ["A-1"]
    till.flush()
    assert sent.record.offset == 0


def test_a_full_batch_does_not_wait(bus, orders):
    till = bus.producer(linger_ms=20_000, batch_size=300)
    for n in range(20):
        till.send(orders, OrderPlaced(f"A-{n}"), key="A")
    bus.clock.advance(100)
    arrived = len(bus.consumer(orders, "billing").poll())
    assert 0 < arrived <= 20


def test_closing_a_producer_sends_what_waits(bus, orders):
    with bus.producer(linger_ms=20_000) as till:
        till.send(orders, OrderPlaced("A-1"), key="A")
    assert ids(bus.consumer(orders, "billing").poll()) == ["A-1"]
    with pytest.raises(ConsumerClosed):
        till.send(orders, OrderPlaced("A-2"), key="A")


def test_a_transaction_ends_with_all_that_was_sent_in_it_or_nothing(bus, orders):
    till = bus.producer(transactional_id="till", linger_ms=20_000)
    with till.transaction():
        till.send(orders, OrderPlaced("A-1"), key="A")
    with pytest.raises(ZeroDivisionError), till.transaction():
        till.send(orders, OrderPlaced("A-2"), key="A")
        raise ZeroDivisionError
    assert ids(bus.consumer(orders, "billing", isolation_level="read_committed").poll()) == ["A-1"]
