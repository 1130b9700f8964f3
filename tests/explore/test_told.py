"""A story as it is told: what ran through is one step, what is struck or interrupted is shown in full."""

import pytest

from sandbox.explore import MemoryDatabase, Scenario, World, explore
from sandbox.explore.told import length_of_story, told
from sandbox.trace import Trace

SCHEMA = "CREATE TABLE orders (order_id TEXT PRIMARY KEY); CREATE TABLE outbox (order_id TEXT);"
PLACE = """
def place(order_id, db):
    with db.transaction():
        db.execute("INSERT INTO orders VALUES (?)", [order_id])
        db.execute("INSERT INTO outbox VALUES (?)", [order_id])
{then}


def relay(db):
    db.execute("SELECT * FROM outbox")
"""
REFUSED = """
def place(order_id, db):
    db.execute("INSERT INTO orders VALUES ('A-0')")
    with db.transaction():
        db.execute("INSERT INTO orders VALUES (?)", [order_id])
        raise ValueError("sold out")


def relay(db):
    db.execute("SELECT * FROM outbox")
"""


def nothing_may_stand_in(table):
    """A check that fails as soon as there is a row."""

    def check(world):
        return f"{table} has a row" if world.db.execute(f"SELECT * FROM {table}") else None

    check.invariant = "an empty table"
    return check


def story(world, orders):
    world.service("relay", lambda relay: relay.code.relay(relay.db))
    for order in orders:
        world.request("shop", lambda shop, order=order: shop.code.place(order, shop.db), order)


def failure(source, faults=frozenset(), table="orders"):
    world = lambda seed: World(db=MemoryDatabase(SCHEMA, "shop"))  # noqa: E731
    found = explore(Scenario(world, story, [nothing_may_stand_in(table)], faults, ("A-1",)), source)
    assert found.verdict == "FAIL", found
    return found


def test_a_transaction_that_ran_through_is_one_step_with_its_statements():
    found = failure(PLACE.format(then=""))
    (step,) = found.trace.steps
    assert (step.actor, step.action) == ("shop", "transaction")
    assert [line.strip() for line in step.label.splitlines()] == [
        "committed",
        "INSERT INTO orders VALUES (?) ['A-1']",
        "INSERT INTO outbox VALUES (?) ['A-1']",
    ]


def test_replay_still_has_every_statement():
    found = failure(PLACE.format(then=""))
    assert [step.action for step in found.run.trace.steps] == ["begin", "execute", "execute", "transaction"]


WORKS = """

def relay(db):
    while db.execute("SELECT * FROM outbox"):
        db.execute("DELETE FROM outbox")
    {then}
"""


@pytest.mark.parametrize("then", ["pass", "db.execute('SELECT * FROM orders')"])
def test_what_a_service_reads_after_the_last_change_is_not_told(then):
    source = PLACE.format(then="").partition("def relay")[0] + WORKS.format(then=then)
    steps = [(step.actor, step.action) for step in failure(source).trace.steps]
    assert steps == [("shop", "transaction"), ("relay", "execute"), ("relay", "execute")]


def test_a_read_before_the_last_write_is_told():
    then = "    db.execute('SELECT * FROM orders')\n    db.execute('DELETE FROM outbox')"
    found = failure(PLACE.format(then=then))
    assert [step.action for step in found.trace.steps] == ["transaction", "execute", "execute"]


def test_what_a_request_reads_at_its_end_is_told():
    found = failure(PLACE.format(then="    return db.execute('SELECT * FROM orders')"))
    assert [step.action for step in found.trace.steps] == ["transaction", "execute"]


def test_a_transaction_that_is_not_committed_is_told_in_full():
    actions = [step.action for step in failure(REFUSED).trace.steps]
    assert actions == ["execute", "begin", "execute", "transaction"]


@pytest.mark.parametrize("who, what", [("shop", "publish"), ("relay", "crash"), ("relay", "execute")])
def test_what_comes_in_between_keeps_it_apart(who, what):
    trace = Trace()
    trace.record("shop", "begin", label="a transaction of shop")
    trace.record("shop", "execute", label="INSERT INTO orders")
    trace.record(who, what)
    trace.record("shop", "transaction", label="committed")
    assert len(told(trace)) == 4


def test_what_was_read_and_appended_inside_is_named_once():
    trace = Trace()
    trace.record("shop", "begin", label="a transaction of shop")
    trace.record("shop", "read", label="all after 0")
    trace.record("shop", "append", label="mocha")
    trace.record("shop", "transaction", label="committed")
    (step,) = told(trace).steps
    assert [line.strip() for line in step.label.splitlines()] == [
        "committed",
        "read all after 0",
        "append mocha",
    ]


READING = [("begin", "a transaction of shop"), ("read", "all after 0"), ("transaction", "committed")]
WRITING = [("begin", "a transaction of shop"), ("append", "mocha"), ("transaction", "committed")]


@pytest.mark.parametrize(
    ("steps", "least", "told_of"),
    [
        (READING, 0, 0),
        (WRITING, 0, 3),
        (WRITING + READING, 0, 3),
        (WRITING + READING + [("read", "position")], 0, 3),
        ([*WRITING, READING[0], READING[-1]], 4, 5),  # nor is half a transaction
        (WRITING + READING, 5, 6),  # it began before what may be left out
        ([("read", "position"), ("transaction", "committed")], 0, 2),  # nobody knows where that began
    ],
)
def test_a_story_ends_with_its_last_change(steps, least, told_of):
    trace = Trace()
    for action, label in steps:
        trace.record("shop", action, label=label)
    assert length_of_story(trace.entries, least, len(steps)) == told_of
