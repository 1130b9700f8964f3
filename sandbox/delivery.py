"""Running a handler, the same way on every bus: who is at work, and because of what.

While a handler runs, what it publishes has the handled record as its cause and the
handler's group as its source, without the learner passing them along.
"""

from contextvars import ContextVar
from dataclasses import dataclass

from sandbox.messages import Record
from sandbox.ports import Handler
from sandbox.trace import Trace

NOBODY = "producer"  # who publishes where no one is named


@dataclass(frozen=True, slots=True)
class Delivery:
    """The record being handled, and who handles it."""

    actor: str
    record: Record


_current: ContextVar[Delivery | None] = ContextVar("delivery", default=None)


def deliver(record: Record, handle: Handler, *, actor: str, trace: Trace) -> None:
    """Call `handle` with `record`; its exception comes out, with a note of what follows."""
    trace.record(actor, "handle", record.place)
    token = _current.set(Delivery(actor, record))
    try:
        handle(record)
    except Exception as error:
        error.add_note(
            f"{actor} was handling {record!r}. It is not committed: the next run() delivers it again."
        )
        raise
    finally:
        _current.reset(token)


def author_and_cause(source: str | None, cause: Record | None) -> tuple[str, Record | None]:
    """Who publishes and why: what the caller says, else what the running handler implies."""
    delivery = _current.get()
    if delivery is None:
        return source or NOBODY, cause
    return source or delivery.actor, cause or delivery.record
