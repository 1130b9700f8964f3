"""The board: who is where, what is believed now, who is stuck, and how many have passed.

The rules are stated, and said on the board itself. What is shown to the class has no
row for anybody, and no number that fewer than `k` people stand behind.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sandbox.errors import UsageError
from sandbox.room.intake import Intake


@dataclass(frozen=True)
class Rules:
    """When somebody is called stuck, when silent, and how many people a number needs."""

    failures: int = 3  # tries in a row without a pass, at one exercise
    minutes: int = 10  # since the first of them
    silent: int = 45  # minutes after the last verdict, from which on nobody is called stuck
    k: int = 5

    def __post_init__(self) -> None:
        for name in ("failures", "minutes", "silent", "k"):
            if getattr(self, name) < 1:
                raise UsageError(f"{name} is a whole number, 1 or more, not {getattr(self, name)}.")

    @property
    def stuck(self) -> str:
        """The rule, in words."""
        return (
            f"Stuck: at the exercise of the last verdict, {self.failures} tries in a row without a pass, or "
            f"{self.minutes} minutes since the first of them. Silent: no verdict for {self.silent} minutes."
        )

    @property
    def few(self) -> str:
        """What is held back from the class, in words."""
        return f"No number behind which fewer than {self.k} people stand is shown."


@dataclass(frozen=True)
class Square:
    """One learner at one exercise."""

    result: str  # of the last try
    tries: int
    passed: bool  # ever
    failing: int  # tries in a row without a pass, up to now
    since: datetime  # the first of those, or the last try
    last: datetime
    misconception: str = ""
    invariant: str = ""


@dataclass
class Line:
    """One learner."""

    learner: str  # the pseudonym, numbered where two have the same
    squares: dict[str, Square] = field(default_factory=dict)
    here: str = ""  # the exercise of the last verdict
    last: datetime | None = None
    state: str = "new"  # new, working, stuck, silent
    why: str = ""  # stuck


@dataclass
class Board:
    """The room at one moment."""

    rules: Rules
    now: datetime
    lines: list[Line]
    exercises: list[str]

    @classmethod
    def of(cls, intake: Intake, rules: Rules | None = None, now: datetime | None = None) -> "Board":
        """As the read models say by now."""
        rules, now = rules or Rules(), now or datetime.now(UTC)
        tries: dict[str, dict[str, list[dict]]] = defaultdict(lambda: defaultdict(list))
        for row in intake.db.execute("SELECT * FROM given ORDER BY member, number"):
            tries[row["member"]][row["exercise"]].append(row)
        lines, names = [], Counter()
        for row in intake.db.execute(
            "SELECT member, learner FROM present WHERE NOT gone ORDER BY at, member"
        ):
            names[row["learner"]] += 1
            again = f" ({names[row['learner']]})" if names[row["learner"]] > 1 else ""
            lines.append(_line(row["learner"] + again, tries.get(row["member"], {}), rules, now))
        exercises = sorted({exercise for line in lines for exercise in line.squares})
        return cls(rules, now, sorted(lines, key=lambda line: line.learner.casefold()), exercises)

    @property
    def stuck(self) -> list[Line]:
        """Who is stuck, the longest first."""
        found = [line for line in self.lines if line.state == "stuck"]
        return sorted(found, key=lambda line: line.squares[line.here].since)

    def pass_rates(self) -> dict[str, tuple[int, int]]:
        """For each exercise: how many have passed it, of how many who tried."""
        rates = {}
        for exercise in self.exercises:
            squares = [line.squares[exercise] for line in self.lines if exercise in line.squares]
            rates[exercise] = (sum(square.passed for square in squares), len(squares))
        return rates

    def beliefs(self) -> list[tuple[str, str, int]]:
        """What is believed now: exercise, misconception, and at how many last tries it stands."""
        found = Counter(
            (exercise, square.misconception)
            for line in self.lines
            for exercise, square in line.squares.items()
            if square.misconception
        )
        return sorted(((e, belief, n) for (e, belief), n in found.items()), key=lambda row: (-row[2], row))

    def shown_rates(self) -> list[tuple[str, int, str]]:
        """The pass rates that the class may see: exercise, at least how many per cent, and the words.

        Neither who has passed nor who has not may be a group of fewer than `k`.
        """
        k, shown = self.rules.k, []
        for exercise, (passed, of) in self.pass_rates().items():
            if of < k:
                continue
            if passed >= k and of - passed >= k:
                least, words = passed, f"{passed} of {of}"
            elif of < 2 * k:
                least, words = 0, f"{of} have tried"
            elif passed < k:
                least, words = 0, f"under {k} of {of}"
            else:
                least, words = of - k + 1, f"over {of - k} of {of}"
            shown.append((exercise, 100 * least // of, words))
        return shown

    def shown_beliefs(self) -> list[tuple[str, str, int]]:
        """The misconceptions that the class may see."""
        return [row for row in self.beliefs() if row[2] >= self.rules.k]


def _line(learner: str, tries: dict[str, list[dict]], rules: Rules, now: datetime) -> Line:
    line = Line(learner)
    if not tries:
        return line
    line.squares = {exercise: _square(rows) for exercise, rows in tries.items()}
    line.here = max(tries, key=lambda exercise: tries[exercise][-1]["number"])
    here = line.squares[line.here]
    line.last, line.state = here.last, "working"
    waited = now - here.since
    if now - here.last > timedelta(minutes=rules.silent):
        line.state = "silent"
    elif not here.passed and here.failing >= rules.failures:
        line.state, line.why = "stuck", f"{here.failing} tries in a row without a pass"
    elif not here.passed and waited >= timedelta(minutes=rules.minutes):
        line.state, line.why = "stuck", f"{waited.total_seconds() // 60:.0f} minutes without a pass"
    return line


def _square(rows: list[dict]) -> Square:
    last, failing = rows[-1], 0
    for row in reversed(rows):
        if row["result"] == "PASS":
            break
        failing += 1
    return Square(
        last["result"],
        len(rows),
        any(row["result"] == "PASS" for row in rows),
        failing,
        _moment(rows[-failing or -1]),
        _moment(last),
        last["misconception"],
        last["invariant"],
    )


def _moment(row: dict) -> datetime:
    return datetime.fromisoformat(row["at"])
