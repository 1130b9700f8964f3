"""A payment provider whose answers get lost on the way, now and then."""

from collections.abc import Callable, Sequence
from random import Random
from typing import Literal

from sandbox.errors import GatewayTimeout, UsageError
from sandbox.ports import Charge, Gateway, Refund

Lost = Literal["request", "response"]


class UnreliableGateway:
    """`gateway`, behind a bad network: calls end in `GatewayTimeout`, before or after the effect.

    With the probability `rate`, by `seed`; and once more each time `fail` asks for it.
    """

    def __init__(self, gateway: Gateway, rate: float = 0.0, seed: int = 0) -> None:
        if not 0 <= rate <= 1:
            raise UsageError(f"a rate is a probability, from 0 to 1, not {rate!r}.")
        self.gateway = gateway
        self.rate = rate
        self._chance = Random(seed)
        self._next: list[Lost] = []

    def __repr__(self) -> str:
        return f"{self.gateway!r}, of whose answers {self.rate:.0%} get lost"

    @property
    def ledger(self) -> Sequence[Charge | Refund]:
        """What it has really done."""
        return self.gateway.ledger

    def fail(self, lost: Lost = "response") -> None:
        """Have the next call time out: its `request` is lost, or its `response`, after the effect."""
        if lost not in ("request", "response"):
            raise UsageError(f"a request or a response can be lost, not {lost!r}.")
        self._next.append(lost)

    def charge(self, account: str, cents: int, *, idempotency_key: str) -> Charge:
        return self._call(lambda: self.gateway.charge(account, cents, idempotency_key=idempotency_key))

    def refund(self, charge_id: str, *, idempotency_key: str) -> Refund:
        return self._call(lambda: self.gateway.refund(charge_id, idempotency_key=idempotency_key))

    def _call(self, call: Callable[[], Charge | Refund]) -> Charge | Refund:
        lost = self._next.pop(0) if self._next else self._by_chance()
        if lost == "request":
            raise GatewayTimeout("the provider has not answered: the money may have moved or not.")
        answer = call()
        if lost == "response":
            raise GatewayTimeout("the provider has not answered: the money may have moved or not.")
        return answer

    def _by_chance(self) -> Lost | None:
        if self._chance.random() >= self.rate:
            return None
        return self._chance.choice(("request", "response"))
