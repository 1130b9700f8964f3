"""What every process manager promises: the package's, and the smallest one, as a lesson builds it."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from sandbox import Command, Event
from sandbox.errors import UnreadableRecord, UsageError
from sandbox.patterns import ProcessManager, Reaction, Relay, TimedOut
from tests.patterns import smallest
from tests.patterns.world import crash_everywhere


@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str


@dataclass(frozen=True)
class MakeDrink(Command):
    order_id: str


@dataclass(frozen=True)
class DrinkMade(Event):
    order_id: str


@dataclass(frozen=True)
class CallGuest(Command):
    order_id: str


@dataclass(frozen=True)
class Visit:
    step: str
    called: int = 0


def react(visit, event):
    """Have the drink made, then call the guest; call again where nothing moves."""
    match event:
        case OrderPlaced(order_id) if visit is None:
            return Reaction(Visit("making"), [("kitchen", MakeDrink(order_id))], wake_in_ms=60_000)
        case DrinkMade(order_id) if visit == Visit("making"):
            return Reaction(Visit("made"), [("counter", CallGuest(order_id))], wake_in_ms=5_000)
        case TimedOut(order_id) if visit.step == "made" and visit.called < 2:
            again = replace(visit, called=visit.called + 1)
            return Reaction(again, [("counter", CallGuest(order_id))], wake_in_ms=5_000)
    return None


RELAYS = {ProcessManager: Relay, smallest.ProcessManager: smallest.Relay}


def order_of(event):
    return getattr(event, "order_id", None)


@pytest.fixture(params=[ProcessManager, smallest.ProcessManager], ids=["package", "smallest"])
def make_manager(request):
    return request.param


@pytest.fixture
def topics(sim):
    return {name: sim.create_topic(name) for name in ("orders", "kitchen", "counter")}


def made(make, db, sim=None, kind=Visit, react=react):
    return make(db, "visits", kind, react, about=order_of, clock=sim and sim.clock)


def said(bus, topic):
    with bus.consumer(topic, group="test") as reader:
        return [record.event for record in reader.poll()]


def test_events_in_commands_out(db, sim, topics, make_manager):
    manager = made(make_manager, db, sim)
    for event in (OrderPlaced("A-1"), OrderPlaced("A-2"), DrinkMade("A-1")):
        manager.handle(sim.publish("orders", event))
    RELAYS[make_manager](manager.outbox, sim).run()
    assert said(sim, "kitchen") == [MakeDrink("A-1"), MakeDrink("A-2")]
    assert said(sim, "counter") == [CallGuest("A-1")]
    assert (manager.state("A-1"), manager.state("A-2")) == (Visit("made"), Visit("making"))
    assert manager.state("A-3") is None


def test_an_event_that_comes_twice_moves_it_once(db, sim, topics, make_manager):
    """Also where the state would allow it again: the count of an even simpler machine."""

    def count(state, event):
        return Reaction(Visit("counted", (state.called if state else 0) + 1))

    manager = made(make_manager, db, sim, react=count)
    record = sim.publish("orders", OrderPlaced("A-1"))
    again = sim.forward("orders", record.stored)
    for one in (record, record, again):
        manager.handle(one)
    assert manager.state("A-1").called == 1


def test_what_fails_leaves_nothing_behind(db, sim, topics, make_manager):
    def fail(state, event):
        raise ZeroDivisionError

    record = sim.publish("orders", OrderPlaced("A-1"))
    with pytest.raises(ZeroDivisionError):
        made(make_manager, db, sim, react=fail).handle(record)
    manager = made(make_manager, db, sim)
    manager.handle(record)
    assert manager.state("A-1") == Visit("making")


def test_each_command_goes_out_wherever_it_crashes(tmp_path, make_manager):
    """Once, for a reader that knows ids: the relay may say it twice."""

    def story(world):
        bus = world.bus
        for name in ("orders", "kitchen", "counter"):
            bus.create_topic(name)
        for event in (OrderPlaced("A-1"), OrderPlaced("A-2"), DrinkMade("A-1")):
            bus.publish("orders", event, id=repr(event))
        manager = made(make_manager, world.db("visits"))
        with bus.consumer("orders", group="visits") as consumer:
            for record in consumer.poll():
                manager.handle(record)
                consumer.commit(record)
        RELAYS[make_manager](manager.outbox, bus).run()

    for world in crash_everywhere(tmp_path, story):
        for topic, commands in (
            ("kitchen", [MakeDrink("A-1"), MakeDrink("A-2")]),
            ("counter", [CallGuest("A-1")]),
        ):
            with world.bus.consumer(topic, group="test") as reader:
                by_id = {record.envelope.id: record.event for record in reader.poll()}
            assert sorted(map(repr, by_id.values())) == sorted(map(repr, commands)), world.at


# Beyond the few lines: time, conversations, error checks


def test_time_comes_as_an_event(db, sim, topics):
    manager = made(ProcessManager, db, sim)
    manager.handle(sim.publish("orders", OrderPlaced("A-1")))
    manager.handle(sim.publish("orders", DrinkMade("A-1")))
    assert manager.next_wake() == sim.clock.now() + timedelta(seconds=5)
    woken = []
    for _ in range(5):
        sim.clock.advance(4_000)
        woken.append(manager.wake())
    Relay(manager.outbox, sim).run()
    assert woken == [0, 1, 0, 1, 0]
    assert len(said(sim, "counter")) == 3
    assert manager.state("A-1") == Visit("made", called=2)
    sim.clock.advance(60_000)
    assert [manager.wake(), manager.wake()] == [1, 0]  # nobody reacts: it is not woken again
    assert manager.next_wake() is None


def test_what_comes_in_time_stops_the_alarm(db, sim, topics):
    def once(state, event):
        if isinstance(event, OrderPlaced):
            return Reaction(Visit("making"), wake_in_ms=1_000)
        return Reaction(Visit("late" if isinstance(event, TimedOut) else "done"))

    manager = made(ProcessManager, db, sim, react=once)
    manager.handle(sim.publish("orders", OrderPlaced("A-1")))
    manager.handle(sim.publish("orders", DrinkMade("A-1")))
    sim.clock.advance(10_000)
    assert manager.wake() == 0
    assert manager.state("A-1") == Visit("done")


def test_all_that_it_says_belongs_to_the_conversation_it_began_in(db, sim, topics):
    manager = made(ProcessManager, db, sim)
    placed = sim.publish("orders", OrderPlaced("A-1"))
    manager.handle(placed)
    manager.handle(sim.publish("orders", DrinkMade("A-1"), cause=placed))
    sim.clock.advance(10_000)
    manager.wake()
    envelopes = [waiting.message.envelope for waiting in manager.outbox.waiting()]
    assert {envelope.correlation_id for envelope in envelopes} == {placed.envelope.id}
    assert [envelope.subject for envelope in envelopes] == ["A-1"] * 3


def test_events_that_are_about_no_process_are_passed_by(db, sim, topics):
    manager = made(ProcessManager, db, sim)
    manager.handle(sim.publish("orders", TimedOut("x")))
    manager.handle(sim.publish("orders", MakeDrink("A-1")))
    manager.handle(sim.publish("orders", DrinkMade("A-9")))
    assert manager.states() == {}
    assert repr(manager) == "Process manager visits: 0 processes"


def test_a_reaction_that_is_none_is_refused(db, sim, topics):
    manager = made(ProcessManager, db, sim, react=lambda state, event: Visit("made"))
    with pytest.raises(UsageError, match="Have it return Reaction"):
        manager.handle(sim.publish("orders", OrderPlaced("A-1")))


def test_a_state_that_would_be_read_back_as_another_is_refused(db, sim, topics):
    manager = made(ProcessManager, db, sim, react=lambda state, event: Reaction(Visit(("a", "b"))))
    with pytest.raises(UsageError, match="read back"):
        manager.handle(sim.publish("orders", OrderPlaced("A-1")))
    assert manager.states() == {}


def test_a_state_of_an_older_class_says_so(db, sim, topics):
    @dataclass(frozen=True)
    class NewVisit:
        step: str
        table: int

    made(ProcessManager, db, sim).handle(sim.publish("orders", OrderPlaced("A-1")))
    with pytest.raises(UnreadableRecord, match="A-1 in visits"):
        made(ProcessManager, db, sim, kind=NewVisit).state("A-1")
