"""The payment provider, simulated: a ledger, and a memory of idempotency keys."""

from collections.abc import Callable, Mapping

from sandbox.errors import IdempotencyKeyReused, PaymentDeclined, UsageError
from sandbox.ports import Charge, Refund


class SimulatedGateway:
    """See `sandbox.ports.Gateway`. `limits` has how many cents an account is good for."""

    def __init__(self, limits: Mapping[str, int] | None = None) -> None:
        self.ledger: list[Charge | Refund] = []
        self._limits = dict(limits or {})
        self._answers: dict[str, tuple[tuple, Charge | Refund]] = {}  # by key: the request, and its answer

    def __repr__(self) -> str:
        return f"Gateway with {len(self.ledger)} entries in its ledger"

    @property
    def charges(self) -> list[Charge]:
        """The charges of the ledger, refunded or not."""
        return [entry for entry in self.ledger if isinstance(entry, Charge)]

    @property
    def refunds(self) -> list[Refund]:
        """The refunds of the ledger."""
        return [entry for entry in self.ledger if isinstance(entry, Refund)]

    def charge(self, account: str, cents: int, *, idempotency_key: str) -> Charge:
        if not isinstance(cents, int) or cents < 1:
            raise UsageError(f"a charge is a whole number of cents, 1 or more, not {cents!r}.")
        return self._once(idempotency_key, ("charge", account, cents), lambda: self._take(account, cents))

    def refund(self, charge_id: str, *, idempotency_key: str) -> Refund:
        return self._once(idempotency_key, ("refund", charge_id), lambda: self._give_back(charge_id))

    def _once(self, key: str, request: tuple, do: Callable[[], tuple]) -> Charge | Refund:
        if not isinstance(key, str) or not key:
            raise UsageError(f"an idempotency key is a text that names the intent, not {key!r}.")
        if key in self._answers:
            known, answer = self._answers[key]
            if known != request:
                raise IdempotencyKeyReused(
                    f"the key {key!r} was used for {known!r} and now comes with {request!r}. "
                    "Choose a key for each intent: the order's id, not a customer's."
                )
            return answer
        kind, *values = do()
        answer = kind(f"{kind.__name__.lower()}-{len(self.ledger) + 1}", *values, key)
        self.ledger.append(answer)
        self._answers[key] = (request, answer)
        return answer

    def _take(self, account: str, cents: int) -> tuple:
        limit = self._limits.get(account)
        if limit is not None:
            if cents > limit:
                raise PaymentDeclined(f"{account} is good for {limit} cents, and {cents} were asked for.")
            self._limits[account] = limit - cents
        return Charge, account, cents

    def _give_back(self, charge_id: str) -> tuple:
        charge = next((charge for charge in self.charges if charge.id == charge_id), None)
        if charge is None:
            raise UsageError(f"there is no charge {charge_id!r}; refund one that `charge` gave you.")
        if any(refund.charge_id == charge_id for refund in self.refunds):
            raise PaymentDeclined(f"{charge_id} was refunded before.")
        return Refund, charge_id, charge.account, charge.cents
