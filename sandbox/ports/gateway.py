"""An outside payment provider, as a protocol: no transaction of ours reaches it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Charge:
    """Money taken from an account."""

    id: str
    account: str
    cents: int
    idempotency_key: str


@dataclass(frozen=True, slots=True)
class Refund:
    """All the money of one charge, given back."""

    id: str
    charge_id: str
    account: str
    cents: int
    idempotency_key: str


class Gateway(Protocol):
    """An outside payment provider: no transaction of ours reaches it.

    An idempotency key names the intent, not the attempt. The same key with the same
    request gives the first answer again and has no second effect; with another request it
    raises `IdempotencyKeyReused`.
    https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
    """

    ledger: Sequence[Charge | Refund]  # what it has really done, in order; anyone may inspect it

    def charge(self, account: str, cents: int, *, idempotency_key: str) -> Charge:
        """Take `cents` from `account`.

        Raises `PaymentDeclined`, a business refusal, and `GatewayTimeout`, after which the
        money may have been taken or not.
        """
        ...

    def refund(self, charge_id: str, *, idempotency_key: str) -> Refund:
        """Give the money of a charge back, once at most; raises as `charge`."""
        ...
