"""The aggregate: two pure functions, and the loop that stores what they say.

    decide(command, state) -> events     what happens, or an exception that refuses
    evolve(state, event) -> state        what is true after that

Jérémie Chassaing calls the three together a decider
(https://thinkbeforecoding.com/post/2021/12/17/functional-event-sourcing-decider).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from sandbox.errors import UsageError
from sandbox.messages import Command, Event
from sandbox.patterns.specification import Given

State = TypeVar("State")


@dataclass(frozen=True)
class Aggregate(Generic[State]):
    """What an aggregate is in the beginning, what it decides, and how it evolves.

    Neither function may look at a clock, at chance or at anything outside, and `evolve`
    may not refuse: what has happened has happened.

    >>> account = Aggregate(Account(balance=0), decide, evolve)
    >>> account.given(Deposited(100)).when(Withdraw(30)).then(Withdrawn(30))
    """

    initial: State
    decide: Callable[[Command, State], Iterable[Event]]
    evolve: Callable[[State, Event], State]

    def fold(self, events: Iterable[Event]) -> State:
        """The state after `events`."""
        state = self.initial
        for event in events:
            state = self.evolve(state, event)
        return state

    def events_for(self, command: Command, state: State) -> tuple[Event, ...]:
        """What `decide` says. Raises `UsageError` where that is no list of events."""
        decided = self.decide(command, state)
        events = tuple(decided) if isinstance(decided, Iterable) else (None,)
        if not all(isinstance(event, Event) for event in events):
            raise UsageError(
                f"decide answered {command!r} with {decided!r}. "
                "Have it return a list of events, which may be empty, or raise to refuse."
            )
        return events

    def given(self, *events: Event) -> Given[State]:
        """The beginning of a test: what has happened so far."""
        return Given(self, events)
