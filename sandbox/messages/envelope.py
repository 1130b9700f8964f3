"""What is written on the outside of an event: the attributes of CloudEvents 1.0.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md#context-attributes
The last three are extensions; in a header their names have no underscore, as the
specification wants it (`correlationid`).
"""

from datetime import datetime

import msgspec


class Envelope(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Who said what, when, and because of what.

    A struct, since the log keeps one for each record: it is made ten times as fast as a
    frozen dataclass, and the garbage collector needn't look at it.
    """

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
        values = ((name, getattr(self, name)) for name in self.__struct_fields__)
        return "\n".join(f"{name:<15}{_text(value)}" for name, value in values if value is not None)


def seal(
    type_name: str,
    id: str,
    source: str,
    time: datetime,
    subject: str | None = None,
    cause: Envelope | None = None,
) -> Envelope:
    """The envelope of a new message; what `cause` led to belongs to its conversation.

    A message without a cause starts a conversation: its own id is the correlation id.
    """
    if cause is None:
        return Envelope(id, source, type_name, time, subject, id)
    return Envelope(
        id, source, type_name, time, subject, cause.correlation_id or cause.id, cause.id, cause.traceparent
    )


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return str(value)
