"""A world in which every call on a port is a step, and the process may die before or after it.

`crash_everywhere` runs a story once without a crash, which counts its steps, and then once
for each step and each side of it. After a crash the story is told again from the start,
as a process is that comes back; files and logs are as the crash left them.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from sandbox import connect
from sandbox.clock import OPENING
from sandbox.errors import ConcurrencyConflict, Crashed
from sandbox.messages.envelope import seal
from sandbox.ports import StoredEvent
from sandbox.store import SqliteDatabase

STEPS_MAX = 500


def database(path: Path) -> SqliteDatabase:
    """A service's database, without the wait for the disk that a power cut would need."""
    return SqliteDatabase(path, patience=0, synchronous="OFF")


class Steps:
    """Counts the steps; the process dies before or after one of them."""

    def __init__(self, crash_at: int = 0, how: str = "") -> None:
        self.count = 0
        self._crash_at = (crash_at, how)

    def before(self) -> None:
        self.count += 1
        assert self.count < STEPS_MAX, "the story does not end"
        self._die("before")

    def after(self) -> None:
        self._die("after")

    def _die(self, how: str) -> None:
        if (self.count, how) == self._crash_at:
            self._crash_at = (0, "")
            raise Crashed(f"crash {how} step {self.count}")


class SteppedDatabase:
    """A database whose every call is a step."""

    def __init__(self, db, steps: Steps) -> None:
        self._db, self._steps = db, steps
        self.name = db.name

    @property
    def in_transaction(self):
        return self._db.in_transaction

    def execute(self, sql, parameters=()):
        self._steps.before()
        rows = self._db.execute(sql, parameters)
        self._steps.after()
        return rows

    @contextmanager
    def transaction(self):
        with self._db.transaction():
            yield
            self._steps.before()
        self._steps.after()


class SteppedBus:
    """A bus where to publish and to forward is a step."""

    def __init__(self, bus, steps: Steps) -> None:
        self._bus, self._steps = bus, steps

    def __getattr__(self, name):
        return getattr(self._bus, name)

    def publish(self, *args, **kwargs):
        return self._step(self._bus.publish, args, kwargs)

    def forward(self, *args, **kwargs):
        return self._step(self._bus.forward, args, kwargs)

    def _step(self, call, args, kwargs):
        self._steps.before()
        record = call(*args, **kwargs)
        self._steps.after()
        return record


class World:
    """One simulated bus and as many databases as are asked for, all stepped."""

    def __init__(self, folder: Path, crash_at: int = 0, how: str = "") -> None:
        self.steps = Steps(crash_at, how)
        self.bus = SteppedBus(connect("sim://", seed=crash_at), self.steps)
        self.at = f"crash {how} step {crash_at}" if how else "no crash"
        self._folder = folder
        self._databases: dict[str, SteppedDatabase] = {}

    def db(self, name: str) -> SteppedDatabase:
        """The database of that name: the same one after a restart."""
        if name not in self._databases:
            self._databases[name] = SteppedDatabase(database(self._folder / f"{name}.sqlite"), self.steps)
        return self._databases[name]

    def close(self) -> None:
        for db in self._databases.values():
            db._db.close()


def crash_everywhere(folder: Path, story: Callable[[World], object]) -> Iterator[World]:
    """The world as the story left it: without a crash, and with one at every step."""
    todo = [(0, "")]
    for number, (crash_at, how) in enumerate(todo):
        place = folder / str(number)
        place.mkdir()
        world = World(place, crash_at, how)
        try:
            story(world)
        except Crashed:
            story(world)
        if not how:
            steps = range(1, world.steps.count + 1)
            todo += [(step, how) for step in steps for how in ("before", "after")]
        yield world
        world.close()


class TinyEventStore:
    """`sandbox.ports.EventStore` in a list."""

    def __init__(self) -> None:
        self.events: list[StoredEvent] = []

    def append(self, stream, events, *, expected_version, cause=None, source=None):
        actual = self.version(stream)
        if actual != expected_version:
            raise ConcurrencyConflict(
                f"{stream} is at version {actual}, not {expected_version}",
                stream=stream,
                expected=expected_version,
                actual=actual,
            )
        for number, event in enumerate(events, start=actual + 1):
            position = len(self.events) + 1
            envelope = seal(event.type_name, f"event-{position}", source or "store", OPENING)
            self.events.append(StoredEvent(stream, number, position, event, envelope))
        return self.events[len(self.events) - len(events) :]

    def read(self, stream, *, after=0):
        return (stored for stored in self.events if stored.stream == stream and stored.version > after)

    def version(self, stream):
        return sum(stored.stream == stream for stored in self.events)

    def read_all(self, *, after=0, limit=None):
        return islice((stored for stored in self.events if stored.position > after), limit)

    def position(self):
        return len(self.events)
