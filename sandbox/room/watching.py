"""Watching: reads the bus again and again, whether or not it is there, and keeps the board up to date."""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from sandbox.errors import CommitRejected, SandboxError
from sandbox.room.board import Board, Rules
from sandbox.room.buses import check_address, open_bus, room_topic
from sandbox.room.intake import Intake, take_all
from sandbox.store import SqliteDatabase

AGAIN_S = 5.0  # after an attempt to reach a bus that is away


class Watch:
    """One reader of a room. `status` is empty, or says why nothing new can come."""

    def __init__(self, url: str, folder: Path, rules: Rules) -> None:
        """Raises `UsageError` for an address that is none."""
        self.url, self.rules = check_address(url), rules
        self.status = ""
        folder.mkdir(parents=True, exist_ok=True)
        self._db = SqliteDatabase(folder / "room.sqlite", patience=10)
        self.intake = Intake(self._db)
        self._bus = self._consumer = None
        self._not_before = 0.0

    def look(self) -> Board:
        """Take in what is there, and return the board. A bus that is away changes only `status`."""
        if time.monotonic() >= self._not_before:
            try:
                if self._consumer is None:
                    self._bus = open_bus(self.url)
                    self._consumer = self._bus.consumer(room_topic(self._bus), self.intake.group)
                take_all(self.intake, self._consumer.poll, self._consumer.commit)
                self.status = ""
            except CommitRejected:  # another dashboard has joined: what comes again is known
                pass
            except SandboxError as error:
                self._let_go()
                self.status = f"Nothing new comes in: {error}"
                self._not_before = time.monotonic() + AGAIN_S
        self.intake.catch_up()
        return Board.of(self.intake, self.rules)

    def boards(self, every: float, sleep: Callable[[float], object] = time.sleep) -> Iterator[Board]:
        """One board after the other, for ever."""
        while True:
            yield self.look()
            sleep(every)

    def close(self) -> None:
        """Let go of the bus and of the file."""
        self._let_go()
        self._db.close()

    def _let_go(self) -> None:
        if self._bus is not None:
            with suppress(SandboxError):
                self._bus.close()
        self._bus = self._consumer = None
