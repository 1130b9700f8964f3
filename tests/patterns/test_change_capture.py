"""What triggers and their relay promise."""

from dataclasses import dataclass

import pytest

from sandbox import Event
from sandbox.errors import BrokerUnreachable, UsageError
from sandbox.patterns import ChangeRelay, capture_changes
from tests.patterns.world import crash_everywhere

ORDERS = "CREATE TABLE IF NOT EXISTS orders (order_id TEXT PRIMARY KEY, status TEXT, total REAL)"


@dataclass(frozen=True)
class StatusChanged(Event):
    order_id: str
    before: str | None
    after: str | None


def tell(change):
    row = change.after or change.before
    if row["status"] == "draft":
        return None
    before, after = (side and side["status"] for side in (change.before, change.after))
    return "orders", StatusChanged(row["order_id"], before, after), row["order_id"]


@pytest.fixture
def orders(db, sim):
    sim.create_topic("orders", partitions=2)
    db.execute(ORDERS)
    capture_changes(db, "orders")
    return db


def read(bus):
    with bus.consumer("orders", group="reader") as reader:
        return reader.poll()


def change_thrice(db):
    db.execute("INSERT INTO orders VALUES ('A-1', 'placed', 9.5)")
    db.execute("UPDATE orders SET status = 'paid' WHERE order_id = 'A-1'")
    db.execute("DELETE FROM orders WHERE order_id = 'A-1'")


THREE = [
    StatusChanged("A-1", None, "placed"),
    StatusChanged("A-1", "placed", "paid"),
    StatusChanged("A-1", "paid", None),
]


def test_every_change_is_published_in_order_though_the_writer_knows_nothing_of_it(orders, sim):
    change_thrice(orders)
    relay = ChangeRelay(orders, sim, tell)
    assert (relay.run(), relay.run()) == (3, 0)
    assert [record.event for record in read(sim)] == THREE


def test_a_change_that_is_rolled_back_is_not_captured(orders, sim):
    with pytest.raises(ZeroDivisionError), orders.transaction():
        change_thrice(orders)
        1 / 0  # noqa: B018
    assert ChangeRelay(orders, sim, tell).run() == 0


def test_what_nobody_is_to_hear_of_is_passed_by(orders, sim):
    orders.execute("INSERT INTO orders VALUES ('A-1', 'draft', 0)")
    orders.execute("INSERT INTO orders VALUES ('A-2', 'placed', 9.5)")
    assert ChangeRelay(orders, sim, tell).run() == 1
    assert ChangeRelay(orders, sim, tell).run() == 0


def test_a_change_that_is_published_again_has_the_same_id(orders, sim):
    change_thrice(orders)
    sim.faults.fail("shop", "publish", 2, "response")
    with pytest.raises(BrokerUnreachable):
        ChangeRelay(orders, sim, tell).run()
    ChangeRelay(orders, sim, tell).run()
    ids = [record.envelope.id for record in read(sim)]
    assert ids == ["shop-change-1", "shop-change-2", "shop-change-2", "shop-change-3"]


def test_two_changes_never_share_an_id(orders, sim):
    """Not even where the first one's row is gone already."""
    for status in ("placed", "paid"):
        orders.execute("INSERT OR REPLACE INTO orders VALUES ('A-1', ?, 9.5)", [status])
        ChangeRelay(orders, sim, tell).run()
    assert [record.envelope.id for record in read(sim)] == ["shop-change-1", "shop-change-2"]


def test_no_change_is_lost_wherever_it_crashes(tmp_path):
    def story(world):
        db, bus = world.db("shop"), world.bus
        bus.create_topic("orders", partitions=2)
        db.execute(ORDERS)
        if not db.execute("SELECT * FROM orders"):
            capture_changes(db, "orders")
            db.execute("INSERT INTO orders VALUES ('A-1', 'placed', 9.5)")
        db.execute("UPDATE orders SET status = 'paid' WHERE status = 'placed'")
        ChangeRelay(db, bus, tell).run()

    for world in crash_everywhere(tmp_path, story):
        events = list(dict.fromkeys(record.event for record in read(world.bus)))
        assert events == THREE[:2], world.at


def test_a_column_that_was_added_is_captured_after_asking_again(orders, sim):
    orders.execute('ALTER TABLE orders ADD COLUMN "it\'s" TEXT')
    capture_changes(orders, "orders")
    orders.execute("INSERT INTO orders VALUES ('A-1', 'placed', 9.5, 'a gift')")
    seen = []
    ChangeRelay(orders, sim, lambda change: seen.append(change.after)).run()
    assert seen == [{"order_id": "A-1", "status": "placed", "total": 9.5, "it's": "a gift"}]


def test_a_table_may_have_a_keyword_for_a_name(db, sim):
    db.execute('CREATE TABLE "order" (order_id TEXT)')
    capture_changes(db, "order")
    db.execute("INSERT INTO \"order\" VALUES ('A-1')")
    seen = []
    ChangeRelay(db, sim, lambda change: seen.append((change.table, change.operation))).run()
    assert seen == [("order", "insert")]


@pytest.mark.parametrize("table", ["nowhere", "order", "orders; DROP TABLE orders", ""])
def test_what_is_no_table_is_refused(orders, table):
    with pytest.raises(UsageError, match=r"can't be captured|create it"):
        capture_changes(orders, table)
