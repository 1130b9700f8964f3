"""`break_it`: a learner's schedule strikes a given program; what counts is what the customer sees."""

import pytest

from sandbox.explore import MemoryDatabase, Scenario, World
from sandbox.explore.checkers import no_ghost_message, no_lost_message
from sandbox.grading.breaking import READS, STRIKES, Survived, breaking, breaks
from sandbox.grading.submission import NotAttempted, load
from sandbox.sim import SimulatedBus

VICTIM = """
from dataclasses import dataclass
from sandbox import Event

@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str

def place_order(order_id, db, bus):
    db.execute("INSERT INTO orders VALUES (?)", [order_id])
    bus.publish("orders", OrderPlaced(order_id), key=order_id)
"""
LOST, GHOST = "no lost message", "no ghost message"


def shop(seed):
    bus = SimulatedBus(seed)
    bus.create_topic("orders")
    return World(bus=bus, db=MemoryDatabase("CREATE TABLE orders (order_id TEXT);", "shop"))


def story(world, orders):
    for order in orders:
        world.request("shop", lambda shop, order=order: shop.code.place_order(order, shop.db, shop.bus))


def stored(world):
    return [row["order_id"] for row in world.db.execute("SELECT * FROM orders")]


def said(world):
    return [message["order_id"] for message in world.said("orders")]


SCENARIO = Scenario(
    world=shop,
    story=story,
    events=("A-1", "A-2"),
    faults={"crash", "fail publish"},
    checks=[
        no_lost_message(stored, said, "{} is stored, and nobody hears of it."),
        no_ghost_message(said, stored, "{} is on the board, and nobody has ordered it."),
    ],
)


@pytest.fixture
def strike(tmp_path):
    """Grade a schedule: what it has done."""
    victim = tmp_path / "victim.py"
    victim.write_text(VICTIM)

    def strike(schedule, invariant=LOST):
        with load(f"def schedule():\n    return {schedule!r}", "08.1") as submission:
            breaking("schedule", SCENARIO, invariant, victim)(submission)
            return submission.strikes[-1]

    return strike


def test_a_schedule_that_breaks_it_is_scored_against_the_shortest(strike):
    done = strike("crash shop execute 2 after")
    assert done.ending == "A-2 is stored, and nobody hears of it."
    assert done.score == "schedule() breaks it with 1 fault. No schedule is shorter."


def test_a_longer_one_counts_and_is_told_that_there_is_a_shorter_one(strike):
    done = strike("fail shop publish 1 response\ncrash shop execute 2 after")
    assert done.score == "schedule() breaks it with 2 faults. It can be done with 1: try?"


@pytest.mark.parametrize(
    ("schedule", "broken", "says"),
    [
        (7, READS, "a schedule is text"),
        ("crash shop", READS, "no fault"),
        ("explode shop publish 1", READS, "explode"),
        ("drop shop publish 1", READS, "not in play here. What may strike: crash, fail publish"),
        ("crash shop publish 1 after\n" * 13, READS, "12 at most"),
        ("crash shop publish 9 before", STRIKES, "The steps are: shop execute 1, shop publish 1"),
        ("crash relay publish 1 before", STRIKES, "never struck"),
        ("fail shop publish 1 response", breaks(LOST), "survives it"),
    ],
)
def test_a_schedule_that_does_not_is_told_why(strike, schedule, broken, says):
    with pytest.raises(Survived, match=says) as refused:
        strike(schedule)
    assert refused.value.invariant == broken


def test_another_anomaly_than_the_one_asked_for_is_named(strike):
    with pytest.raises(Survived, match=r"breaks “no lost message” \(A-1 is stored.*asked for is “no ghost"):
        strike("crash shop execute 1 after", GHOST)


def test_an_empty_schedule_is_no_attempt_and_lists_the_steps(strike):
    with pytest.raises(NotAttempted, match="shop execute 1, shop publish 1, shop execute 2, shop publish 2"):
        strike("")
