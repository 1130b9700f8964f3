"""A story as it is told: a transaction that ran through is one step, and what changes nothing ends no story.

Who is interrupted inside a transaction, struck there, or refused, is shown statement by
statement: there it matters. Step by step, everything can be seen in `replay`.
"""

from collections.abc import Sequence
from typing import NamedTuple

from sandbox.explore.database import is_read
from sandbox.explore.stepped import Statement
from sandbox.trace import FOLLOW, Raw, Trace

INDENT = " " * 18
DONE_INSIDE = frozenset({"execute", "read", "append"})


class Committed(NamedTuple):
    """All that one transaction has done."""

    steps: tuple[Raw, ...]

    @property
    def content(self) -> str:
        """`committed`, and its statements, one a line."""
        said = (
            _words(step) if step.action == "execute" else f"{step.action} {_words(step)}"
            for step in self.steps
        )
        return "\n".join(["committed", *(INDENT + words for words in said)])


def told(trace: Trace) -> Trace:
    """`trace` with one step for each transaction that ran through with nothing in between."""
    found = Trace(trace.keep)
    entries = trace.entries
    at = 0
    while at < len(entries):
        end = _end_of_transaction(entries, at)
        if end:
            inside = Committed(tuple(entries[at + 1 : end]))
            found.step(Raw(entries[at].actor, "transaction", "", None, 0, inside))
        else:
            found.step(entries[at])
        at = end + 1 if end else at + 1
    return found


def length_of_story(entries: Sequence[Raw], least: int, most: int) -> int:
    """How many of the entries to tell: from `least` on, those at the end that have only read are left out."""
    while most > least:
        last = entries[most - 1]
        if not _only_reads(last):
            start = _start_of_transaction(entries, least, most - 1)
            if start is None or not all(map(_only_reads, entries[start + 1 : most - 1])):
                break
            most = start
        else:
            most -= 1
    return most


def _end_of_transaction(entries: Sequence[Raw], at: int) -> int:
    """Where the transaction that begins here is committed; 0 where something comes in between."""
    first = entries[at]
    if first.action != "begin" or not first.label:
        return 0
    for i in range(at + 1, len(entries)):
        step = entries[i]
        if step.actor != first.actor or step.action not in DONE_INSIDE:
            return i if step.actor == first.actor and _is_commit(step) else 0
    return 0


def _start_of_transaction(entries: Sequence[Raw], least: int, end: int) -> int | None:
    """Where the transaction began that is committed at `end`; `None` where something came in between."""
    start = end
    while _is_commit(entries[end]) and start > least:
        start -= 1
        if _end_of_transaction(entries, start) == end:
            return start
    return None


def _is_commit(step: Raw) -> bool:
    return step.action == "transaction" and step.label == "committed"


def _only_reads(step: Raw) -> bool:
    """Does it leave everything as it was? An order between two actors does, too."""
    if isinstance(step.label, Statement):
        return is_read(step.label.sql)
    return step.action in ("read", FOLLOW)


def _words(step: Raw) -> str:
    words = step.label if isinstance(step.label, str) else step.label.content
    return words if isinstance(step.label, Statement) else f"{step.action} {words}"
