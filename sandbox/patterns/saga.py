"""The saga: local transactions in a row, each of which can be undone until there is no way back.

Up to the pivot every step has an action that makes up for it (a refund, not a rollback):
the steps are compensatable. The pivot has none: once it is done, the saga goes only
forward, and the steps behind it are retriable, which means that nobody may refuse them.
The words are Chris Richardson's, the idea is of Hector Garcia-Molina and Kenneth Salem,
"Sagas" (1987). A saga is no transaction: others see what is half done.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

from sandbox.errors import UsageError
from sandbox.messages import Command, Event
from sandbox.patterns.process_manager import Reaction, Send, TimedOut
from sandbox.ports import Topic

Fact = TypeVar("Fact", bound=Event)


@dataclass(frozen=True)
class SagaState:
    """How far a saga is: at which step, in which direction, and what it has heard."""

    phase: Literal["doing", "undoing", "done", "undone"]
    step: int
    heard: Mapping[str, str]  # the events, as JSON, by type
    because: str = ""  # why it was given up


class Heard:
    """The events that a saga has heard so far: `heard[ItemsReserved].order_id`."""

    def __init__(self, state: SagaState) -> None:
        self._heard = state.heard
        self.because = state.because  # of a saga that was given up: the event that did it

    def __getitem__(self, kind: type[Fact]) -> Fact:
        """Raises `UsageError` where no such event came."""
        if kind.type_name not in self._heard:
            raise UsageError(f"the saga has not heard of {kind.type_name}; it has of {list(self._heard)}.")
        return kind.from_json(self._heard[kind.type_name].encode())

    def __contains__(self, kind: type[Event]) -> bool:
        return kind.type_name in self._heard


Ask = Callable[[Heard], Command]


@dataclass(frozen=True)
class Step:
    """One local transaction, in somebody else's service: the command `do`, and its answers.

    `undo` makes up for it, answered by `undone`; it has to be one that can be done again,
    and also where the step itself was never done. A step without `undo` is the pivot, or
    stands behind it.
    """

    topic: Topic | str
    do: Ask
    done: type[Event]
    refused: type[Event] | None = None
    undo: Ask | None = None
    undone: type[Event] | None = None


class Saga:
    """The steps of something that begins with an event; `react` is for a `ProcessManager`.

    >>> saga = Saga(CheckoutStarted, [Step("stock", reserve, ItemsReserved, OutOfStock, release, …), …])
    >>> ProcessManager(db, "checkout", SagaState, saga.react, about=lambda event: event.order_id)

    Where no answer comes for `patience_ms`, a step that can be undone is given up, done or
    not, and any other is asked for again. `done` and `undone` say what is told in the end.
    """

    def __init__(
        self,
        begins: type[Event],
        steps: Sequence[Step],
        *,
        done: Callable[[Heard], Send] | None = None,
        undone: Callable[[Heard], Send] | None = None,
        patience_ms: float = 60_000,
    ) -> None:
        self.begins = begins
        self.steps = tuple(steps)
        self.patience_ms = patience_ms
        self._told = {"done": done, "undone": undone}
        _check(self.steps)

    def react(self, state: SagaState | None, event: Event) -> Reaction[SagaState] | None:
        """See `ProcessManager`."""
        if state is None:
            if not isinstance(event, self.begins):
                return None
            return self._go(_hear(SagaState("doing", 0, {}), event), 0)
        if state.phase not in ("doing", "undoing"):
            return None
        step = self.steps[state.step]
        if isinstance(event, TimedOut):
            if state.phase == "doing" and step.undo:
                return self._go(
                    replace(state, phase="undoing", because=f"no answer at {step.done.type_name}"), 0
                )
            return self._go(state, 0)
        if state.phase == "doing" and isinstance(event, step.done):
            return self._go(_hear(state, event), +1)
        if state.phase == "doing" and step.refused and isinstance(event, step.refused):
            return self._go(_hear(replace(state, phase="undoing", because=event.type_name), event), -1)
        if state.phase == "undoing" and isinstance(event, step.undone):
            return self._go(_hear(state, event), -1)
        return None  # late, or said twice

    def _go(self, state: SagaState, by: int) -> Reaction[SagaState]:
        """Move by so many steps, and ask for what is to be done there."""
        at = state.step + by
        if 0 <= at < len(self.steps):
            state, step = replace(state, step=at), self.steps[at]
            ask = step.do if state.phase == "doing" else step.undo
            return Reaction(state, [(step.topic, ask(Heard(state)))], self.patience_ms)
        state = replace(state, phase="done" if state.phase == "doing" else "undone")
        tell = self._told[state.phase]
        return Reaction(state, [tell(Heard(state))] if tell else [])


def _hear(state: SagaState, event: Event) -> SagaState:
    return replace(state, heard={**state.heard, event.type_name: event.to_json().decode()})


def _check(steps: Sequence[Step]) -> None:
    if not steps:
        raise UsageError("a saga has one step or more.")
    pivot = next((number for number, step in enumerate(steps) if not step.undo), len(steps))
    for number, step in enumerate(steps):
        name = f"step {number + 1}, which ends in {step.done.type_name},"
        if bool(step.undo) != bool(step.undone):
            raise UsageError(f"{name} has one of undo and undone: give both, or none.")
        if number > pivot and step.undo:
            raise UsageError(
                f"{name} can be undone, and stands behind the pivot: nobody would ever ask for that."
            )
        if number > pivot and step.refused:
            raise UsageError(
                f"{name} can be refused, and what is done by then can't be undone: put it before the pivot."
            )
