"""Retry: the same call again, later, where that can help.

Three things keep a retry from making it worse: only errors that may pass are retried; the
waits grow, and chance spreads them, so that a thousand callers don't come back at the same
moment; and a budget ends it, when all calls fail rather than one.

Marc Brooker, "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015);
"Addressing Cascading Failures", in *Site Reliability Engineering* (2016), on budgets.
"""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import TypeVar

from sandbox.clock import VirtualClock
from sandbox.errors import SandboxError, UsageError

Answer = TypeVar("Answer")


def may_pass(error: Exception) -> bool:
    """Is it worth another try? The sandbox's errors say so themselves; of others, the network's are."""
    if isinstance(error, SandboxError):
        return error.retriable
    return isinstance(error, (ConnectionError, TimeoutError))


@dataclass(frozen=True)
class RetryPolicy:
    """How often, and how long to wait before each new try.

    The wait before try `n + 1` is at most `first_ms * factor ** (n - 1)`, and never above
    `longest_ms`. With `jitter` it is a chance number between 0 and that (full jitter);
    without, all who failed together come back together. `within_ms` bounds the sum.
    """

    attempts: int = 5
    first_ms: float = 100
    factor: float = 2
    longest_ms: float = 20_000
    within_ms: float = 60_000
    jitter: bool = True

    def __post_init__(self) -> None:
        if self.attempts < 1 or self.first_ms < 0 or self.factor < 1:
            raise UsageError(
                f"{self} can't be: one attempt or more, a wait of 0 ms or more, and a factor of 1 or more."
            )

    def wait_ms(self, failed: int, chance: Random) -> float:
        """How long to wait after `failed` tries, in milliseconds."""
        longest = min(self.first_ms * self.factor ** (failed - 1), self.longest_ms)
        return chance.uniform(0, longest) if self.jitter else longest


class RetryBudget:
    """How many retries all calls together may make: `ratio` of the calls, and `reserve` beside.

    When one call in a hundred fails, each is retried. When all fail, the retries would be
    a second load on what is ill already: the budget is soon spent, and they stop.
    """

    def __init__(self, ratio: float = 0.1, reserve: float = 10) -> None:
        if ratio < 0 or reserve < 0:
            raise UsageError(f"a budget has a ratio and a reserve of 0 or more, not {ratio} and {reserve}.")
        self.ratio = ratio
        self.reserve = reserve
        self.left = reserve

    def __repr__(self) -> str:
        return f"RetryBudget: {self.left:.1f} retries left"

    def earn(self) -> None:
        """A call is made for the first time."""
        self.left = min(self.left + self.ratio, max(self.reserve, 1))

    def spend(self) -> bool:
        """May a retry be made? If so it is counted."""
        if self.left < 1:
            return False
        self.left -= 1
        return True


class Retry:
    """Makes calls, and makes them again by `policy`; waits on `clock`.

    >>> retry = Retry(RetryPolicy(attempts=3), bus.clock)
    >>> retry(lambda: gateway.charge("Ada", 420, idempotency_key="A-1"))

    The call has to be one that may be made twice: after a timeout it may have been done.
    `seed` makes the chance waits the same in each run. `again` says which errors may pass.
    """

    def __init__(
        self,
        policy: RetryPolicy,
        clock: VirtualClock,
        *,
        budget: RetryBudget | None = None,
        again: Callable[[Exception], bool] = may_pass,
        seed: int | None = None,
    ) -> None:
        self.policy = policy
        self.clock = clock
        self.budget = budget
        self.again = again
        self._chance = Random(seed)

    def __call__(self, call: Callable[[], Answer]) -> Answer:
        """What `call` answers. The last try's error comes out, with a note on the tries before."""
        failed, waited_ms = 0, 0.0
        if self.budget:
            self.budget.earn()
        while True:
            try:
                return call()
            except Exception as error:
                failed += 1
                wait_ms = self.policy.wait_ms(failed, self._chance)
                if why := self._why_not(error, failed, waited_ms + wait_ms):
                    error.add_note(f"Tried {failed} times in {waited_ms:,.0f} ms; not again: {why}.")
                    raise
            self.clock.advance(wait_ms)
            waited_ms += wait_ms

    def _why_not(self, error: Exception, failed: int, in_all_ms: float) -> str:
        """Why there is no further try, or nothing."""
        if not self.again(error):
            return f"{type(error).__name__} does not pass by itself"
        if failed >= self.policy.attempts:
            return f"{self.policy.attempts} attempts are all that the policy has"
        if in_all_ms > self.policy.within_ms:
            return f"the next one would end after the {self.policy.within_ms:,.0f} ms of the policy"
        if self.budget and not self.budget.spend():
            return "the budget for retries is spent: most calls are failing"
        return ""
