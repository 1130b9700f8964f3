"""The repository: loads an aggregate by replay, and stores what it decides.

Between the two somebody else may have written. The append says which version the decision
was made on, and the store refuses it where that is no longer the stream's.
"""

from dataclasses import dataclass
from typing import Generic, TypeVar

from sandbox.errors import UsageError
from sandbox.messages import Command, Record
from sandbox.patterns.aggregate import Aggregate
from sandbox.patterns.snapshots import Snapshots
from sandbox.ports import EventStore, StoredEvent

State = TypeVar("State")


@dataclass(frozen=True, slots=True)
class Loaded(Generic[State]):
    """A state, its version, and how it was come by."""

    state: State
    version: int
    replayed: int  # how many events had to be read
    note: str = ""  # why there was no help from a snapshot that is there


class Repository(Generic[State]):
    """The aggregates of one kind, each a stream of `store`.

    >>> accounts = Repository(store, account)
    >>> accounts.execute("account-1", Withdraw(30))
    """

    def __init__(
        self, store: EventStore, aggregate: Aggregate[State], snapshots: Snapshots[State] | None = None
    ) -> None:
        self.store = store
        self.aggregate = aggregate
        self.snapshots = snapshots

    def execute(
        self, stream: str, command: Command, *, cause: Record | StoredEvent | None = None
    ) -> list[StoredEvent]:
        """Decide on the state as it is now, and append what is decided.

        Raises what `decide` refuses with, and `ConcurrencyConflict` where someone else was
        faster: nothing is stored then, and the same call may be made again, since it
        decides anew on what is true by then.
        """
        loaded = self.load(stream)
        events = self.aggregate.events_for(command, loaded.state)
        if not events:
            return []
        return self.store.append(stream, events, expected_version=loaded.version, cause=cause)

    def load(self, stream: str) -> Loaded[State]:
        """The aggregate as it is now, from its snapshot where there is a good one.

        Where many events had to be replayed, a snapshot is taken.
        """
        state, start, note = self.aggregate.initial, 0, ""
        if self.snapshots:
            snapshot, note = self.snapshots.find(stream, self.store)
            if snapshot:
                state, start = snapshot.state, snapshot.version
        evolve, last = self.aggregate.evolve, None
        for last in self.store.read(stream, after=start):
            state = evolve(state, last.event)
        if last is None:
            return Loaded(state, start, 0, note)
        loaded = Loaded(state, last.version, last.version - start, note)
        if self.snapshots and loaded.replayed >= self.snapshots.every:
            self.snapshots.save(state, last)
        return loaded

    def as_of(self, stream: str, version: int) -> State:
        """The aggregate as it was at `version`. Raises `UsageError` where it never had that."""
        state, reached = self.aggregate.initial, 0
        for stored in self.store.read(stream):
            if stored.version > version:
                break
            state, reached = self.aggregate.evolve(state, stored.event), stored.version
        if reached != version:
            raise UsageError(f"{stream} has no version {version}: it goes from 0 to {reached}.")
        return state
