"""What every outbox and its relay promise: the package's, and the smallest ones, as a lesson builds them."""

from dataclasses import dataclass

import pytest

from sandbox import Event, connect
from sandbox.errors import BrokerUnreachable, InvalidEvent, NotInTransaction, UnknownTopic, UnreadableRecord
from sandbox.patterns import Outbox, Relay
from tests.patterns import smallest
from tests.patterns.world import crash_everywhere

ORDERS = [("A-1", 1), ("A-2", 1), ("A-1", 2), ("A-1", 3), ("A-2", 2)]


@dataclass(frozen=True)
class OrderChanged(Event):
    order_id: str
    version: int


@pytest.fixture(params=["package", "smallest"])
def kind(request):
    return {"package": (Outbox, Relay), "smallest": (smallest.Outbox, smallest.Relay)}[request.param]


@pytest.fixture
def outbox(kind, db):
    return kind[0](db)


@pytest.fixture
def bus(sim):
    sim.create_topic("orders", partitions=3)
    return sim


def add(outbox, *orders):
    for order_id, version in orders:
        with outbox.db.transaction():
            outbox.add("orders", OrderChanged(order_id, version), key=order_id)


def read(bus):
    with bus.consumer("orders", group="reader") as reader:
        return reader.poll()


def changes(records):
    return [(record.event.order_id, record.event.version) for record in records]


def assert_everything_came_in_order(bus, expected, at=""):
    """All of `expected` and nothing else; each key's first appearances in order; one id for each."""
    records = read(bus)
    assert set(changes(records)) == set(expected), at
    for key in {order_id for order_id, _ in expected}:
        versions = dict.fromkeys(version for order_id, version in changes(records) if order_id == key)
        assert list(versions) == sorted(versions), at
    ids = {(record.envelope.id, change) for record, change in zip(records, changes(records), strict=True)}
    assert len(ids) == len({id for id, _ in ids}) == len(set(expected)), at


def test_what_was_committed_is_published_and_nothing_before_that(outbox, kind, bus):
    add(outbox, *ORDERS)
    assert read(bus) == []
    kind[1](outbox, bus).run()
    assert_everything_came_in_order(bus, ORDERS)
    assert len(read(bus)) == len(ORDERS)


def test_what_was_rolled_back_is_never_said(outbox, kind, bus):
    with pytest.raises(ZeroDivisionError), outbox.db.transaction():
        outbox.add("orders", OrderChanged("A-9", 1), key="A-9")
        1 / 0  # noqa: B018
    add(outbox, ("A-1", 1))
    kind[1](outbox, bus).run()
    assert changes(read(bus)) == [("A-1", 1)]


def test_a_relay_publishes_once_where_nothing_goes_wrong(outbox, kind, bus):
    relay = kind[1](outbox, bus)
    add(outbox, ("A-1", 1))
    for _ in range(3):
        relay.run()
    assert len(read(bus)) == 1


def test_two_messages_never_share_an_id(outbox, kind, bus):
    """Not even where the first one's row is gone already."""
    relay = kind[1](outbox, bus)
    for version in (1, 2, 3):
        add(outbox, ("A-1", version))
        relay.run()
    assert_everything_came_in_order(bus, [("A-1", 1), ("A-1", 2), ("A-1", 3)])


def test_nothing_is_lost_and_nothing_made_up_wherever_it_crashes(tmp_path, kind):
    def story(world):
        db, bus = world.db("shop"), world.bus
        bus.create_topic("orders", partitions=3)
        db.execute("CREATE TABLE IF NOT EXISTS orders (order_id TEXT, version INTEGER UNIQUE)")
        outbox = kind[0](db)
        done = len(db.execute("SELECT * FROM orders"))
        for version in range(done + 1, 4):
            with db.transaction():
                db.execute("INSERT INTO orders VALUES (?, ?)", ["A-1", version])
                outbox.add("orders", OrderChanged("A-1", version), key="A-1")
            kind[1](outbox, bus).run()
        kind[1](outbox, bus).run()

    for world in crash_everywhere(tmp_path, story):
        assert_everything_came_in_order(world.bus, [("A-1", 1), ("A-1", 2), ("A-1", 3)], world.at)


def test_a_relay_that_dies_between_publishing_and_forgetting_publishes_twice(outbox, kind, bus):
    """The weakness that makes it at-least-once: why the reader needs an inbox."""
    add(outbox, ("A-1", 1))
    bus.faults.fail("relay" if kind[1] is Relay else "producer", "publish", 1, "response")
    with pytest.raises(BrokerUnreachable):
        kind[1](outbox, bus).run()
    kind[1](outbox, bus).run()
    records = read(bus)
    assert changes(records) == [("A-1", 1), ("A-1", 1)]
    assert records[0].envelope == records[1].envelope


@pytest.mark.parametrize("how", ["request", "response"])
@pytest.mark.parametrize("number", [1, 2, 3, 4, 5])
def test_what_is_behind_a_failed_publish_does_not_overtake_it(outbox, kind, bus, number, how):
    add(outbox, *ORDERS)
    bus.faults.fail("relay" if kind[1] is Relay else "producer", "publish", number, how)
    with pytest.raises(BrokerUnreachable):
        kind[1](outbox, bus).run()
    kind[1](outbox, bus).run()
    assert_everything_came_in_order(bus, ORDERS)


@pytest.mark.parametrize("at", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_a_second_relay_at_any_moment_loses_and_reorders_nothing(outbox, kind, bus, at, before):
    """The second one runs, and finds still newer messages, while the first is at its `at`-th publish."""

    class Interrupted:
        calls = 0

        def forward(self, *args, **kwargs):
            self.calls += 1
            if before and self.calls == at:
                self.second_relay()
            bus.forward(*args, **kwargs)
            if not before and self.calls == at:
                self.second_relay()

        def second_relay(self):
            add(outbox, ("A-1", 4), ("A-2", 3))
            kind[1](outbox, bus).run()

    add(outbox, *ORDERS)
    kind[1](outbox, Interrupted()).run()
    assert_everything_came_in_order(bus, [*ORDERS, ("A-1", 4), ("A-2", 3)])


def test_a_transaction_that_took_its_number_early_and_commits_late_is_not_passed_by(outbox, kind, bus):
    """SQLite has one writer at a time; elsewhere number 1 may become visible after number 2."""
    relay = kind[1](outbox, bus)
    add(outbox, ("A-1", 1), ("A-2", 1))
    (late,) = outbox.db.execute("SELECT * FROM outbox WHERE sequence = 1")
    outbox.db.execute("DELETE FROM outbox WHERE sequence = 1")
    relay.run()
    assert changes(read(bus)) == [("A-2", 1)]
    outbox.db.execute(f"INSERT INTO outbox VALUES ({', '.join('?' * len(late))})", list(late.values()))
    relay.run()
    assert sorted(changes(read(bus))) == [("A-1", 1), ("A-2", 1)]


def test_a_number_that_is_never_used_holds_nobody_up(outbox, kind, bus):
    add(outbox, ("A-1", 1), ("A-2", 1), ("A-1", 2))
    outbox.db.execute("DELETE FROM outbox WHERE sequence = 2")
    kind[1](outbox, bus).run()
    assert_everything_came_in_order(bus, [("A-1", 1), ("A-1", 2)])


# Beyond the few lines: the package's error checks


def test_what_is_said_keeps_its_cause(db, sim):
    """Correlation and causation go through the outbox, though the handler is long over then."""
    orders, invoices = sim.create_topic("orders"), sim.create_topic("invoices")
    outbox = Outbox(db, sim.clock)

    def bill(record):
        with db.transaction():
            outbox.add(invoices, OrderChanged("A-1", 2), key="A-1", subject="A-1")

    sim.subscribe(orders, "billing", bill)
    placed = sim.publish(orders, OrderChanged("A-1", 1), key="A-1")
    sim.run()
    handled = sim.clock.now()
    sim.clock.advance(60_000)
    Relay(outbox, sim).run()
    (record,) = sim.consumer(invoices, group="reader").poll()
    envelope = record.envelope
    assert (envelope.id, envelope.source, envelope.subject) == ("shop-1", "shop", "A-1")
    assert (envelope.correlation_id, envelope.causation_id) == (placed.envelope.id, placed.envelope.id)
    assert envelope.time == handled < record.timestamp


def test_a_message_alone_is_refused(db):
    with pytest.raises(NotInTransaction, match="even if nothing was done"):
        Outbox(db).add("orders", OrderChanged("A-1", 1))


def test_what_can_not_be_written_is_refused_before_the_commit(db):
    outbox = Outbox(db)
    with pytest.raises(InvalidEvent), db.transaction():
        outbox.add("orders", OrderChanged("A-1", version="one"))
    assert len(outbox) == 0


def test_a_message_for_no_topic_stays_and_says_where(db):
    outbox, relay = Outbox(db), Relay(Outbox(db), connect("sim://"))
    add(outbox, ("A-1", 1))
    with pytest.raises(UnknownTopic) as error:
        relay.run()
    assert error.value.__notes__ == [
        "shop-1, row 1 of the outbox, stays there. The next run() of the relay begins with it."
    ]
    assert repr(relay) == "Relay relay: Outbox of shop: 1 waiting"


def test_a_damaged_row_is_named(db, bus):
    outbox = Outbox(db)
    add(outbox, ("A-1", 1))
    db.execute("UPDATE outbox SET envelope = '{'")
    with pytest.raises(UnreadableRecord, match="row 1 of the outbox of shop"):
        Relay(outbox, bus).run()
