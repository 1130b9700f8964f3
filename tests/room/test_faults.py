"""The course's own explorer attacks the way of a verdict: outbox, relay, bus, inbox, store, projection."""

from sandbox.explore import Budget, MemoryDatabase, Scenario, World, explore
from sandbox.explore.checkers import Invariant
from sandbox.explore.search import Reach
from sandbox.sim import SimulatedBus

PROGRAM = """
from sandbox.patterns import Outbox, Relay
from sandbox.room.events import TOPIC, LearnerJoined, VerdictGiven
from sandbox.room.intake import Intake, take_all

def give(db, number, exercise, result, belief):
    with db.transaction():
        Outbox(db).add(TOPIC, VerdictGiven("m1", "heron", number, AT, exercise, result, "", belief), key="m1")

class Forwarding:  # the bus of an exercise forwards nothing, but it publishes under an id that is given
    def __init__(self, bus):
        self.bus = bus
    def forward(self, topic, message, source):
        event = VerdictGiven.from_json(message.value)
        self.bus.publish(topic, event, key=message.key, id=message.envelope.id)

def relay(db, bus):
    Relay(Outbox(db), Forwarding(bus)).run()

def look(db, bus):
    intake = Intake(db)
    with bus.consumer(TOPIC, intake.group) as consumer:
        take_all(intake, consumer.poll, consumer.commit)

AT = "2026-11-30T09:00:00+00:00"
"""
NO_INBOX = (
    PROGRAM
    + """
class Intake(Intake):
    def take(self, record):
        event = record.event
        self.store.append(event.member, [event], expected_version=self.store.version(event.member))
"""
)
COMMITS_FIRST = PROGRAM.replace(
    "take_all(intake, consumer.poll, consumer.commit)",
    "records = consumer.poll(); consumer.commit(); take_all(intake, lambda: records, lambda: None)",
)
GIVEN = (("08.2", "FAIL", "a belief"), ("08.2", "PASS", ""), ("08.3", "FAIL", "another"))


def room(seed: int) -> World:
    bus = SimulatedBus(seed)
    bus.create_topic("room", partitions=2)
    tables = "CREATE TABLE dashboard (number TEXT); INSERT INTO dashboard VALUES ('1');"
    return World(bus=bus, db=MemoryDatabase(tables, "room"))


def a_lesson(world: World, given: tuple) -> None:
    world.service("relay", lambda process: process.code.relay(process.db, process.bus))
    world.service("dashboard", lambda process: process.code.look(process.db, process.bus))
    for number, verdict in enumerate(given, start=1):
        world.request(
            "kernel", lambda kernel, n=number, v=verdict: kernel.code.give(kernel.db, n, *v), number
        )


def wrong_counts(world: World) -> str | None:
    """What was put down is stored once and shown once; nothing else is."""
    sure = set(world.told("ok"))
    stored = [
        row["id"] for row in world.db.execute("SELECT json_extract(data, '$.number') AS id FROM events")
    ]
    shown = [row["number"] for row in world.db.execute("SELECT number FROM given ORDER BY number")]
    if len(stored) != len(set(stored)) or sorted(stored) != shown:
        return f"stored {stored}, shown {shown}"
    return None if sure <= set(shown) else f"{sure - set(shown)} never came to the dashboard"


def explored(source: str, faults: set[str]) -> object:
    scenario = Scenario(
        world=room, story=a_lesson, faults=faults, checks=[Invariant("counts", wrong_counts)], events=GIVEN
    )
    return explore(scenario, source, Budget(Reach(schedules=400), seconds=60))


def test_no_crash_duplicate_delay_or_lost_answer_changes_a_count():
    found = explored(PROGRAM, {"crash", "duplicate", "delay", "fail publish", "fail commit", "rebalance"})
    assert found.verdict == "PASS", found
    assert found.schedules == 500  # every single fault, a sample of the pairs, and some by chance


def test_the_explorer_sees_a_dashboard_without_an_inbox():
    assert explored(NO_INBOX, {"duplicate", "crash"}).invariant == "counts"


def test_the_explorer_sees_a_dashboard_that_commits_first():
    assert explored(COMMITS_FIRST, {"crash"}).invariant == "counts"
