"""What dead letters promise: nothing is lost, nobody overtakes, all other keys go on."""

from dataclasses import dataclass

import pytest

from sandbox import Event
from sandbox.errors import GatewayTimeout, PaymentDeclined, UnreadableRecord
from sandbox.messages import Stored
from sandbox.patterns import DeadLetters, Inbox
from tests.patterns.world import crash_everywhere


@dataclass(frozen=True)
class LineOrdered(Event):
    order_id: str
    line: int


POISON = ("A-2", 1)


class Billing:
    """Bills each line of an order; chokes on the poison, until it is mended."""

    def __init__(self, error=PaymentDeclined):
        self.billed, self.error, self.broken = [], error, {POISON}

    def __call__(self, record):
        line = (record.event.order_id, record.event.line)
        if line in self.broken:
            raise self.error(f"can't bill {line}")
        self.billed.append(line)

    def of(self, order_id):
        return [line for order, line in self.billed if order == order_id]


@pytest.fixture
def orders(sim):
    return sim.create_topic("orders", partitions=2)


@pytest.fixture
def letters(db):
    return DeadLetters(db, "billing")


def place(sim, orders, lines=3):
    for line in range(lines):
        for order_id in ("A-1", "A-2", "A-3"):
            sim.publish(orders, LineOrdered(order_id, line), key=order_id)


def test_the_key_waits_and_the_others_go_on(sim, orders, letters):
    billing = Billing()
    sim.subscribe(orders, "billing", letters.guard(billing))
    place(sim, orders)
    sim.run()
    assert [billing.of(order) for order in ("A-1", "A-2", "A-3")] == [[0, 1, 2], [0], [0, 1, 2]]
    assert [(letter.record.event.line, letter.tries) for letter in letters.letters()] == [(1, 1), (2, 0)]
    first, second = letters.letters()
    assert first.reason == "PaymentDeclined: can't bill ('A-2', 1)"
    assert second.reason == f"waits behind {first.record.place}"


def test_a_redrive_keeps_the_order_of_the_key(sim, orders, letters):
    billing = Billing()
    sim.subscribe(orders, "billing", letters.guard(billing))
    place(sim, orders)
    sim.run()
    assert repr(letters.redrive(billing)) == "Redriven 0, still there 2"
    assert [letter.tries for letter in letters.letters()] == [2, 0]
    billing.broken.clear()
    assert repr(letters.redrive(billing)) == "Redriven 2, still there 0"
    assert billing.of("A-2") == [0, 1, 2]


def test_a_record_without_a_key_holds_nobody_up(sim, orders, letters):
    billing = Billing()
    sim.subscribe(orders, "billing", letters.guard(billing))
    for line in range(3):
        sim.publish(orders, LineOrdered("A-2", line))
    sim.run()
    assert sorted(billing.of("A-2")) == [0, 2]
    assert len(letters) == 1


def test_what_may_pass_is_not_put_aside(sim, orders, letters):
    billing = Billing(GatewayTimeout)
    sim.subscribe(orders, "billing", letters.guard(billing))
    place(sim, orders)
    with pytest.raises(GatewayTimeout):
        sim.run()
    billing.broken.clear()
    sim.run()
    assert len(letters) == 0
    assert billing.of("A-2") == [0, 1, 2]


def test_bytes_that_make_no_event_are_kept_byte_by_byte(sim, orders, letters):
    good = sim.publish(orders, LineOrdered("A-1", 0), key="A-1", headers={"trace": b"\xff"})
    bad = Stored(b"A-1", b"\xff{", good.stored.envelope, good.timestamp, good.headers)
    seen = []
    sim.subscribe(orders, "billing", letters.guard(lambda record: seen.append(record.event)))
    kept = sim.forward(orders, bad).stored
    sim.run()
    (letter,) = letters.letters()
    assert letter.record.stored == kept
    assert (kept.value, kept.headers) == (b"\xff{", {"trace": b"\xff"})
    assert letter.reason.startswith("UnreadableRecord")
    with pytest.raises(UnreadableRecord):
        _ = letter.record.event


def test_a_letter_that_is_discarded_lets_the_next_one_through(sim, orders, letters):
    billing = Billing()
    sim.subscribe(orders, "billing", letters.guard(billing))
    place(sim, orders)
    sim.run()
    letters.discard(letters.letters()[0])
    letters.redrive(billing)
    assert billing.of("A-2") == [0, 2]
    sim.publish(orders, LineOrdered("A-2", 3), key="A-2")
    sim.run()
    assert billing.of("A-2") == [0, 2, 3]


def test_two_readers_of_one_database_have_their_own(sim, orders, db, letters):
    other = DeadLetters(db, "email")
    sim.subscribe(orders, "billing", letters.guard(Billing()))
    sim.subscribe(orders, "email", other.guard(lambda record: None))
    place(sim, orders)
    sim.run()
    assert (len(letters), len(other)) == (2, 0)
    assert repr(letters) == "Dead letters of billing: 2"


def test_nothing_lost_nothing_twice_wherever_it_crashes(tmp_path):
    """Billing, redrive and all: an inbox tells what was billed before the crash."""

    def story(world):
        db, bus = world.db("billing"), world.bus
        db.execute("CREATE TABLE IF NOT EXISTS invoices (line TEXT)")
        letters, inbox, mended = DeadLetters(db, "billing"), Inbox(db, "billing"), []

        @inbox.once
        def bill(record):
            if (record.event.order_id, record.event.line) == POISON and not mended:
                raise PaymentDeclined("can't bill")
            line = f"{record.event.order_id} {record.event.line}"
            db.execute("INSERT INTO invoices VALUES (?)", [line])

        orders = bus.create_topic("orders")
        for line in range(3):
            for order_id in ("A-1", "A-2"):
                bus.publish(orders, LineOrdered(order_id, line), order_id, id=f"{order_id} {line}")
        with bus.consumer("orders", group="billing") as consumer:
            for record in consumer.poll():
                letters.guard(bill)(record)
                consumer.commit(record)
        mended.append(True)
        letters.redrive(bill)

    for world in crash_everywhere(tmp_path, story):
        rows = world.db("billing").execute("SELECT line FROM invoices ORDER BY rowid")
        lines = [row["line"] for row in rows]
        for order_id in ("A-1", "A-2"):
            assert [line for line in lines if order_id in line] == [f"{order_id} {n}" for n in range(3)], (
                world.at
            )
