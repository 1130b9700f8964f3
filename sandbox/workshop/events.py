"""What happens in a workshop's office, as events."""

from dataclasses import dataclass

from sandbox.messages import Event


@dataclass(frozen=True)
class SubmissionReceived(Event, type="workshop.SubmissionReceived"):
    """A learner has handed in a file with exercises in it."""

    learner: str
    file: str  # its name, as it came
    received: str  # when, in UTC and ISO 8601
    late: bool
    cells: dict[str, str]  # exercise: the number of its text
    remark: str = ""  # what somebody should know of it


@dataclass(frozen=True)
class FileSetAside(Event, type="workshop.FileSetAside"):
    """A file, or some of its cells, can't be graded; somebody has to look at it."""

    learner: str
    file: str
    reason: str


@dataclass(frozen=True)
class CellGraded(Event, type="workshop.CellGraded"):
    """The verdict on one text. Whoever has handed in the same text has the same verdict."""

    cell: str
    exercise: str
    result: str  # PASS, FAIL or UNKNOWN
    invariant: str
    story: str
    misconception: str
    confinement: str
    seconds: float


@dataclass(frozen=True)
class GradingGivenUp(Event, type="workshop.GradingGivenUp"):
    """Workers have died or hung over this text again and again: a dead letter, with its reason."""

    cell: str
    exercise: str
    reason: str
