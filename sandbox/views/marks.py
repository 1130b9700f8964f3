"""What each kind of step looks like: the grammar of all timelines.

A mark knows how wide it is, draws itself around a point, and says in a legend what it is.
"""

import re
from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from sandbox.trace import Step
from sandbox.views import ink

BOX = 28  # high
LABEL_MAX = 22
TRANSACTION_MAX = 44
FLAG = 30  # the room of a flag behind a transaction
READS = ("SELECT", "read")
VERB = r"\s*(INSERT|REPLACE|UPDATE|DELETE|SELECT)\b"
TABLE = re.compile(VERB + r"(?:.*?\b(?:INTO|FROM)\b)?\s*(\w+)", re.IGNORECASE | re.DOTALL)
CHANGE = re.compile(r"\bSET\s+(.*?)(?:\s+WHERE\b|\s*[\[{]|$)", re.IGNORECASE | re.DOTALL)
VALUES = re.compile(r"\s([\[{].*[\]}])$", re.DOTALL)


class Mark(NamedTuple):
    """One step, ready to be drawn with its middle at a point."""

    width: int
    draw: Callable[[int, int], str]
    meaning: str  # for the legend


def mark_of(step: Step, undone: bool = False) -> Mark:
    """The mark of `step`; `undone` is a write that was never committed."""
    match step.action:
        case "publish":
            return _box(step.place, _event_name(step), "published", "filled box: published")
        case "handle":
            return _box(step.place, step.action, "taken", "empty box: handled")
        case "poll" if step.place:
            return _box(step.place, step.action, "taken", "empty box: polled")
        case "execute":
            head, values = _statement(step.label)
            return _written(head, values, undone, "square box: a statement or a call")
        case "commit":
            return _sign(ink.flag, "commit", "flag: committed")
        case "transaction" if step.label == "committed":
            return _sign(ink.flag, "commit", "flag: committed")
        case "transaction" if step.label.startswith("committed\n"):
            return _transaction(step.label.splitlines()[1:])
        case "crash":
            return _sign(ink.cross, "crash", "cross: crashed")
        case "fault":
            return _sign(ink.bolt, step.label, "bolt: a fault")
        case "refused" | "stop" | "transaction" | "begin" | "abort":
            return _sign(ink.diamond, _words(step), "diamond: as it says")
        case _ if step.label:
            return _written(step.action, step.label, False, "square box: a statement or a call")
        case _:
            return _sign(ink.diamond, _words(step), "diamond: as it says")


def _words(step: Step) -> str:
    return step.label if step.action in ("transaction", "refused") else step.action


def _event_name(step: Step) -> str:
    """`OrderPlaced A-1` of `OrderPlaced(order_id='A-1', total=10)`: the first value mostly names a thing."""
    name, _, fields = step.label.partition("(")
    first = re.match(r"\w+=(?:'([^']*)'|(\d+))", fields)
    return f"{name} {first[1] or first[2]}" if first else name


def _statement(label: str) -> tuple[str, str]:
    """`INSERT orders` and `'A-1', 420` of a statement with its values."""
    table, change, values = TABLE.match(label), CHANGE.search(label), VALUES.search(label)
    head = f"{table[1].upper()} {table[2]}" if table else label.split(" ", 1)[0]
    below = [change[1]] if change else []
    below += [values[1][1:-1]] if values else []
    return head, " | ".join(below)


def _box(words: str, below: str, kind: str, meaning: str) -> Mark:
    below = ink.shortened(below, LABEL_MAX)
    body = int(len(words) * ink.CHAR) + 18

    def draw(x: int, y: int) -> str:
        return ink.box(x, y, body, BOX, kind, words) + ink.text(x, y + BOX // 2 + 14, below, "small halo")

    return Mark(max(body, int(len(below) * ink.SMALL)), draw, meaning)


def _written(words: str, below: str, undone: bool, meaning: str) -> Mark:
    words, below = ink.shortened(words, LABEL_MAX), ink.shortened(below, LABEL_MAX)
    if undone:
        below, meaning = "undone", "dashed: undone"
    body = int(len(words) * ink.CHAR) + 14

    def draw(x: int, y: int) -> str:
        kind = "undone" if undone else "written"
        shape = ink.square(x, y, body, BOX, kind, words)
        return shape + ink.text(x, y + BOX // 2 + 14, below, "small halo")

    return Mark(max(body, int(len(below) * ink.SMALL)), draw, meaning)


def _transaction(done: list[str]) -> Mark:
    """A transaction that ran through: what it has written, and the first values of it, with a flag."""
    statements = [_statement(line.strip()) for line in done]
    writes = [(head, values) for head, values in statements if head.split()[0] not in READS]
    heads = Counter(head for head, _ in writes)
    named = [f"{head} ×{count}" if count > 1 else head for head, count in heads.items()]
    words = ink.shortened(", ".join(named) or "only reads", TRANSACTION_MAX)
    below = ink.shortened(writes[0][1] if writes else "", LABEL_MAX)
    body = max(int(len(words) * ink.CHAR) + 14, int(len(below) * ink.SMALL))

    def draw(x: int, y: int) -> str:
        left = x - (body + FLAG) // 2
        ground = ink.band(left - 8, y - BOX // 2 - 7, body + FLAG + 8, BOX + 28)
        middle = left + body // 2
        shape = ink.square(middle, y, body, BOX, "written", words)
        said = ink.text(middle, y + BOX // 2 + 14, below, "small halo")
        return ground + shape + said + ink.flag(left + body + FLAG // 2, y)

    return Mark(body + FLAG + 16, draw, "grey, with a flag: one transaction, committed")


def _sign(shape: Callable[[int, int], str], words: str, meaning: str) -> Mark:
    words = ink.shortened(words, LABEL_MAX)

    def draw(x: int, y: int) -> str:
        return shape(x, y) + ink.text(x, y + BOX // 2 + 14, words, "small halo")

    return Mark(max(20, int(len(words) * ink.SMALL)), draw, meaning)
