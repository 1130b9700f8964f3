"""What a saga promises: all steps, or each one done made up for, backwards; behind the pivot only forward."""

from dataclasses import dataclass

import pytest

from sandbox import Command, Event
from sandbox.errors import UsageError
from sandbox.patterns import Saga, Step, TimedOut


@dataclass(frozen=True)
class TripBooked(Event):
    trip: str


@dataclass(frozen=True)
class TripEnded(Event):
    trip: str
    how: str


def command(name):
    return dataclass(frozen=True)(type(name, (Command,), {"__annotations__": {"trip": str}}))


def event(name):
    return dataclass(frozen=True)(type(name, (Event,), {"__annotations__": {"trip": str}}))


NAMES = ("Hotel", "Flight", "Card", "Ticket")  # the card is the pivot
DO = {name: command(f"Book{name}") for name in NAMES}
DONE = {name: event(f"{name}Booked") for name in NAMES}
REFUSED = {name: event(f"{name}Refused") for name in NAMES}
UNDO = {name: command(f"Cancel{name}") for name in NAMES}
UNDONE = {name: event(f"{name}Cancelled") for name in NAMES}


def asks(cls):
    return lambda heard: cls(heard[TripBooked].trip)


def step(name):
    compensatable = name in ("Hotel", "Flight")
    return Step(
        name.lower(),
        do=asks(DO[name]),
        done=DONE[name],
        refused=None if name == "Ticket" else REFUSED[name],
        undo=asks(UNDO[name]) if compensatable else None,
        undone=UNDONE[name] if compensatable else None,
    )


def ends(how):
    return lambda heard: ("trips", TripEnded(heard[TripBooked].trip, how + heard.because))


TRIP = Saga(
    TripBooked,
    [step(name) for name in NAMES],
    done=ends("done"),
    undone=ends("undone: "),
    patience_ms=1_000,
)


def run(answer):
    """Everything that the saga says, where `answer` says what comes back to each command."""
    said, state, waiting = [], None, [TripBooked("T-1")]
    while waiting:
        reaction = TRIP.react(state, waiting.pop(0))
        if reaction is None:
            continue
        state = reaction.state
        for _, message in reaction.send:
            said.append(type(message).__name__)
            if isinstance(message, Command):
                assert reaction.wake_in_ms == 1_000
                waiting += answer(message)
        assert len(said) < 50
    return said, state


def yes(message):
    name = type(message).__name__
    known = (DONE if name.startswith("Book") else UNDONE)[name.removeprefix("Book").removeprefix("Cancel")]
    return [known(message.trip)]


def test_all_goes_well():
    said, state = run(yes)
    assert said == ["BookHotel", "BookFlight", "BookCard", "BookTicket", "TripEnded"]
    assert state.phase == "done"


@pytest.mark.parametrize(
    ("refused", "undone"), [("Hotel", []), ("Flight", ["Hotel"]), ("Card", ["Flight", "Hotel"])]
)
def test_a_refusal_makes_up_for_what_was_done_backwards(refused, undone):
    def answer(message):
        return [REFUSED[refused](message.trip)] if isinstance(message, DO[refused]) else yes(message)

    said, state = run(answer)
    done = [f"Book{name}" for name in NAMES[: NAMES.index(refused) + 1]]
    assert said == [*done, *(f"Cancel{name}" for name in undone), "TripEnded"]
    assert (state.phase, state.because) == ("undone", f"{refused}Refused")


def silent_once(kind):
    """No answer comes to the first such command: it times out."""
    asked = []

    def answer(message):
        if isinstance(message, kind) and not asked:
            asked.append(message)
            return [TimedOut(message.trip)]
        return yes(message)

    return answer


def test_where_no_answer_comes_the_step_itself_is_undone_too():
    """Nobody knows whether it was done: to cancel what was never booked has to be allowed."""
    said, state = run(silent_once(DO["Flight"]))
    assert said == ["BookHotel", "BookFlight", "CancelFlight", "CancelHotel", "TripEnded"]
    assert state.because == "no answer at FlightBooked"


@pytest.mark.parametrize("name", ["Card", "Ticket"])
def test_from_the_pivot_on_it_is_asked_again(name):
    said, state = run(silent_once(DO[name]))
    assert said.count(f"Book{name}") == 2
    assert state.phase == "done"


def test_making_up_for_it_is_asked_for_until_it_is_done():
    cancel = silent_once(UNDO["Hotel"])

    def answer(message):
        return [REFUSED["Flight"](message.trip)] if isinstance(message, DO["Flight"]) else cancel(message)

    said, state = run(answer)
    assert said == ["BookHotel", "BookFlight", "CancelHotel", "CancelHotel", "TripEnded"]
    assert state.phase == "undone"


def test_a_success_that_comes_after_it_was_given_up_changes_nothing():
    def answer(message):
        if isinstance(message, DO["Hotel"]):
            return [TimedOut(message.trip), DONE["Hotel"](message.trip)]
        return yes(message)

    said, state = run(answer)
    assert said == ["BookHotel", "CancelHotel", "TripEnded"]
    assert state.phase == "undone"


def test_what_is_said_twice_moves_it_once():
    said, _ = run(lambda message: yes(message) * 2)
    assert said == ["BookHotel", "BookFlight", "BookCard", "BookTicket", "TripEnded"]


def test_what_no_process_began_is_passed_by():
    assert TRIP.react(None, DONE["Hotel"]("T-1")) is None


def test_to_ask_for_what_was_not_heard_says_what_was():
    with pytest.raises(UsageError, match=r"not heard of HotelBooked; it has of \['TripBooked'\]"):
        Saga(TripBooked, [Step("hotel", do=lambda heard: heard[DONE["Hotel"]], done=DONE["Hotel"])]).react(
            None, TripBooked("T-1")
        )


@pytest.mark.parametrize(
    ("steps", "problem"),
    [
        ([], "one step or more"),
        ([step("Card"), step("Hotel")], "HotelBooked, can be undone, and stands behind the pivot"),
        ([step("Ticket"), step("Card")], "CardBooked, can be refused"),
        ([Step("x", asks(DO["Hotel"]), DONE["Hotel"], undo=asks(UNDO["Hotel"]))], "undo and undone"),
    ],
)
def test_steps_in_an_order_that_can_not_be_undone_are_refused(steps, problem):
    with pytest.raises(UsageError, match=problem):
        Saga(TripBooked, steps)
