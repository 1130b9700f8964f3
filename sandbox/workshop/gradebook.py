"""The gradebook: a projection of the office's events. Of several submissions the last one counts."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sandbox.workshop.events import CellGraded, FileSetAside, GradingGivenUp, SubmissionReceived
from sandbox.workshop.office import Office
from sandbox.workshop.similar import Likeness, alike

NOT_GRADED = "not graded"


@dataclass(frozen=True)
class Mark:
    """What one learner has got for one exercise."""

    exercise: str
    result: str  # PASS, FAIL, UNKNOWN, or why there is none
    cell: str = ""
    file: str = ""
    late: bool = False
    graded: CellGraded | None = None
    earlier: int = 0  # submissions of it before this one
    remark: str = ""

    @property
    def points(self) -> int:
        """1 for a PASS, else 0."""
        return int(self.result == "PASS")


@dataclass
class Gradebook:
    """Everybody's marks, and everything that somebody should look at."""

    marks: dict[str, dict[str, Mark]] = field(default_factory=dict)  # by learner and exercise
    missing: list[str] = field(default_factory=list)  # who has handed in nothing
    strangers: list[str] = field(default_factory=list)  # who has handed in, and is on no list
    set_aside: list[FileSetAside] = field(default_factory=list)
    dead_letters: list[GradingGivenUp] = field(default_factory=list)
    alike: list[Likeness] = field(default_factory=list)

    @classmethod
    def of(cls, office: Office, roster: Sequence[str] = ()) -> "Gradebook":
        """As the events say by now. `roster`: who should have handed in."""
        received = sorted(office.events(SubmissionReceived), key=lambda event: event.received)
        graded = {event.cell: event for event in office.events(CellGraded)}
        given_up = {event.cell: event for event in office.events(GradingGivenUp)}
        marks: dict[str, dict[str, Mark]] = defaultdict(dict, {learner: {} for learner in roster})
        for event in received:
            for exercise, cell in event.cells.items():
                before = marks[event.learner].get(exercise)
                verdict = graded.get(cell)
                result = verdict.result if verdict else "given up" if cell in given_up else NOT_GRADED
                earlier = before.earlier + 1 if before else 0
                marks[event.learner][exercise] = Mark(
                    exercise, result, cell, event.file, event.late, verdict, earlier, event.remark
                )
        aside = office.events(FileSetAside)
        for event in aside:
            marks[event.learner]  # a row of one's own, were everything set aside
        here = {event.learner for event in received} | {event.learner for event in aside}
        return cls(
            marks=dict(sorted(marks.items())),
            missing=sorted(set(roster) - here),
            strangers=sorted(here - set(roster)) if roster else [],
            set_aside=aside,
            dead_letters=list(given_up.values()),
            alike=alike(office, marks),
        )

    @property
    def exercises(self) -> list[str]:
        """Those that somebody has handed in, in their order."""
        return sorted({exercise for row in self.marks.values() for exercise in row})

    def pass_rates(self) -> dict[str, tuple[int, int]]:
        """For each exercise: how many have passed, of how many who handed it in."""
        rates = {}
        for exercise in self.exercises:
            got = [row[exercise].result for row in self.marks.values() if exercise in row]
            rates[exercise] = (got.count("PASS"), len(got))
        return rates

    def misconceptions(self) -> list[tuple[str, str, int]]:
        """Exercise, belief, and how many seem to hold it; the most common first."""
        found = Counter(
            (mark.exercise, mark.graded.misconception)
            for row in self.marks.values()
            for mark in row.values()
            if mark.graded and mark.graded.misconception
        )
        return [(exercise, belief, count) for (exercise, belief), count in found.most_common()]


def by_reason(told: Iterable[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """Learner, file and reason; files of one learner with the same reason in one line: `a.md and 29 more`."""
    files: dict[tuple[str, str], list[str]] = defaultdict(list)
    for learner, file, reason in told:
        files[learner, reason].append(file)
    return [
        (learner, names[0] + (f" and {len(names) - 1} more" if len(names) > 1 else ""), reason)
        for (learner, reason), names in files.items()
    ]
