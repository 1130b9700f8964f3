"""The coordinator: publishes the texts that wait, and judges into the office what comes back.

It keeps nothing in memory that matters. What is published stands on the bus, what is
judged in the office; so it can be killed anywhere, and a new one looks at both and goes on.
"""

import secrets
from contextlib import suppress

from sandbox.errors import UnreadableRecord, UsageError
from sandbox.messages import Record
from sandbox.ports import Bus
from sandbox.workshop.events import CellGraded, GradingGivenUp
from sandbox.workshop.fleet.messages import (
    TEXTS,
    TOPICS,
    GradeText,
    GradingBegun,
    TextGivenUp,
    TextGraded,
    asked,
    unpack,
)
from sandbox.workshop.office import Cell, Office


class Coordinator:
    """Brings all texts of an office that have no verdict to one, by the workers on `bus`.

    Also those that were given up: by another start they get another round.
    """

    def __init__(self, bus: Bus, office: Office) -> None:
        self.graded = self.given_up = 0
        self.workers: dict[str, str] = {}  # who was last heard of, and with which text
        self._bus, self._office = bus, office
        self._asked: dict[str, set[str]] = {}  # by cell: the rounds that are published
        self._over: dict[str, set[str]] = {}  # by cell: the rounds in which it was given up
        self._looked = False  # at what earlier coordinators have asked for
        self._wanted = {cell.cell: cell for cell in [*office.waiting(), *office.dead_letters()]}
        self.total = len(self._wanted)
        self._consumer = bus.consumer(TOPICS, f"office-{secrets.token_hex(4)}")

    @property
    def left(self) -> int:
        """How many texts have no verdict yet."""
        return len(self._wanted)

    def begin(self) -> int:
        """Look at what the bus has already, and publish what is missing; how much that was."""
        self.turn()
        published = sum(
            self._ask(cell) for cell in list(self._wanted.values()) if not self._is_asked(cell.cell)
        )
        self._looked = True
        return published

    def turn(self) -> int:
        """Judge what has come back; how many texts that has settled."""
        before = self.left
        for record in self._consumer.poll():
            with suppress(UnreadableRecord):  # nobody's, or of a newer version
                self._take(record)
        return before - self.left

    def clear(self) -> bool:
        """Take the texts off the bus again; not where another office has texts there that wait."""
        with suppress(UnreadableRecord):
            self.turn()
        settled = set(self._office.judged())
        if self.left or not set(self._asked) <= settled:
            return False
        for (topic, partition), position in self._consumer.position().items():
            self._bus.delete_records(topic, partition, position)
        return True

    def _is_asked(self, cell: str) -> bool:
        """Is there a round in which a worker will come to it, or has?"""
        return bool(self._asked.get(cell, set()) - self._over.get(cell, set()))

    def _ask(self, cell: Cell) -> bool:
        try:
            text = asked(cell, secrets.token_hex(4))
        except UsageError as error:
            self._settle(GradingGivenUp(cell.cell, cell.exercise, str(error).rstrip(".")), "")
            return False
        self._bus.publish(TEXTS, text, key=cell.cell, source="office")
        self._asked.setdefault(cell.cell, set()).add(text.round)
        return True

    def _take(self, record: Record) -> None:
        match record.event:
            case GradeText() as text:
                self._asked.setdefault(text.cell, set()).add(text.round)
            case GradingBegun() as note:
                self.workers[note.worker.partition("/")[0]] = note.cell
            case TextGraded() as answer if answer.graded.cell in self._wanted:
                self._settle(answer.graded, unpack(answer.packed))
            case TextGivenUp() as answer:
                cell = answer.given_up.cell
                self._over.setdefault(cell, set()).add(answer.round)
                if self._looked and cell in self._wanted and not self._is_asked(cell):
                    self._settle(answer.given_up, "")

    def _settle(self, event: CellGraded | GradingGivenUp, card: str) -> None:
        self._office.judge(event, card)
        self.graded += isinstance(event, CellGraded)
        self.given_up += isinstance(event, GradingGivenUp)
        del self._wanted[event.cell]
