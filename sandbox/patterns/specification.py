"""Given what has happened, when this is asked, then that happens: how an aggregate is tested.

account.given(Deposited(100)).when(Withdraw(30)).then(Withdrawn(30))
account.given().when(Withdraw(30)).refused(NotEnoughMoney)
"""

from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from sandbox.messages import Command, Event

if TYPE_CHECKING:
    from sandbox.patterns.aggregate import Aggregate

State = TypeVar("State")


@dataclass(frozen=True)
class Given(Generic[State]):
    """What has happened so far."""

    aggregate: "Aggregate[State]"
    events: tuple[Event, ...]

    @property
    def state(self) -> State:
        """What is true then. Raises `AssertionError` where `evolve` gives it only once."""
        before = deepcopy(self.aggregate.initial)
        states = [self.aggregate.fold(self.events) for _ in range(2)]
        _must_equal(
            self.aggregate.initial, before, "evolve has changed the initial state; it makes a new one"
        )
        _must_equal(*states, "evolve gave two states for the same events: it looks at something outside")
        return states[0]

    def when(self, command: Command) -> "When[State]":
        """What is asked now."""
        return When(self, command)


@dataclass(frozen=True)
class When(Generic[State]):
    """What is asked of the aggregate. Everything here raises `AssertionError` where it is not so."""

    given: Given[State]
    command: Command

    def then(self, *expected: Event) -> None:
        """Exactly these events happen, and nothing where there are none."""
        outcome = self._outcome()
        if isinstance(outcome, Exception):
            story = self._story(f"expected {_listed(expected)}", f"but it was refused: {outcome!r}")
            raise AssertionError(story) from outcome
        if outcome != expected:
            raise AssertionError(self._story(f"expected {_listed(expected)}", f"but got {_listed(outcome)}"))

    def refused(self, reason: type[Exception]) -> None:
        """`decide` raises this exception."""
        outcome = self._outcome()
        if isinstance(outcome, reason):
            return
        got = repr(outcome) if isinstance(outcome, Exception) else _listed(outcome)
        raise AssertionError(self._story(f"expected {reason.__name__}", f"but got {got}"))

    def _outcome(self) -> tuple[Event, ...] | Exception:
        """What `decide` says to it, or raises; whether it does so by the rules."""
        state = self.given.state
        before = deepcopy(state)
        first, second = self._decide(state), self._decide(state)
        _must_equal(state, before, "decide has changed the state; that is for evolve to do")
        if isinstance(first, Exception):
            return first
        _must_equal(first, second, "decide gave two answers to one question: it looks at something outside")
        for event in first:
            try:
                state = self.given.aggregate.evolve(state, event)
            except Exception as error:
                raise AssertionError(
                    f"decide allows {event!r}, and evolve fails on it: no stream that has it could be "
                    "read any more. Have evolve accept whatever decide allows."
                ) from error
        return first

    def _decide(self, state: State) -> tuple[Event, ...] | Exception:
        try:
            return self.given.aggregate.events_for(self.command, state)
        except Exception as refusal:  # an outcome like any other: `then` and `refused` look at it
            return refusal

    def _story(self, expected: str, got: str) -> str:
        return f"given {_listed(self.given.events)}\nwhen {self.command!r}\n{expected}\n{got}"


def _must_equal(one: object, other: object, problem: str) -> None:
    if one != other:
        raise AssertionError(f"{problem}:\n  {one!r}\n  {other!r}")


def _listed(events: tuple[Event, ...]) -> str:
    return ", ".join(map(repr, events)) or "nothing"
