"""What is noted on texts, so that the count of the workers that died over one outlives them."""

from collections import defaultdict

from sandbox.workshop.fleet.messages import GradingBegun, GradingDisowned, GradingDone

Request = tuple[str, str]  # cell and round


class Notes:
    """Who has begun what, who is alive, what is done. A note that comes twice counts once."""

    def __init__(self) -> None:
        self._begun: dict[Request, set[str]] = defaultdict(set)
        self._disowned: dict[Request, set[str]] = defaultdict(set)
        self._done: set[Request] = set()

    def take(self, note: object) -> None:
        """Take in one note; what is none is passed by."""
        match note:
            case GradingBegun():
                self._begun[note.cell, note.round].add(note.worker)
            case GradingDisowned():
                self._disowned[note.cell, note.round].add(note.worker)
            case GradingDone():
                self._done.add((note.cell, note.round))

    def is_done(self, request: Request) -> bool:
        """Is what became of it published?"""
        return request in self._done

    def deaths(self, request: Request) -> int:
        """How often somebody has begun it, and was not heard of again."""
        return len(self._begun[request] - self._disowned[request])
