"""The queue model: taken, answered, taken back, dead; and never lost."""

from dataclasses import dataclass

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from sandbox import Event, connect
from sandbox.errors import InvalidEvent, StaleDelivery, UsageError


@dataclass(frozen=True)
class LetterPosted(Event):
    number: int


@pytest.fixture
def letters(sim):
    return sim.create_queue("letters", dead_letters="dead", max_deliveries=3, priorities=3)


def test_what_is_acked_is_forgotten(letters):
    letters.send(LetterPosted(1), source="till")
    message = letters.receive()
    assert (message.event, message.envelope.source, message.redelivered) == (LetterPosted(1), "till", False)
    assert (letters.waiting(), letters.in_flight()) == (0, 1)
    message.ack()
    assert repr(letters) == "Queue letters: 0 waiting, 0 in flight"


def test_first_in_first_out_but_the_highest_priority_first(letters):
    for number, priority in enumerate([0, 2, 1, 2]):
        letters.send(LetterPosted(number), priority=priority)
    assert [letters.receive().event.number for _ in range(4)] == [1, 3, 2, 0]


def test_what_is_not_answered_in_time_is_somebody_elses(sim, letters):
    letters.send(LetterPosted(1))
    slow = letters.receive("slow")
    sim.clock.advance(29_999)
    assert letters.receive("quick") is None
    sim.clock.advance(1)
    quick = letters.receive("quick")
    assert (quick.deliveries, quick.redelivered) == (2, True)
    with pytest.raises(StaleDelivery, match=r"slow can't ack LetterPosted\(number=1\).*30000 ms"):
        slow.ack()
    quick.ack()
    with pytest.raises(StaleDelivery):
        quick.ack()


def test_time_can_be_extended(sim, letters):
    letters.send(LetterPosted(1))
    message = letters.receive()
    sim.clock.advance(20_000)
    message.extend(30_000)
    sim.clock.advance(29_000)
    message.ack()
    assert letters.waiting() == 0


def test_a_rejected_message_is_a_dead_letter_with_its_reason(sim, letters):
    letters.send(LetterPosted(1))
    letters.receive().nack(requeue=False)
    dead = sim.create_queue("dead").receive()
    assert (dead.event, dead.reason) == (LetterPosted(1), "rejected")


def test_too_many_deliveries_end_in_the_dead_letters(sim, letters):
    letters.send(LetterPosted(1))
    for _ in range(3):
        letters.receive().nack()
    assert letters.receive() is None
    assert sim.create_queue("dead").receive().reason == "delivered 3 times"


def test_without_a_limit_a_poison_message_comes_for_ever(sim):
    queue = sim.create_queue("letters")
    queue.send(LetterPosted(1))
    for _ in range(100):
        queue.receive().nack()
    assert queue.waiting() == 1


def test_what_nobody_takes_in_time_expires(sim, letters):
    letters.send(LetterPosted(1), time_to_live_ms=1_000)
    letters.send(LetterPosted(2))
    sim.clock.advance(1_001)
    assert letters.receive().event.number == 2
    assert sim.create_queue("dead").receive().reason == "expired"


def test_a_delayed_message_can_not_be_taken_before_its_time(sim, letters):
    letters.send(LetterPosted(1), delay_ms=5_000)
    sim.clock.advance(4_900)
    assert letters.receive() is None
    sim.clock.advance(100)
    assert letters.receive().event.number == 1


def test_redrive_puts_dead_letters_back_as_new(sim, letters):
    letters.send(LetterPosted(1))
    letters.receive().nack(requeue=False)
    assert letters.redrive() == 1
    message = letters.receive()
    assert (message.deliveries, message.reason) == (1, "")


def test_run_acks_what_was_handled_and_puts_back_what_failed(letters):
    for number in range(3):
        letters.send(LetterPosted(number))

    def handle(message):
        if message.event.number == 1 and not message.redelivered:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        letters.run(handle)
    assert letters.run(handle) == 2
    assert letters.waiting() == letters.in_flight() == 0


def test_the_order_after_a_redelivery_is_not_promised():
    orders = set()
    for seed in range(10):
        queue = connect("sim://", seed=seed).create_queue("letters")
        for number in range(3):
            queue.send(LetterPosted(number))
        queue.receive().nack()
        orders.add(tuple(queue.receive().event.number for _ in range(3)))
    assert orders == {(0, 1, 2), (1, 2, 0)}


@pytest.mark.parametrize(
    ("wrong", "error", "says"),
    [
        (lambda bus, queue: queue.send("text"), InvalidEvent, "is no Event"),
        (lambda bus, queue: queue.send(LetterPosted(1), priority=3), UsageError, "0 to 2"),
        (lambda bus, queue: queue.send(LetterPosted(1), delay_ms=-1), UsageError, "forward"),
        (lambda bus, queue: bus.create_queue("letters", priorities=9), UsageError, "other options"),
        (lambda bus, queue: bus.create_queue("more", max_deliveries=0), UsageError, "1 or more"),
        (lambda bus, queue: bus.create_queue("dead").redrive(), UsageError, "no dead letters"),
    ],
)
def test_wrong_calls_say_what_is_wrong(sim, letters, wrong, error, says):
    with pytest.raises(error, match=says):
        wrong(sim, letters)


class Letters(RuleBasedStateMachine):
    """Each message is acked, or in exactly one place, whatever is done to it."""

    def __init__(self):
        super().__init__()
        self.bus = connect("sim://", seed=1)
        self.queue = self.bus.create_queue("letters", dead_letters="dead", max_deliveries=3)
        self.sent, self.acked, self.held = 0, set(), []

    @rule(delay=st.sampled_from([0, 0, 10_000]), lives=st.sampled_from([None, None, 20_000]))
    def send(self, delay, lives):
        self.queue.send(LetterPosted(self.sent), delay_ms=delay, time_to_live_ms=lives)
        self.sent += 1

    @rule()
    def receive(self):
        if message := self.queue.receive():
            assert message.event.number not in self.acked
            self.held.append(message)

    @precondition(lambda self: self.held)
    @rule(which=st.integers(0, 9), how=st.sampled_from(["ack", "nack", "reject", "extend"]))
    def answer(self, which, how):
        message = self.held[which % len(self.held)]
        try:
            if how == "ack":
                message.ack()
                self.acked.add(message.event.number)
            elif how == "extend":
                message.extend(40_000)
            else:
                message.nack(requeue=how == "nack")
        except StaleDelivery:
            pass

    @rule(ms=st.sampled_from([1, 15_000, 30_000]))
    def wait(self, ms):
        self.bus.clock.advance(ms)

    @rule()
    def redrive(self):
        self.queue.redrive()

    @invariant()
    def nothing_is_lost_and_nothing_is_twice(self):
        queues = (self.queue, self.bus.create_queue("dead"))
        for queue in queues:
            queue.waiting()  # sees to what time has done
        there = [letter for queue in queues for letter in queue._waiting]
        there += [letter for _, letter, _ in self.queue._taken.values()]
        numbers = sorted(self.bus.read("LetterPosted", letter.value).number for letter in there)
        assert numbers == sorted(set(range(self.sent)) - self.acked)


TestLetters = Letters.TestCase
TestLetters.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
