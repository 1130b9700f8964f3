"""The relay: publishes what waits in an outbox.

At least once: between publishing a message and forgetting it the relay may die, and then
it publishes it again, with the same id. Readers have to be idempotent (`Inbox`).
"""

from sandbox.errors import SandboxError
from sandbox.patterns.outbox import BATCH, Outbox
from sandbox.ports import Bus


class Relay:
    """Publishes the messages of `outbox`, one after the other, which keeps every key's order.

    Several relays of one outbox lose nothing and keep the order of each key's first
    appearances, but publish much twice: run one, and another one when it is gone.
    """

    def __init__(self, outbox: Outbox, bus: Bus, name: str = "relay") -> None:
        self.outbox = outbox
        self.bus = bus
        self.name = name

    def __repr__(self) -> str:
        return f"Relay {self.name}: {self.outbox!r}"

    def run(self) -> int:
        """Publish everything that waits; return how many messages that were.

        Stops at the first message that can't be published, as those behind it may not
        overtake it; the next run begins with it. Raises what `Bus.forward` raises.
        """
        published = 0
        while batch := list(self.outbox.waiting(BATCH)):
            for waiting in batch:
                try:
                    self.bus.forward(waiting.topic, waiting.message, source=self.name)
                except SandboxError as error:
                    error.add_note(
                        f"{waiting.message.envelope.id}, row {waiting.sequence} of the outbox, stays there. "
                        "The next run() of the relay begins with it."
                    )
                    raise
                self.outbox.forget(waiting)
                published += 1
        return published
