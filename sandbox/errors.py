"""Every error that the sandbox raises, and the two questions each one answers.

    SandboxError
    ├── UsageError              the call was wrong; nothing happened
    │   ├── InvalidEvent        not a frozen dataclass, or not storable as JSON
    │   ├── InvalidKey          a key is text or bytes
    │   ├── InvalidHeader       a header is a name with text or bytes
    │   ├── InvalidOffset       a position that no log can have
    │   ├── NotAssigned         this member doesn't read that partition
    │   ├── UnknownTopic        no topic of that name on this bus
    │   ├── TopicExists         the name is taken, with other partitions
    │   ├── MemberExists        the name is taken by another open consumer
    │   ├── NotInTransaction    two writes that belong together would not be one
    │   └── ConsumerClosed      it was closed, or it crashed
    ├── ConcurrencyConflict     the stream has another version than the writer expected
    ├── ProjectionBehind        the read model has not come as far as was asked for
    ├── CheckpointAhead         the read model has come further than its store
    ├── MessageIdReused         another message had this id: it would pass for a duplicate
    ├── UnreadableRecord        the bytes are there; no event can be made of them
    ├── OffsetOutOfRange        the position is not in the log, and nothing says where to go
    ├── CommitRejected          the group gave the partition to someone else
    ├── StaleDelivery           the visibility timeout has passed: it is somebody else's now
    ├── ProducerFenced          a newer producer has the same transactional id
    ├── RunDidNotEnd            records were still waiting at the limit
    ├── ConstraintViolated      the database refuses a row: unique, check, not null, foreign key
    ├── DatabaseLocked          another connection is writing
    ├── DatabaseFailed          the disk is full, or the file is damaged
    ├── PaymentDeclined         the provider says no, and will say so again
    ├── IdempotencyKeyReused    the key stands for another request
    ├── GatewayTimeout          the provider has not answered; it may have done it
    ├── NotSupportedHere        this bus can't be told to do that
    ├── CacheUnreachable        no answer; it may or may not have happened
    └── BrokerUnreachable       no answer; it may or may not have happened

    Crashed                     a planned crash: no Exception, so that nobody survives it

`definite` says whether the operation *definitely* did not happen. After an indefinite
error it may have happened, may never happen, or may still happen: the same bit that
Maelstrom's errors carry. `retriable` says whether the same call may succeed later.
"""


class SandboxError(Exception):
    """What happened, with the values, and the next step."""

    definite = True
    retriable = False


class UsageError(SandboxError):
    """The call itself was wrong: nothing happened, and it will fail again."""


class InvalidEvent(UsageError):
    """The object is no event, or a field can't be written down as JSON."""


class InvalidKey(UsageError):
    """A key is text, bytes or `None`."""


class InvalidHeader(UsageError):
    """A header is a name with text or bytes, and no name of CloudEvents' own."""


class InvalidOffset(UsageError):
    """An offset that the partition does not have."""


class NotAssigned(UsageError):
    """The partition belongs to another member, or to none."""


class UnknownTopic(UsageError):
    """No topic of that name exists on this bus."""


class TopicExists(UsageError):
    """A topic of that name exists, with another number of partitions."""


class MemberExists(UsageError):
    """An open consumer of that group has that name."""


class NotInTransaction(UsageError):
    """What must be written together with something else was to be written alone."""


class ConsumerClosed(UsageError):
    """The consumer or producer was closed or has crashed: it can't be used again."""


class ConcurrencyConflict(SandboxError):
    """Someone else appended to the stream first."""

    def __init__(self, message: str, *, stream: str, expected: int, actual: int) -> None:
        super().__init__(message)
        self.stream = stream
        self.expected = expected
        self.actual = actual


class ProjectionBehind(SandboxError):
    """The read model has not yet taken in the event that was asked for."""

    retriable = True


class CheckpointAhead(SandboxError):
    """The read model knows events that the store doesn't have."""


class MessageIdReused(SandboxError):
    """A message has the id of another one, so that one of the two would be lost as a duplicate."""


class UnreadableRecord(SandboxError):
    """The record is in the log, but its bytes make no event that this program knows."""


class OffsetOutOfRange(SandboxError):
    """The position is not in the log, and `auto_offset_reset="none"` forbids to choose one."""


class CommitRejected(SandboxError):
    """The group has given the partition to another member since it was read."""


class StaleDelivery(SandboxError):
    """The time to answer a message was up, or it has been answered."""


class ProducerFenced(SandboxError):
    """A newer producer has taken the transactional id over: this one is a zombie."""


class RunDidNotEnd(SandboxError):
    """`run` stopped at its limit while records were still waiting."""

    retriable = True


class NotSupportedHere(SandboxError):
    """This bus can't be told to do that; the message says why and where it can."""


class BrokerUnreachable(SandboxError):
    """No answer from the broker: what was asked may or may not have happened."""

    definite = False
    retriable = True


class CacheUnreachable(SandboxError):
    """No answer from the cache: what was asked may or may not have happened."""

    definite = False
    retriable = True


class ConstraintViolated(SandboxError):
    """The database refused a row: unique, check, not null or foreign key."""


class DatabaseLocked(SandboxError):
    """Another connection is writing: nothing was done, and later it may be."""

    retriable = True


class DatabaseFailed(SandboxError):
    """The disk is full, or the file is damaged: what was asked for may be half known."""

    definite = False


class PaymentDeclined(SandboxError):
    """The provider refused the payment: a business answer, and a final one."""


class IdempotencyKeyReused(SandboxError):
    """The provider knows the idempotency key from another request; this one was not done."""


class GatewayTimeout(SandboxError):
    """The provider has not answered in time: the money may have moved or not."""

    definite = False
    retriable = True


class Crashed(BaseException):
    """A fault that was asked for: this actor's process has died. It is no `Exception`,
    since a dead process doesn't handle one."""
