"""A learner whose progress lies in a folder of its own, and a room of people who give verdicts."""

from datetime import UTC, datetime, timedelta

import pytest

from sandbox.grading import grade
from sandbox.grading.progress import listeners, note
from sandbox.messages import Envelope, Record, Stored
from sandbox.messages.event import Published
from sandbox.room import member
from sandbox.room.events import LearnerJoined, VerdictGiven
from sandbox.room.intake import Intake
from sandbox.store import SqliteDatabase
from tests.workshop.conftest import RIGHT, WRONG

START = datetime(2026, 11, 30, 9, tzinfo=UTC)
__all__ = ["RIGHT", "START", "WRONG", "Learner", "at", "record_of", "verdict"]


class Learner:
    """Somebody at a notebook."""

    def solve(self, source: str, exercise: str = "08.2") -> object:
        """Run an exercise's cell, as the magic does."""
        given = grade(exercise, source)
        note(given)
        return given

    def new_kernel(self) -> None:
        """The old one is gone, with all that it had in memory."""
        listeners.clear()
        if member._sender:
            member._sender.stop(0)
        member._sender, member._told = None, False
        member.resume()


@pytest.fixture
def learner(tmp_path, monkeypatch):
    monkeypatch.setenv("SANDBOX_PROGRESS", str(tmp_path / "ada" / "progress.json"))
    (tmp_path / "ada").mkdir()
    for name in ("SANDBOX_WORKSHOP", "SANDBOX_WORKSHOP_NAME"):
        monkeypatch.delenv(name, raising=False)
    made = Learner()
    made.new_kernel()
    yield made
    listeners.clear()
    if member._sender:
        member._sender.stop(0)
    member._sender, member._told = None, False


@pytest.fixture
def intake():
    return Intake(SqliteDatabase())


def at(minutes: float) -> str:
    """So many minutes after the beginning, as events say it."""
    return (START + timedelta(minutes=minutes)).isoformat(timespec="seconds")


def verdict(
    member: str, number: int, minutes: float, exercise: str, result: str, belief: str = ""
) -> VerdictGiven:
    """`m1`'s verdict; the pseudonym is the member's number in capitals."""
    return VerdictGiven(member, member.upper(), number, at(minutes), exercise, result, "", belief)


def record_of(event: VerdictGiven | LearnerJoined, offset: int = 0) -> Record:
    """The event as a bus gives it, from its member's outbox."""
    envelope = Envelope(f"{event.member}-{event.number}", event.member, event.type_name, START)
    return Record(
        "room", 0, offset, Stored(event.member.encode(), event.to_json(), envelope, START), Published()
    )
