"""What a retry promises: only what may pass, later each time, spread by chance, and with an end."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.clock import OPENING, VirtualClock
from sandbox.errors import GatewayTimeout, PaymentDeclined, UsageError
from sandbox.patterns import Retry, RetryBudget, RetryPolicy


class Flaky:
    """Fails so often, then answers; notes when it was called, in milliseconds."""

    def __init__(self, clock, fails, error=GatewayTimeout):
        self.clock, self.fails, self.error, self.called = clock, fails, error, []

    def __call__(self):
        self.called.append((self.clock.now() - OPENING).total_seconds() * 1000)
        if len(self.called) <= self.fails:
            raise self.error("no answer")
        return "done"


def test_the_waits_double_and_end_at_the_longest():
    clock = VirtualClock()
    call = Flaky(clock, fails=5)
    policy = RetryPolicy(attempts=6, first_ms=100, longest_ms=500, jitter=False)
    assert Retry(policy, clock)(call) == "done"
    assert call.called == [0, 100, 300, 700, 1200, 1700]


def test_the_last_error_comes_out_and_says_how_often_it_was_tried():
    clock = VirtualClock()
    call = Flaky(clock, fails=9)
    with pytest.raises(GatewayTimeout) as error:
        Retry(RetryPolicy(attempts=3, jitter=False), clock)(call)
    assert len(call.called) == 3
    assert error.value.__notes__ == [
        "Tried 3 times in 300 ms; not again: 3 attempts are all that the policy has."
    ]


@pytest.mark.parametrize("error", [PaymentDeclined, UsageError, ValueError, KeyError])
def test_what_does_not_pass_is_tried_once(error):
    call = Flaky(VirtualClock(), fails=1, error=error)
    with pytest.raises(error):
        Retry(RetryPolicy(), call.clock)(call)
    assert len(call.called) == 1


@pytest.mark.parametrize("error", [GatewayTimeout, ConnectionError, TimeoutError])
def test_what_may_pass_is_tried_again(error):
    call = Flaky(VirtualClock(), fails=1, error=error)
    assert Retry(RetryPolicy(), call.clock)(call) == "done"


def test_nobody_can_retry_a_crash():
    call = Flaky(VirtualClock(), fails=1, error=KeyboardInterrupt)
    with pytest.raises(KeyboardInterrupt):
        Retry(RetryPolicy(), call.clock, again=lambda error: True)(call)
    assert len(call.called) == 1


def test_it_ends_before_its_time_is_over():
    clock = VirtualClock()
    call = Flaky(clock, fails=99)
    with pytest.raises(GatewayTimeout):
        Retry(RetryPolicy(attempts=99, first_ms=100, within_ms=1_000, jitter=False), clock)(call)
    assert call.called == [0, 100, 300, 700]


@given(st.integers(1, 12), st.integers(0, 2**32))
def test_jitter_lies_between_nothing_and_the_full_wait(failed, seed):
    policy = RetryPolicy(first_ms=50, factor=3, longest_ms=9_000)
    full = RetryPolicy(first_ms=50, factor=3, longest_ms=9_000, jitter=False)
    assert 0 <= policy.wait_ms(failed, Random(seed)) <= full.wait_ms(failed, Random(seed)) <= 9_000


def test_callers_that_failed_together_do_not_come_back_together():
    policy = RetryPolicy(first_ms=1_000)
    waits = {round(policy.wait_ms(1, Random(seed))) for seed in range(100)}
    assert len(waits) > 80


def test_one_seed_gives_the_same_waits():
    def waits(seed):
        call = Flaky(VirtualClock(), fails=4)
        Retry(RetryPolicy(), call.clock, seed=seed)(call)
        return call.called

    assert waits(3) == waits(3) != waits(4)


def test_a_budget_lets_single_failures_pass_and_stops_a_storm():
    """Everything fails: with 5 attempts each, 100 calls would be 500."""
    clock, budget, made = VirtualClock(), RetryBudget(ratio=0.1, reserve=10), 0
    for _ in range(100):
        call = Flaky(clock, fails=99)
        with pytest.raises(GatewayTimeout):
            Retry(RetryPolicy(attempts=5), clock, budget=budget)(call)
        made += len(call.called)
    assert 100 + 10 <= made <= 100 + 10 + 10


def test_a_budget_fills_again_when_calls_succeed():
    clock, budget = VirtualClock(), RetryBudget(ratio=0.5, reserve=1)
    retry = Retry(RetryPolicy(attempts=2), clock, budget=budget)
    retry(Flaky(clock, fails=1))
    with pytest.raises(GatewayTimeout) as error:
        retry(Flaky(clock, fails=1))
    assert "budget" in error.value.__notes__[0]
    retry(Flaky(clock, fails=0))
    retry(Flaky(clock, fails=1))


@pytest.mark.parametrize("wrong", [{"attempts": 0}, {"first_ms": -1}, {"factor": 0.5}])
def test_a_policy_that_can_not_be_is_refused(wrong):
    with pytest.raises(UsageError, match="can't be"):
        RetryPolicy(**wrong)
