"""Faults, injected: by hand, from a plan, by a rule on business data, or from a seed.

Every step (a publish, a poll, a handle or a commit of one actor) is counted, as soon as
faults are armed; what strikes is noted, so that `plan` replays the run exactly:

    bus.faults.duplicate(when=lambda event: "oat milk" in event.items)
    bus.faults.crash("billing", "commit", 2)
    bus.faults.randomly(rate=0.05)
    ...
    bus.faults.plan          # seed 0; duplicate till publish 3 at-once; …
    connect(seed=0).faults.replay("seed 0; duplicate till publish 3 at-once; …")
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Protocol

from sandbox.errors import BrokerUnreachable, Crashed, UsageError
from sandbox.faults import Fault, Plan
from sandbox.injection.strikes import DELAYS_MS, DUPLICATES, RANDOM_WORDS, STEPS_OF, Rule, Strikes, When
from sandbox.messages import Record
from sandbox.trace import Trace

AFTERWARDS = (("crash", "after"), ("fail", "response"))  # strike when the step is done, and are noted then


class Effects(Protocol):
    """What a bus does to make a fault real. A bus leaves out what its broker can't be told."""

    def repeat(self, record: Record) -> None:
        """Append the same record, with the same id, once more."""

    def hold(self, record: Record, ms: int) -> None:
        """Let nobody see it, nor what comes after it, for so long."""

    def lose(self, record: Record) -> None:
        """Forget a record that was acknowledged."""

    def evict(self, actor: str) -> None:
        """Have the actor's group go on without it."""

    def rewind(self, actor: str) -> None:
        """Put the actor's group back to where the actor began."""

    def cut_off(self, actor: str) -> None:
        """The broker hears nothing of the actor any more: no heartbeats."""


class Faults:
    """The faults of one bus, `bus.faults`."""

    def __init__(
        self,
        effects: Effects,
        trace: Trace,
        seed: int,
        why_not: dict[str, str],
        delay_max_ms: int = max(DELAYS_MS),
    ) -> None:
        self.armed = False  # nothing is counted, and nothing costs anything, before that
        self._effects = effects
        self._trace = trace
        self._seed = seed
        self._strikes = Strikes(seed, why_not, delay_max_ms)
        self._split: set[str] = set()
        self.skew_ms: dict[str, int] = {}  # of each actor whose clock is off
        self._late: list[Record] = []

    @property
    def plan(self) -> Plan:
        """What has struck so far: with this plan the same happens again."""
        return Plan(self._seed, tuple(self._strikes.struck))

    def __repr__(self) -> str:
        return f"Faults that struck: {self.plan}" if self._strikes.struck else "No fault has struck."

    def replay(self, plan: Plan | str) -> None:
        """Have every fault of `plan` strike. Raises `UsageError` where its seed is another one.

        Steps are counted from now on, also where the plan is empty.
        """
        plan = Plan.parse(plan) if isinstance(plan, str) else plan
        self.armed = True
        if plan.seed != self._seed:
            raise UsageError(
                f"the plan was made with seed {plan.seed}, and this bus has seed {self._seed}: "
                f"connect(seed={plan.seed})."
            )
        for fault in plan.faults:
            self.add(fault)

    def add(self, fault: Fault | str) -> None:
        """Have one fault strike at its step. Raises `NotSupportedHere` and `UsageError`."""
        fault = Fault.parse(fault) if isinstance(fault, str) else fault
        self._strikes.plan(fault)
        self.armed = True

    def crash(
        self,
        actor: str | None = None,
        action: str = "handle",
        number: int | None = None,
        how: str = "before",
        *,
        when: When | None = None,
        times: int = 1,
    ) -> None:
        """A process dies, before or after a step: `crash("billing", "commit", 2)`."""
        self._ask("crash", actor, action, number, how, when, times)

    def duplicate(
        self,
        actor: str | None = None,
        action: str = "publish",
        number: int | None = None,
        how: str = "",
        *,
        when: When | None = None,
        times: int = 1,
    ) -> None:
        """A record comes twice.

        At `publish`: `at-once`, as a retried request without idempotence, or `late`, after
        all else. At `commit`: `suffix`, everything since the member joined. At `handle`:
        `second-consumer`, since the group has gone on without the first one.
        """
        self._ask("duplicate", actor, action, number, how or DUPLICATES[action][0], when, times)

    def delay(
        self,
        actor: str | None = None,
        number: int | None = None,
        *,
        ms: int,
        when: When | None = None,
        times: int = 1,
    ) -> None:
        """Readers see a record, and what is behind it in its partition, `ms` later."""
        self._ask("delay", actor, "publish", number, f"{ms}ms", when, times)

    def drop(
        self,
        actor: str | None = None,
        number: int | None = None,
        *,
        when: When | None = None,
        times: int = 1,
    ) -> None:
        """A record is acknowledged and lost, as with acks=1 and a leader that dies."""
        self._ask("drop", actor, "publish", number, "", when, times)

    def fail(
        self,
        actor: str | None = None,
        action: str = "publish",
        number: int | None = None,
        how: str = "request",
        *,
        when: When | None = None,
        times: int = 1,
    ) -> None:
        """A call ends without an answer: its `request` was lost, or its `response`, after the effect."""
        self._ask("fail", actor, action, number, how, when, times)

    def split(self, actor: str) -> None:
        """From the actor's next step on, it and the broker don't hear each other."""
        self.soon("split", actor)
        self._effects.cut_off(actor)

    def heal(self, actor: str) -> None:
        """End a split."""
        self.soon("heal", actor)

    def skew(self, actor: str, ms: int) -> None:
        """From the actor's next publish on, its clock is off by `ms`; 0 puts it right."""
        self.soon("skew", actor, how=f"{ms}ms")

    def randomly(self, rate: float, words: tuple[str, ...] = RANDOM_WORDS, seed: int | None = None) -> None:
        """At each step, with the probability `rate`, one of `words` strikes. 0 ends it.

        A delay is 10 ms to a minute; on real Kafka, where one has to wait for it, a second at most.
        """
        if not 0 <= rate <= 1:
            raise UsageError(f"a rate is a probability, from 0 to 1, not {rate!r}.")
        for word in words:
            self._strikes.check(word, STEPS_OF.get(word, ("publish",))[0], "")
        self._strikes.rate, self._strikes.words = rate, words
        if seed is not None:
            self._strikes.random = Random(seed)
        self.armed = True

    def soon(self, word: str, actor: str, action: str = "", how: str = "") -> None:
        """`word` strikes the actor's next `action`, or without one its next step that it can strike."""
        self._strikes.at_next_step(word, actor, action, how)
        self.armed = True

    @property
    def asks_for_events(self) -> bool:
        """Is there a rule that looks at events?"""
        return bool(self._strikes.rules)

    def is_split(self, actor: str) -> bool:
        """Is the actor cut off from the broker?"""
        return actor in self._split

    def skewed(self, actor: str, now: datetime) -> datetime:
        """What the actor's clock says at `now`."""
        return now + timedelta(milliseconds=self.skew_ms.get(actor, 0))

    def step(self, actor: str, action: str, call: Callable[[], object], event: object = None) -> object:
        """Do one step, with whatever strikes it. Raises `Crashed` and `BrokerUnreachable`."""
        strikes = self._strikes.at(actor, action, event)
        for fault in strikes:
            self._begin(fault)
        if actor in self._split and action != "handle":
            raise _no_answer(f"{actor} and the broker are split", action)
        result = call()
        for fault in strikes:
            self._end(fault, result)
        return result

    def release_late(self) -> bool:
        """Append the duplicates that were to come after all else; say whether there were any."""
        late, self._late = self._late, []
        for record in late:
            self._effects.repeat(record)
        return bool(late)

    def _note(self, fault: Fault) -> None:
        self._trace.record(fault.actor, "fault", label=f"{fault.word} {fault.how}".strip())

    def _begin(self, fault: Fault) -> None:
        if (fault.word, fault.how) not in AFTERWARDS:
            self._note(fault)
        match fault.word, fault.how:
            case "split", _:
                self._split.add(fault.actor)
                self._effects.cut_off(fault.actor)
            case "heal", _:
                self._split.discard(fault.actor)
            case "skew", _:
                self.skew_ms[fault.actor] = fault.ms
            case "crash", "before":
                raise Crashed(f"{fault.actor} crashed before its {fault.action} {fault.number}")
            case "fail", "request":
                raise _no_answer("the request was lost", fault.action)

    def _end(self, fault: Fault, result: object) -> None:
        if (fault.word, fault.how) in AFTERWARDS:
            self._note(fault)
        match fault.word, fault.how:
            case "duplicate", "at-once":
                self._effects.repeat(result)
            case "duplicate", "late":
                self._late.append(result)
            case "duplicate", "second-consumer":
                self._effects.evict(fault.actor)
            case "duplicate", "suffix":
                self._effects.rewind(fault.actor)
            case "delay", _:
                self._effects.hold(result, fault.ms)
            case "drop", _:
                self._effects.lose(result)
            case "crash", "after":
                raise Crashed(f"{fault.actor} crashed after its {fault.action} {fault.number}")
            case "fail", "response":
                raise _no_answer("the response was lost", fault.action)

    def _ask(
        self,
        word: str,
        actor: str | None,
        action: str,
        number: int | None,
        how: str,
        when: When | None,
        times: int,
    ) -> None:
        self._strikes.check(word, action, how)
        if when is None:
            if actor is None or number is None:
                raise UsageError(
                    f"say whom {word} strikes, and when: {word}('billing', …, 1) for a first time, "
                    "or when=lambda event: … for an event."
                )
            self.add(Fault(word, actor, action, number, how))
            return
        self._strikes.rules.append(Rule(word, how, action, when, actor, times))
        self.armed = True


def _no_answer(why: str, action: str) -> BrokerUnreachable:
    return BrokerUnreachable(
        f"no answer to {action}: {why} (a fault that was asked for). "
        "Whoever called can't tell whether it was done."
    )
