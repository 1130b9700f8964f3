"""The queue model, in the process; see `sandbox.ports.queue` for what it stands for."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sandbox.clock import FAR_FUTURE
from sandbox.delivery import author_and_cause
from sandbox.errors import StaleDelivery, UsageError
from sandbox.messages import Command, Envelope, Event, Record
from sandbox.messages.envelope import seal
from sandbox.messages.event import check_is_payload
from sandbox.ports import QueueOptions, check_priority

if TYPE_CHECKING:
    from sandbox.sim.bus import SimulatedBus


@dataclass
class Letter:
    """One message, in whichever of the queue's piles it is."""

    number: int
    value: bytes
    envelope: Envelope
    priority: int
    due: datetime  # when it may be taken
    expires: datetime
    deliveries: int = 0
    reason: str = ""


@dataclass
class Delivered:
    """See `sandbox.ports.Message`."""

    queue: "SimulatedQueue" = field(repr=False)
    letter: Letter = field(repr=False)
    consumer: str
    event: Event | Command
    envelope: Envelope = field(repr=False)
    deliveries: int
    reason: str

    @property
    def redelivered(self) -> bool:
        return self.deliveries > 1

    def ack(self) -> None:
        self.queue.answer(self, "ack", lambda letter: None)

    def nack(self, *, requeue: bool = True) -> None:
        after = self.queue.put_back if requeue else lambda letter: self.queue.bury(letter, "rejected")
        self.queue.answer(self, "nack", after)

    def extend(self, ms: int) -> None:
        if ms < 0:
            raise UsageError(f"a message can't be had back before now: extend({ms}).")
        self.queue.extend(self, ms)


class SimulatedQueue:
    """See `sandbox.ports.Queue`. Each letter is in one pile: waiting (ready or not yet due) or taken."""

    def __init__(
        self, bus: "SimulatedBus", name: str, options: QueueOptions, dead: "SimulatedQueue | None"
    ) -> None:
        self.name = name
        self.options = options
        self.dead = dead
        self._bus = bus
        self._waiting: list[Letter] = []
        self._taken: dict[int, tuple[Delivered, Letter, datetime]] = {}  # by number; until when
        self._sent = 0

    def __repr__(self) -> str:
        return f"Queue {self.name}: {self.waiting()} waiting, {self.in_flight()} in flight"

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
        check_is_payload(event)
        check_priority(priority, self.options.priorities)
        if delay_ms < 0:
            raise UsageError(f"a delay goes forward: delay_ms={delay_ms}.")
        value = event.to_json()
        author, cause = author_and_cause(source, cause)
        now = self._bus.clock.tick()
        parent = cause.stored.envelope if cause is not None else None
        envelope = seal(event.type_name, self._bus.next_id(type(event)), author, now, subject, parent)
        lives_ms = time_to_live_ms or self.options.time_to_live_ms
        due = now + timedelta(milliseconds=delay_ms)
        expires = due + timedelta(milliseconds=lives_ms) if lives_ms else FAR_FUTURE
        letter = Letter(self._next_number(), value, envelope, priority, due, expires)
        self._waiting.append(letter)
        self._bus.trace.record(author, "publish", self._place(letter), repr(event))
        return envelope

    def receive(self, consumer: str = "worker") -> Delivered | None:
        self._see_to_time()
        now = self._bus.clock.now()
        ready = [letter for letter in self._waiting if letter.due <= now]
        if not ready:
            return None
        letter = min(ready, key=lambda letter: (-letter.priority, letter.number))
        self._waiting.remove(letter)
        letter.deliveries += 1
        event = self._bus.read(letter.envelope.type, letter.value)
        message = Delivered(self, letter, consumer, event, letter.envelope, letter.deliveries, letter.reason)
        until = now + timedelta(milliseconds=self.options.visibility_timeout_ms)
        self._taken[letter.number] = message, letter, until
        self._bus.trace.record(consumer, "handle", self._place(letter))
        return message

    def waiting(self) -> int:
        self._see_to_time()
        return sum(letter.due <= self._bus.clock.now() for letter in self._waiting)

    def in_flight(self) -> int:
        self._see_to_time()
        return len(self._taken)

    def redrive(self) -> int:
        if self.dead is None:
            raise UsageError(f"{self.name} has no dead letters: bus.create_queue(…, dead_letters='…').")
        self.dead._see_to_time()
        letters, self.dead._waiting = self.dead._waiting, []
        for letter in letters:
            letter.number, letter.deliveries, letter.reason = self._next_number(), 0, ""
            letter.expires = FAR_FUTURE
            self._waiting.append(letter)
        return len(letters)

    def run(self, handle: Callable[[Delivered], object], consumer: str = "worker") -> int:
        """Take, handle and ack until nothing can be taken now; returns how many were acked.

        An exception of the handler comes out, and its message goes back.
        """
        done = 0
        while (message := self.receive(consumer)) is not None:
            try:
                handle(message)
            except BaseException:
                message.nack()
                raise
            message.ack()
            done += 1
        return done

    def answer(self, message: Delivered, how: str, after: Callable[[Letter], None]) -> None:
        """Take the letter out of flight. Raises `StaleDelivery`."""
        letter = self._held(message, how)
        del self._taken[letter.number]
        self._bus.trace.record(message.consumer, how, self._place(letter))
        after(letter)

    def extend(self, message: Delivered, ms: int) -> None:
        """Give the receiver more time. Raises `StaleDelivery`."""
        letter = self._held(message, "extend")
        self._taken[letter.number] = message, letter, self._bus.clock.now() + timedelta(milliseconds=ms)

    def put_back(self, letter: Letter) -> None:
        """Again, for somebody: in its old place or at the end, which nobody promises."""
        limit = self.options.max_deliveries
        if limit is not None and letter.deliveries >= limit:
            self.bury(letter, f"delivered {letter.deliveries} times")
            return
        if self._bus.random.random() < 0.5:
            letter.number = self._next_number()
        self._waiting.append(letter)

    def bury(self, letter: Letter, reason: str) -> None:
        """To the dead letters, with the reason; where there is no queue for them, it is gone."""
        if self.dead is None:
            return
        letter.reason, letter.number = reason, self.dead._next_number()
        letter.priority, letter.deliveries, letter.expires = 0, 0, FAR_FUTURE
        self.dead._waiting.append(letter)

    def _see_to_time(self) -> None:
        """Take back what was not answered in time, and bury what nobody wanted in time."""
        now = self._bus.clock.now()
        for _, letter, until in list(self._taken.values()):
            if until <= now:
                del self._taken[letter.number]
                self.put_back(letter)
        expired = [letter for letter in self._waiting if letter.expires <= now]
        for letter in expired:
            self._waiting.remove(letter)
            self.bury(letter, "expired")

    def _held(self, message: Delivered, how: str) -> Letter:
        self._see_to_time()
        held = self._taken.get(message.letter.number)
        if held is None or held[0] is not message:
            raise StaleDelivery(
                f"{message.consumer} can't {how} {message.event!r}: it was answered already, or its "
                f"visibility timeout of {self.options.visibility_timeout_ms} ms has passed and it may be "
                "somebody else's. Have a longer timeout, or extend(ms) in time; and be idempotent."
            )
        return held[1]

    def _next_number(self) -> int:
        self._sent += 1
        return self._sent

    def _place(self, letter: Letter) -> str:
        return f"{self.name}#{letter.number}"
