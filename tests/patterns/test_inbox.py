"""What every inbox promises: the package's, the smallest one, and the one that lesson 03 builds."""

from dataclasses import dataclass

import pytest

from sandbox import Event
from sandbox.course import lesson_folder
from sandbox.errors import MessageIdReused, NotInTransaction, UnreadableRecord
from sandbox.messages import Stored
from sandbox.patterns import Inbox
from tests.patterns import smallest
from tests.patterns.world import crash_everywhere, database
from tools.lessons.source import read


@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str


def of_lesson_03():
    """The class as it stands in the lesson."""
    (cell,) = [cell for cell in read(lesson_folder("03") / "lesson.py") if "class Inbox:" in cell.source]
    built = {}
    exec(cell.source, built)
    return built["Inbox"]


@pytest.fixture(params=[Inbox, smallest.Inbox, of_lesson_03()], ids=["package", "smallest", "lesson"])
def make_inbox(request):
    return request.param


@pytest.fixture
def records(sim):
    orders = sim.create_topic("orders")
    return [sim.publish(orders, OrderPlaced(f"A-{n}"), key=f"A-{n}") for n in (1, 2)]


def asked(db, inbox, record):
    with db.transaction():
        return inbox.first_time(record)


def test_a_message_is_new_once(db, make_inbox, records):
    inbox = make_inbox(db, "billing")
    assert [asked(db, inbox, record) for record in [*records, *records]] == [True, True, False, False]


def test_a_late_duplicate_at_another_offset_is_known(db, make_inbox, sim, records):
    """The relay publishes at least once: the same message may have two offsets."""
    inbox = make_inbox(db, "billing")
    again = sim.forward("orders", records[0].stored)
    assert again.offset != records[0].offset
    assert [asked(db, inbox, record) for record in [*records, again]] == [True, True, False]


def test_two_readers_of_one_database_each_handle_it_once(db, make_inbox, records):
    billing, email = make_inbox(db, "billing"), make_inbox(db, "email")
    assert [asked(db, inbox, records[0]) for inbox in (billing, email, billing)] == [True, True, False]


def test_messages_of_two_sources_may_have_one_id(db, make_inbox, sim):
    orders = sim.create_topic("orders")
    inbox = make_inbox(db, "billing")
    sent = [sim.publish(orders, OrderPlaced("A-1"), source=source, id="1") for source in ("till", "web")]
    assert [asked(db, inbox, record) for record in sent] == [True, True]


def test_a_restart_forgets_nothing(tmp_path, make_inbox, records):
    for expected in (True, False):
        db = database(tmp_path / "billing.sqlite")
        assert asked(db, make_inbox(db, "billing"), records[0]) is expected
        db.close()


def test_what_is_rolled_back_is_not_marked(db, make_inbox, records):
    inbox = make_inbox(db, "billing")
    with pytest.raises(ZeroDivisionError), db.transaction():
        inbox.first_time(records[0])
        1 / 0  # noqa: B018
    assert asked(db, inbox, records[0])


def test_one_effect_for_each_message_wherever_it_crashes(tmp_path, make_inbox):
    def story(world):
        db, bus = world.db("billing"), world.bus
        db.execute("CREATE TABLE IF NOT EXISTS invoices (order_id TEXT)")
        inbox = make_inbox(db, "billing")

        def bill(record):
            with db.transaction():
                if inbox.first_time(record):
                    db.execute("INSERT INTO invoices VALUES (?)", [record.event.order_id])

        if not bus.lag("billing"):
            orders = bus.create_topic("orders")
            for order_id in ("A-1", "A-2"):
                bus.publish(orders, OrderPlaced(order_id), key=order_id, id=order_id)
                bus.publish(orders, OrderPlaced(order_id), key=order_id, id=order_id)
        with bus.consumer("orders", group="billing") as consumer:
            for record in consumer.poll():
                bill(record)
                consumer.commit(record)

    for world in crash_everywhere(tmp_path, story):
        invoices = [row["order_id"] for row in world.db("billing").execute("SELECT * FROM invoices")]
        assert sorted(invoices) == ["A-1", "A-2"], world.at


def test_two_consumers_with_the_same_message_wait_for_each_other(tmp_path, make_inbox, records):
    """A zombie and its successor: the second can't even begin while the first is in its transaction."""
    first, second = (database(tmp_path / "billing.sqlite") for _ in range(2))
    inboxes = [make_inbox(db, "billing") for db in (first, second)]
    with first.transaction():
        assert inboxes[0].first_time(records[0])
        with pytest.raises(Exception, match="locked"), second.transaction():
            inboxes[1].first_time(records[0])
    assert not asked(second, inboxes[1], records[0])


# Beyond the few lines: the package's error checks


def test_a_mark_alone_is_refused(db, records):
    with pytest.raises(NotInTransaction, match=r"with db\.transaction\(\)") as error:
        Inbox(db, "billing").first_time(records[0])
    assert "orders[0]@0" in str(error.value)


def test_an_id_that_stands_for_another_message_is_no_duplicate(db, sim):
    orders = sim.create_topic("orders")
    inbox = Inbox(db, "billing")
    one, other = (sim.publish(orders, OrderPlaced(order_id), id="1") for order_id in ("A-1", "A-2"))
    assert asked(db, inbox, one)
    with pytest.raises(MessageIdReused, match="'1' from 'producer'"):
        asked(db, inbox, other)


def test_a_record_without_an_id_is_refused(db, sim, records):
    bare = sim.forward("orders", Stored(b"A-1", b"{}", None, records[0].timestamp))
    with pytest.raises(UnreadableRecord, match="no CloudEvents"):
        asked(db, Inbox(db, "billing"), bare)


def test_once_wraps_a_handler(db, sim):
    orders = sim.create_topic("orders")
    inbox, billed = Inbox(db, "billing"), []
    sim.subscribe(orders, "billing", inbox.once(lambda record: billed.append(record.event.order_id)))
    for _ in range(2):
        sim.publish(orders, OrderPlaced("A-1"), id="1")
    assert sim.run().total == 2
    assert billed == ["A-1"]
    assert repr(inbox) == "Inbox of billing: 1 handled"
