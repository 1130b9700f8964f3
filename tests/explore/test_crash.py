"""A crash is a crash: memory is gone, what was written is kept, and the dead change nothing."""

from dataclasses import replace
from textwrap import dedent

import pytest

from sandbox.explore import Budget, MemoryDatabase, Reach, Scenario, World, explore
from sandbox.explore.checkers import no_duplicate_effect, no_lost_message
from sandbox.explore.limits import STATM, bounded_memory
from sandbox.explore.program import Program
from sandbox.sim import SimulatedBus

TABLE = "CREATE TABLE seen (item TEXT);"
ONLY_SINGLE = Budget(reach=Reach(depth=1, switches=0), by_chance=0)


def counting(story_calls=2):
    """`work(db, bus)` is called twice; every row that it writes is an effect."""

    def story(world, events):
        for event in events:
            world.request("worker", lambda worker: worker.code.work(worker.db, worker.bus), event)

    return Scenario(
        world=lambda seed: World(bus=SimulatedBus(seed), db=MemoryDatabase(TABLE)),
        story=story,
        events=tuple(range(story_calls)),
        faults={"crash"},
        checks=[no_duplicate_effect(lambda w: [r["item"] for r in w.db.execute("SELECT * FROM seen")])],
    )


# Each keeps, somewhere in memory, that the row is written. That holds as long as nothing crashes.
REMEMBERED = {
    "a global list": """
        seen = []

        def work(db, bus):
            if not seen:
                db.execute("INSERT INTO seen VALUES ('x')")
                seen.append(1)
    """,
    "a global name": """
        done = False

        def work(db, bus):
            global done
            if not done:
                db.execute("INSERT INTO seen VALUES ('x')")
                done = True
    """,
    "a new global name": """
        def work(db, bus):
            if "done" not in globals():
                db.execute("INSERT INTO seen VALUES ('x')")
                globals()["done"] = True
    """,
    "a default argument": """
        def work(db, bus, seen=[]):
            if not seen:
                db.execute("INSERT INTO seen VALUES ('x')")
                seen.append(1)
    """,
    "a keyword default": """
        def work(db, bus, *, seen={}):
            if not seen:
                db.execute("INSERT INTO seen VALUES ('x')")
                seen["x"] = 1
    """,
    "a replaced default": """
        def work(db, bus, done=False):
            if not done:
                db.execute("INSERT INTO seen VALUES ('x')")
                work.__defaults__ = (True,)
    """,
    "an attribute of a function": """
        def work(db, bus):
            if not hasattr(work, "done"):
                db.execute("INSERT INTO seen VALUES ('x')")
                work.done = True
    """,
    "a closure": """
        def make():
            done = False
            def work(db, bus):
                nonlocal done
                if not done:
                    db.execute("INSERT INTO seen VALUES ('x')")
                    done = True
            return work

        work = make()
    """,
    "a cache": """
        from functools import cache

        @cache
        def new(item):
            return [item]

        def work(db, bus):
            if new("x"):
                db.execute("INSERT INTO seen VALUES ('x')")
                new("x").clear()
    """,
    "an attribute of a class": """
        class Seen:
            done = False

        def work(db, bus):
            if not Seen.done:
                db.execute("INSERT INTO seen VALUES ('x')")
                Seen.done = True
    """,
    "a new attribute of a class": """
        class Seen:
            pass

        def work(db, bus):
            if not hasattr(Seen, "done"):
                db.execute("INSERT INTO seen VALUES ('x')")
                Seen.done = True
    """,
    "a mutable default of a method": """
        class Seen:
            def is_new(self, item, kept=[]):
                new = item not in kept
                kept.append(item)
                return new

        def work(db, bus):
            if Seen().is_new("x"):
                db.execute("INSERT INTO seen VALUES ('x')")
    """,
    "a member of an enumeration": """
        from enum import Enum

        class Step(Enum):
            FIRST = 1

        def work(db, bus):
            if not hasattr(Step.FIRST, "done"):
                db.execute("INSERT INTO seen VALUES ('x')")
                Step.FIRST.done = True
    """,
    "what an enumeration knows of itself": """
        from enum import Enum

        class Step(Enum):
            FIRST = 1

        def work(db, bus):
            if "done" not in Step._member_map_:
                db.execute("INSERT INTO seen VALUES ('x')")
                Step._member_map_["done"] = Step.FIRST
    """,
    "the defaults of a named tuple": """
        from collections import namedtuple

        Seen = namedtuple("Seen", "item")

        def work(db, bus):
            if not Seen._field_defaults:
                db.execute("INSERT INTO seen VALUES ('x')")
                Seen._field_defaults["item"] = "x"
    """,
    "an object": """
        from types import SimpleNamespace

        state = SimpleNamespace(done=False)

        def work(db, bus):
            if not state.done:
                db.execute("INSERT INTO seen VALUES ('x')")
                state.done = True
    """,
}


@pytest.mark.parametrize("where", REMEMBERED)
def test_nothing_in_memory_survives(where):
    found = explore(counting(), dedent(REMEMBERED[where]), ONLY_SINGLE)
    assert found.levels[0].tried == 1, "without a fault it holds"
    assert (found.verdict, found.invariant) == ("FAIL", "no duplicate effect"), found
    assert [fault.word for fault in found.plan.faults] == ["crash"]


@pytest.mark.parametrize("where", REMEMBERED)
def test_a_module_is_used_again_only_if_it_has_forgotten(where):
    program = Program(dedent(REMEMBERED[where]))

    def rows_of_a_new_process():
        loaded, db = program.load(), MemoryDatabase(TABLE)
        try:
            loaded.module.work(db, None)
            loaded.module.work(db, None)
            return len(db.execute("SELECT * FROM seen")), loaded
        finally:
            db.close()

    for _ in range(3):
        rows, loaded = rows_of_a_new_process()
        assert rows == 1
        program.give_back(loaded)


def test_a_list_that_is_known_by_two_names_is_not_put_back():
    program = Program("seen = []\nalso = {'list': seen}\nthird = fourth = set()")
    loaded = program.load()
    program.give_back(loaded)
    assert program.load() is not loaded


def test_a_module_that_remembers_nothing_is_used_again():
    program = Program(
        dedent("""
        from collections import namedtuple
        from dataclasses import dataclass
        from datetime import timedelta
        from enum import Enum, StrEnum, auto
        from typing import NamedTuple

        from sandbox import Event

        Price = namedtuple("Price", "drink cents", defaults=[420])

        class Line(NamedTuple):
            drink: str
            count: int = 1

        class Step(Enum):
            NEW = "new"
            PAID = "paid"

            def next(self):
                return Step.PAID

        class Size(StrEnum):
            SMALL = auto()

        @dataclass(frozen=True)
        class OrderPlaced(Event):
            order_id: str
            cents: int = 0

        PATIENCE = timedelta(seconds=3)
        TABLES = ("orders", frozenset({"outbox"}))
        FIRST = OrderPlaced("A-1")

        def work(db, bus, topic="orders"):
            assert (Price("mocha").cents, Line("mocha").count, Step("new").next(), Size("small")) == (
                420, 1, Step.PAID, Size.SMALL
            )
            return OrderPlaced("A-2").to_json()
        """)
    )
    loaded = program.load()
    loaded.module.work(None, None)
    program.give_back(loaded)
    assert program.load() is loaded


def test_what_was_changed_and_taken_away_is_put_back():
    program = Program("A = 1\nseen = {1}\n\ndef f(x=1): pass")
    loaded = program.load()
    module = loaded.module
    del module.A
    module.B, module.f = 2, None
    module.seen.add(2)
    old = module.seen
    program.give_back(loaded)
    assert program.load() is loaded
    assert (module.A, module.seen, hasattr(module, "B"), module.f.__name__) == (1, {1}, False, "f")
    assert module.seen is not old


def test_the_dead_change_nothing_whatever_they_catch():
    source = """
        def work(db, bus):
            for attempt in range(10):
                try:
                    with db.transaction():
                        db.execute("INSERT INTO seen VALUES ('x' || (SELECT count(*) FROM seen))")
                        bus.publish("said", Said("x"))
                    return
                except BaseException:
                    continue

        from dataclasses import dataclass
        from sandbox import Event

        @dataclass(frozen=True)
        class Said(Event):
            item: str
    """

    def world(seed):
        bus = SimulatedBus(seed)
        bus.create_topic("said")
        return World(bus=bus, db=MemoryDatabase(TABLE))

    def lost(world):  # a dead process that went on would have written its row after all
        crashed = any(step.action == "crash" for step in world.trace)
        return ["a row of the dead"] if crashed and not world.told("ok") and rows(world) else []

    def rows(world):
        return world.db.execute("SELECT * FROM seen")

    scenario = Scenario(
        world=world,
        story=lambda world, events: world.request("worker", lambda w: w.code.work(w.db, w.bus)),
        faults={"crash"},
        checks=[no_lost_message(lost, lambda world: ["a row of the dead"] if committed(world) else [])],
    )

    def committed(world):
        return any(step.action == "transaction" and step.label == "committed" for step in world.trace)

    assert explore(scenario, dedent(source), ONLY_SINGLE).verdict == "PASS"


HOSTILE = {
    "a loop without a call": "def work(db, bus):\n    while True:\n        pass",
    "a loop with calls": "def work(db, bus):\n    while True:\n        db.execute('SELECT 1')",
    "a loop that catches everything": """
def work(db, bus):
    while True:
        try:
            while True:
                pass
        except BaseException:
            continue
""",
}


@pytest.mark.parametrize("how", HOSTILE)
def test_code_that_never_comes_back_is_stopped(how):
    found = explore(counting(1), HOSTILE[how], ONLY_SINGLE)
    assert (found.verdict, found.invariant) == ("FAIL", "termination"), found


def test_where_nothing_may_strike_there_is_one_schedule():
    """For a story that does all the harm by itself."""
    found = explore(replace(counting(), faults=frozenset()), "def work(db, bus):\n    db.execute('SELECT 1')")
    assert (found.verdict, found.schedules) == ("PASS", 1), found


@pytest.mark.parametrize(
    ("sql", "verdict"),
    [
        ("UPDATE seen SET item = 'x'", "PASS"),  # what is there already: it has come to rest
        ("UPDATE seen SET item = item || 'x'", "FAIL"),
        ("INSERT INTO seen VALUES ('x')", "FAIL"),
    ],
)
def test_a_service_rests_when_it_writes_only_what_is_there(sql, verdict):
    """A relay that writes down its place at the end of each run does no harm."""

    def story(world, events):
        world.db.execute("INSERT INTO seen VALUES ('')")
        world.service("worker", lambda worker: worker.code.work(worker.db))

    scenario = Scenario(
        world=lambda seed: World(bus=SimulatedBus(seed), db=MemoryDatabase(TABLE)),
        story=story,
        faults={"crash"},
        checks=[no_lost_message(lambda world: [], lambda world: [])],
    )
    found = explore(scenario, f"def work(db):\n    db.execute({sql!r})", ONLY_SINGLE)
    assert found.verdict == verdict, found
    assert verdict == "PASS" or found.invariant == "termination"


def test_a_service_that_ends_each_time_it_is_started_says_by_what():
    scenario = Scenario(
        world=lambda seed: World(bus=SimulatedBus(seed), db=MemoryDatabase(TABLE)),
        story=lambda world, events: world.service("worker", lambda w: w.code.work(w.db)),
        faults={"crash"},
        checks=[no_duplicate_effect(lambda world: [])],
    )
    found = explore(scenario, "def work(db):\n    raise KeyError('item')", ONLY_SINGLE)
    assert (found.verdict, found.invariant) == ("FAIL", "termination")
    assert found.story.endswith("The last round of worker ended with KeyError: 'item'")


@pytest.mark.parametrize(
    "greedy",
    [
        "def work(db, bus):\n    db.execute('SELECT 1')\n    return bytearray(8 << 30)",
        "def work(db, bus):\n    kept = []\n    while True:\n        db.execute('SELECT 1')\n"
        "        kept.append(bytearray(1 << 26))",
    ],
)
@pytest.mark.skipif(not STATM.exists(), reason="memory is bounded on Linux only")
def test_runaway_memory_has_a_verdict_of_its_own(greedy):
    with bounded_memory():
        found = explore(counting(1), greedy, ONLY_SINGLE)
    assert (found.verdict, found.invariant) == ("FAIL", "bounded memory"), found
    assert len(bytearray(2 << 30)) == 2 << 30, "the bound is gone with the submission"


def test_deep_recursion_is_an_error_of_the_submission():
    found = explore(counting(1), "def work(db, bus):\n    return work(db, bus)", ONLY_SINGLE)
    assert found.verdict == "FAIL"
    assert "RecursionError" in found.story


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_of_its_own_gives_no_verdict():
    source = """
from threading import Thread

def work(db, bus):
    thread = Thread(target=lambda: db.execute("INSERT INTO seen VALUES ('x')"))
    thread.start()
    thread.join()
"""
    found = explore(counting(1), source, ONLY_SINGLE)
    assert found.verdict == "UNKNOWN"
    assert "thread" in found.why


def test_a_callback_that_is_never_called_gives_no_verdict():
    """It used to fail by termination, with the reason nowhere to be read."""
    source = """
def work(db, bus):
    bus.consumer("orders", group="bar", on_assigned=print).close()
"""
    found = explore(counting(1), source, ONLY_SINGLE)
    assert found.verdict == "UNKNOWN"
    assert "on_assigned is not called in an exercise" in found.why


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("def work(db, bus:", "can't be loaded"),
        ("1 / 0", "can't be loaded"),
        ("raise SystemExit", "can't be loaded"),
        ("def work(db, bus):\n    raise NotImplementedError('exercise 08.2: do it')", "exercise 08.2: do it"),
        ("def work(db, bus):\n    pass", "touches nothing"),
    ],
)
def test_what_can_not_be_tried_is_unknown(source, why):
    found = explore(counting(1), source, ONLY_SINGLE)
    assert found.verdict == "UNKNOWN"
    assert why in found.why
