"""What is written on the outside of an event: the attributes of CloudEvents 1.0.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md#context-attributes
The last three are extensions; in a header their names have no underscore, as the
specification wants it (`correlationid`).
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who said what, when, and because of what."""

    id: str  # unique for its source, and the same when it is sent again
    source: str  # who published it
    type: str  # what it is: OrderPlaced
    time: datetime  # when it was published, in UTC
    subject: str | None = None  # what it is about: A-1
    correlation_id: str | None = None  # the conversation: the id of its first message
    causation_id: str | None = None  # the direct parent: the id that led to this one
    traceparent: str | None = None  # W3C trace context, handed on as it came

    def __repr__(self) -> str:
        """One attribute a line; what is absent is left out."""
        values = ((f.name, getattr(self, f.name)) for f in fields(self))
        return "\n".join(f"{name:<15}{_text(value)}" for name, value in values if value is not None)


def seal(
    type_name: str,
    *,
    new_id: Callable[[], str],
    source: str,
    time: datetime,
    subject: str | None,
    cause: Envelope | None,
) -> Envelope:
    """The envelope of a new message; what `cause` led to belongs to its conversation.

    A message without a cause starts a conversation: its own id is the correlation id.
    """
    id = new_id()
    return Envelope(
        id=id,
        source=source,
        type=type_name,
        time=time,
        subject=subject,
        correlation_id=(cause.correlation_id or cause.id) if cause else id,
        causation_id=cause.id if cause else None,
        traceparent=cause.traceparent if cause else None,
    )


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return str(value)
