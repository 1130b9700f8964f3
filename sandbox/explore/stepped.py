"""A process's view of a port: the same calls, and each of them is a step.

Nothing can be kept on such a view, and the next instance gets another one.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from sandbox.clock import Clock
from sandbox.errors import DatabaseLocked
from sandbox.explore.database import MemoryDatabase, is_read
from sandbox.explore.event_store import MemoryEventStore, SteppedEventStore
from sandbox.explore.stepped_bus import SteppedBus
from sandbox.ports import Charge, Gateway, Refund, Row

if TYPE_CHECKING:
    from sandbox.explore.process import Process


def stepped(port: object, process: "Process") -> object:
    """The view of `port` for `process`."""
    if hasattr(port, "publish"):
        return SteppedBus(port, process)
    if isinstance(port, MemoryDatabase):
        return SteppedDatabase(port, process)
    if isinstance(port, MemoryEventStore):
        return SteppedEventStore(port, process)
    if hasattr(port, "charge"):
        return SteppedGateway(port, process)
    return SteppedPort(port, process)


class SteppedDatabase:
    """A database; see `sandbox.ports.Database`.

    While another process is in a transaction, a call waits until that one is over.
    """

    __slots__ = ("_db", "_process")

    def __init__(self, db: MemoryDatabase, process: "Process") -> None:
        self._db, self._process = db, process

    def __repr__(self) -> str:
        return f"Database {self._db.name}"

    @property
    def name(self) -> str:
        """Whose database it is."""
        return self._db.name

    @property
    def in_transaction(self) -> bool:
        """Is this process in a transaction?"""
        return self._db.holder is self._process

    def execute(self, sql: str, parameters: Sequence | Mapping = ()) -> list[Row]:
        process = self._process
        quiet = self._db.holder is process or is_read(sql)
        label = Statement(sql, parameters)
        return process.step("execute", self._execute, sql, parameters, quiet=quiet, label=label)

    def execute_many(self, sql: str, rows: Iterable[Sequence | Mapping]) -> int:
        process, rows = self._process, list(rows)
        quiet, label = self._db.holder is process, Statement(sql, rows)
        return process.step("execute", self._execute_many, sql, rows, quiet=quiet, label=label)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        db, process = self._db, self._process
        process.step("begin", self._begin, quiet=True, label=f"a transaction of {db.name}")
        try:
            yield
            process.step("transaction", self._commit, label="committed")
        except BaseException:
            if db.holder is process:
                db.holder = None
                db.rollback()
                process.note("transaction", "rolled back")
            raise

    def close(self) -> None:
        """Nothing to let go of: the database belongs to the world."""

    def _execute(self, sql: str, parameters: Sequence | Mapping) -> list[Row]:
        self._wait()
        return self._db.execute(sql, parameters)

    def _execute_many(self, sql: str, rows: list) -> int:
        self._wait()
        return self._db.execute_many(sql, rows)

    def _begin(self) -> None:
        self._wait()
        self._db.begin()
        self._db.holder = self._process

    def _commit(self) -> None:
        self._db.holder = None
        self._db.commit()

    def _wait(self) -> None:
        holder = self._db.holder
        if holder is None or holder is self._process:
            return
        if not self._process.wait_until(lambda: self._db.holder is None, holder):
            raise DatabaseLocked(f"{self._db.name} is locked: {holder.name} is writing. Try again later.")


class SteppedGateway:
    """A payment provider; see `sandbox.ports.Gateway`."""

    __slots__ = ("_gateway", "_process")

    def __init__(self, gateway: Gateway, process: "Process") -> None:
        self._gateway, self._process = gateway, process

    @property
    def ledger(self) -> tuple[Charge | Refund, ...]:
        """What the provider has really done."""
        return tuple(self._gateway.ledger)

    def charge(self, account: str, cents: int, *, idempotency_key: str) -> Charge:
        do = partial(self._gateway.charge, account, cents, idempotency_key=idempotency_key)
        return self._process.step("charge", do, label=f"key {idempotency_key}: {cents} of {account}")

    def refund(self, charge_id: str, *, idempotency_key: str) -> Refund:
        do = partial(self._gateway.refund, charge_id, idempotency_key=idempotency_key)
        return self._process.step("refund", do, label=f"key {idempotency_key}: {charge_id}")


class SteppedClock:
    """The clock of the process's machine."""

    __slots__ = ("_clock", "_process")

    def __init__(self, clock: Clock, process: "Process") -> None:
        self._clock, self._process = clock, process

    def now(self) -> datetime:
        """The time there, in UTC, with the skew that has struck it."""
        moment = self._process.step("now", self._clock.now, quiet=True)
        return moment + timedelta(milliseconds=self._process.skew_ms)


class SteppedPort:
    """Any other port: each of its methods is an action."""

    __slots__ = ("_port", "_process")

    def __init__(self, port: object, process: "Process") -> None:
        self._port, self._process = port, process

    def __getattr__(self, name: str) -> object:
        value = getattr(self._port, name)
        if name.startswith("_") or not callable(value):
            return value

        def call(*args: object, **options: object) -> object:
            said = ", ".join([*map(repr, args), *(f"{name}={option!r}" for name, option in options.items())])
            call = partial(value, *args, **options)
            return self._process.step(name, call, label=lambda result: _with_answer(said, result))

        return call


def _with_answer(said: str, result: object) -> str:
    if result is None:
        return said
    return f"{said}: {result!r}" if said else repr(result)


class Statement(msgspec.Struct, frozen=True, gc=False):
    """What was executed, put into words only when somebody looks."""

    sql: str
    parameters: object

    @property
    def content(self) -> str:
        """The statement in one line, with its values."""
        sql = " ".join(self.sql.split())
        return f"{sql} {self.parameters!r}" if self.parameters else sql
