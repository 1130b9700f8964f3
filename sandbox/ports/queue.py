"""A queue, as RabbitMQ and SQS have it: the broker hands a message out, and forgets it once it is acked.

    here                  RabbitMQ                          SQS
    receive               basic.get, or a push              ReceiveMessage
    ack                   basic.ack                         DeleteMessage
    nack, requeue         basic.nack, requeue=true          ChangeMessageVisibility 0
    nack, no requeue      basic.nack, requeue=false         (none: let it run out of deliveries)
    visibility timeout    consumer timeout (the channel     visibility timeout
                          closes; 30 min)
    max_deliveries        delivery-limit (quorum queues)    maxReceiveCount of the redrive policy
    dead letters          dead-letter exchange              dead-letter queue
    time to live          x-message-ttl, expiration         retention period (of the queue only)
    delay                 a plugin, or dead letters         DelaySeconds, 15 min at most
    priority              x-max-priority                    (none)

What neither promises is order after a redelivery; a standard SQS queue promises none at all.
https://www.rabbitmq.com/docs/confirms, https://www.rabbitmq.com/docs/dlx,
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/
"""

from dataclasses import dataclass
from typing import Protocol

from sandbox.errors import UsageError
from sandbox.messages import Command, Envelope, Event, Record
from sandbox.ports.options import Options


@dataclass(frozen=True)
class QueueOptions(Options):
    """Of `bus.create_queue`."""

    visibility_timeout_ms: int = 30_000  # how long a receiver has to ack
    max_deliveries: int | None = None  # then it is a dead letter; `None`: no limit
    dead_letters: str | None = None  # the queue they go to; without one they are gone
    priorities: int = 1  # 1: all are equal; else 0 to `priorities` - 1, the highest first
    time_to_live_ms: int | None = None  # of a message that nobody takes

    def __post_init__(self) -> None:
        self.positive("visibility_timeout_ms", "max_deliveries", "priorities", "time_to_live_ms")


class Message(Protocol):
    """One delivery of one message: it can be answered once, and in time."""

    event: Event | Command
    envelope: Envelope
    deliveries: int  # this one included
    reason: str  # why it is a dead letter; else empty

    @property
    def redelivered(self) -> bool:
        """Has somebody had it before?"""
        ...

    def ack(self) -> None:
        """It is done: the queue forgets it. Raises `StaleDelivery` where the time was up."""
        ...

    def nack(self, *, requeue: bool = True) -> None:
        """It failed: again, for somebody; or, without `requeue`, to the dead letters."""
        ...

    def extend(self, ms: int) -> None:
        """Have `ms` milliseconds from now to answer."""
        ...


class Queue(Protocol):
    """Messages that wait for somebody to take them."""

    name: str

    def send(
        self,
        event: Event | Command,
        *,
        source: str | None = None,
        subject: str | None = None,
        cause: Record | None = None,
        priority: int = 0,
        delay_ms: int = 0,
        time_to_live_ms: int | None = None,
    ) -> Envelope:
        """Put `event` in, to be taken after `delay_ms`. Raises `InvalidEvent`, `UsageError`."""
        ...

    def receive(self, consumer: str = "worker") -> Message | None:
        """The next message, hidden from others until it is answered or the time is up."""
        ...

    def waiting(self) -> int:
        """How many messages can be taken now."""
        ...

    def in_flight(self) -> int:
        """How many have been taken and not been answered."""
        ...

    def redrive(self) -> int:
        """Put all dead letters back into this queue, as if new; returns how many."""
        ...


def check_priority(priority: int, priorities: int) -> None:
    """Raises `UsageError` for one that the queue doesn't have."""
    if not 0 <= priority < priorities:
        raise UsageError(f"priority {priority!r}: this queue has 0 to {priorities - 1}.")
