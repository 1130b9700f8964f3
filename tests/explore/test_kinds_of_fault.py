"""Each kind of fault finds the bug that is made for it, and nothing where it isn't in the space."""

from textwrap import dedent

import pytest

from sandbox.errors import UsageError
from sandbox.explore import MemoryDatabase, Scenario, World, explore
from sandbox.explore.checkers import Invariant
from sandbox.explore.space import Space
from sandbox.explore.steps import Seen
from sandbox.sim import SimulatedBus

EVENT = """
from dataclasses import dataclass

from sandbox import Event
from sandbox.errors import BrokerUnreachable

@dataclass(frozen=True)
class Sold(Event):
    cup: int
    at: str = ""
"""


STOCK = "CREATE TABLE stock (cups INTEGER); INSERT INTO stock VALUES (2);"


def world(seed):
    bus = SimulatedBus(seed)
    bus.create_topic("sold", partitions=2)
    return World(
        bus=bus, db=MemoryDatabase("CREATE TABLE stock (cups INTEGER); INSERT INTO stock VALUES (2);")
    )


def cups(world):
    return world.db.execute("SELECT cups FROM stock")[0]["cups"]


def two_tills_at_once(world, events):
    world.together(
        {
            name: lambda name=name: world.request(name, lambda till: till.code.sell(till.db, till.bus), name)
            for name in ("till", "till-2")
        }
    )


def one_after_the_other(world, events):
    for cup in (1, 2):
        world.request(f"till {cup}", lambda till, cup=cup: till.code.say(till.bus, cup), cup)
    world.service("reader", lambda reader: reader.code.read(reader.bus, reader.db))


def oversold(world):
    sold = len(world.told("ok"))
    return f"{sold} cups were sold, and {cups(world)} of 2 are left" if sold + cups(world) != 2 else None


def said(world):
    return [said["cup"] for said in world.said("sold")]


def some_missing(world):
    missing = [cup for cup in world.told("ok") if cup not in said(world)]
    return f"cup {missing[0]} was never announced" if missing else None


def out_of_time(world):
    times = {said["cup"]: said["at"] for said in world.said("sold")}
    return "cup 2 was sold before cup 1" if {1, 2} <= set(times) and times[2] < times[1] else None


def seen_in_disorder(world):
    return "2 was seen before 1" if cups(world) == 21 else None


READ_THEN_WRITE = """
def sell(db, bus):
    left = db.execute("SELECT cups FROM stock")[0]["cups"]
    db.execute("UPDATE stock SET cups = ?", [left - 1])
"""
IN_ONE_GO = """
def sell(db, bus):
    with db.transaction():
        left = db.execute("SELECT cups FROM stock")[0]["cups"]
        db.execute("UPDATE stock SET cups = ?", [left - 1])
"""
SAY = """
def say(bus, cup):
    bus.publish("sold", Sold(cup, bus.clock.now().isoformat()), key=str(cup))

def read(bus, db):
    pass
"""
SAY_AND_SWALLOW = """
def say(bus, cup):
    try:
        bus.publish("sold", Sold(cup), key=str(cup))
    except BrokerUnreachable:
        pass

def read(bus, db):
    pass
"""
BELIEVES_THE_ORDER_OF_ARRIVAL = """
def say(bus, cup):
    bus.publish("sold", Sold(cup), key=str(cup))

def read(bus, db):
    with bus.consumer("sold", group="reader") as reader:
        for record in reader.poll():
            db.execute("UPDATE stock SET cups = (cups % 10) * 10 + ?", [record.event.cup])
            reader.commit(record)
"""
CASES = {
    "switch": (two_tills_at_once, "conservation", oversold, READ_THEN_WRITE),
    "drop": (one_after_the_other, "no lost message", some_missing, SAY),
    "split": (one_after_the_other, "no lost message", some_missing, SAY_AND_SWALLOW),
    "fail publish request": (one_after_the_other, "no lost message", some_missing, SAY_AND_SWALLOW),
    "skew": (one_after_the_other, "order per key", out_of_time, SAY),
    "delay": (one_after_the_other, "order per key", seen_in_disorder, BELIEVES_THE_ORDER_OF_ARRIVAL),
}


def scenario(kind, faults):
    story, invariant, check, _ = CASES[kind]
    return Scenario(world, story, [Invariant(invariant, check)], faults)


@pytest.mark.parametrize("kind", CASES)
def test_it_finds_its_bug(kind):
    _, invariant, _, source = CASES[kind]
    found = explore(scenario(kind, {kind}), EVENT + dedent(source))
    assert (found.verdict, found.invariant) == ("FAIL", invariant), found
    assert {fault.word for fault in found.plan.faults} <= {kind.split()[0]}
    assert len(found.plan.faults) <= 1 or kind == "skew"


@pytest.mark.parametrize("kind", CASES)
def test_without_it_the_bug_is_not_found(kind):
    found = explore(scenario(kind, set()), EVENT + dedent(CASES[kind][3]))
    assert found.verdict == "PASS" or kind == "delay", found  # which the seeds do as well


def test_what_is_done_in_one_go_survives_every_interleaving():
    assert explore(scenario("switch", {"switch"}), EVENT + dedent(IN_ONE_GO)).verdict == "PASS"


def test_a_kind_that_was_never_met_gives_no_verdict():
    found = explore(scenario("switch", {"switch", "drop"}), EVENT + dedent(IN_ONE_GO))
    assert found.verdict == "UNKNOWN"
    assert "could meet: drop" in found.why


def test_a_kind_that_does_not_exist_is_refused():
    with pytest.raises(UsageError, match="no kind of fault"):
        Space({"explode"})


def test_a_kind_that_names_its_way_strikes_a_step_once():
    found = Space({"duplicate publish late"}).at(Seen("till", "publish", 1))
    assert list(map(str, found)) == ["duplicate till publish 1 late"]


class Shelf:
    def __init__(self):
        self.taken = []

    def take(self, cup):
        self.taken.append(cup)


def test_a_call_that_comes_late_stands_behind_all_that_was_done_before():
    source = """
    from sandbox.errors import GatewayTimeout

    def sell(shelf, db):
        try:
            shelf.take(1)
        except GatewayTimeout:
            db.execute("UPDATE stock SET cups = 1")
    """
    found = explore(
        Scenario(
            world=lambda seed: World(shelf=Shelf(), db=MemoryDatabase(STOCK)),
            story=lambda world, _: world.request("till", lambda till: till.code.sell(till.shelf, till.db)),
            checks=[Invariant("conservation", lambda w: "both" if w.shelf.taken and cups(w) == 1 else None)],
            faults={"fail take late"},
        ),
        dedent(source),
    )
    assert str(found.plan) == "seed 0; fail till take 1 late"
    assert [step.actor for step in found.trace.steps] == ["till", "till", "till, late"]
