"""What a learner's machine says to the room. These fields are all that ever leaves it.

`member` is a random number of this membership, `learner` the pseudonym that others see.
`number` counts what a member has said, so that a reader puts it in order however it comes.
"""

from dataclasses import dataclass

from sandbox.messages import Event

TOPIC = "room"


@dataclass(frozen=True)
class LearnerJoined(Event, type="room.LearnerJoined"):
    """Somebody takes part from now on."""

    member: str
    learner: str
    number: int
    at: str  # in UTC and ISO 8601, to the second; by the learner's clock


@dataclass(frozen=True)
class VerdictGiven(Event, type="room.VerdictGiven"):
    """An exercise was run, and this was the verdict on it."""

    member: str
    learner: str
    number: int
    at: str
    exercise: str
    result: str  # PASS, FAIL or UNKNOWN
    invariant: str  # in the course's own words; empty unless it is a FAIL
    misconception: str  # likewise


@dataclass(frozen=True)
class LearnerLeft(Event, type="room.LearnerLeft"):
    """Somebody takes part no longer: the dashboard forgets all of it."""

    member: str
    number: int
    at: str
