"""The patterns that the lessons build in view, with their error checks.

They see ports only: any bus, any database, any event store will do.
"""

from sandbox.patterns.aggregate import Aggregate
from sandbox.patterns.change_capture import Change, ChangeRelay, capture_changes
from sandbox.patterns.dead_letters import DeadLetter, DeadLetters, Redriven
from sandbox.patterns.inbox import Inbox
from sandbox.patterns.outbox import Outbox
from sandbox.patterns.process_manager import ProcessManager, Reaction, TimedOut
from sandbox.patterns.projection import Projection
from sandbox.patterns.relay import Relay
from sandbox.patterns.repository import Repository
from sandbox.patterns.retry import Retry, RetryBudget, RetryPolicy
from sandbox.patterns.saga import Heard, Saga, SagaState, Step
from sandbox.patterns.snapshots import Snapshots

__all__ = [
    "Aggregate",
    "Change",
    "ChangeRelay",
    "DeadLetter",
    "DeadLetters",
    "Heard",
    "Inbox",
    "Outbox",
    "ProcessManager",
    "Projection",
    "Reaction",
    "Redriven",
    "Relay",
    "Repository",
    "Retry",
    "RetryBudget",
    "RetryPolicy",
    "Saga",
    "SagaState",
    "Snapshots",
    "Step",
    "TimedOut",
    "capture_changes",
]
