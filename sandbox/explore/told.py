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
        return "\n".join(["committed", *(INDENT + _words(step) for step in self.steps)])


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
        last = most - 1
        first = last if _only_reads(entries[last]) else _transaction_that_reads(entries, least, last)
        if first is None:
            break
        most = first
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


def _transaction_that_reads(entries: Sequence[Raw], least: int, end: int) -> int | None:
    """Where the transaction began that is committed at `end` and has only read, or `None`."""
    first = end - 1
    while first > least and _only_reads(entries[first]):
        first -= 1
    return first if first >= least and _end_of_transaction(entries, first) == end else None


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
