"""A payment provider whose ledger is a file: it lives on when our process is killed."""

import json

from sandbox.errors import IdempotencyKeyReused, PaymentDeclined, UsageError
from sandbox.ports import Charge, Database, Refund

TABLES = (
    """CREATE TABLE IF NOT EXISTS ledger (
        number INTEGER PRIMARY KEY, kind TEXT NOT NULL, account TEXT NOT NULL, cents INTEGER NOT NULL,
        charge_id TEXT UNIQUE, idempotency_key TEXT NOT NULL UNIQUE, request TEXT NOT NULL
    )""",
    "CREATE TABLE IF NOT EXISTS limits (account TEXT PRIMARY KEY, cents INTEGER NOT NULL)",
)
ADD = "INSERT INTO ledger VALUES (?, ?, ?, ?, ?, ?, ?)"


class SqliteGateway:
    """See `sandbox.ports.Gateway`. `db` is the provider's own: no service of ours looks into it."""

    def __init__(self, db: Database, limits: dict[str, int] | None = None) -> None:
        """`limits` has how many cents an account is good for; once set, they stay."""
        self.db = db
        for table in TABLES:
            db.execute(table)
        db.execute_many("INSERT OR IGNORE INTO limits VALUES (?, ?)", (limits or {}).items())

    def __repr__(self) -> str:
        (row,) = self.db.execute("SELECT count(*) AS n FROM ledger")
        return f"Gateway with {row['n']} entries in its ledger"

    @property
    def ledger(self) -> list[Charge | Refund]:
        return [_entry(row) for row in self.db.execute("SELECT * FROM ledger ORDER BY number")]

    def charge(self, account: str, cents: int, *, idempotency_key: str) -> Charge:
        if not isinstance(cents, int) or cents < 1:
            raise UsageError(f"a charge is a whole number of cents, 1 or more, not {cents!r}.")
        with self.db.transaction():
            request = ["charge", account, cents]
            if known := self._known(idempotency_key, request):
                return known
            rows = self.db.execute("SELECT cents FROM limits WHERE account = ?", [account])
            if rows and cents > (limit := rows[0]["cents"]):
                raise PaymentDeclined(f"{account} is good for {limit} cents, and {cents} were asked for.")
            self.db.execute("UPDATE limits SET cents = cents - ? WHERE account = ?", [cents, account])
            return self._add("charge", account, cents, None, idempotency_key, request)

    def refund(self, charge_id: str, *, idempotency_key: str) -> Refund:
        with self.db.transaction():
            request = ["refund", charge_id]
            if known := self._known(idempotency_key, request):
                return known
            number = charge_id.removeprefix("charge-")
            rows = self.db.execute("SELECT * FROM ledger WHERE number = ? AND kind = 'charge'", [number])
            if not rows:
                raise UsageError(f"there is no charge {charge_id!r}; refund one that `charge` gave you.")
            if self.db.execute("SELECT 1 FROM ledger WHERE charge_id = ?", [charge_id]):
                raise PaymentDeclined(f"{charge_id} was refunded before.")
            charge = rows[0]
            return self._add(
                "refund", charge["account"], charge["cents"], charge_id, idempotency_key, request
            )

    def _known(self, key: str, request: list) -> Charge | Refund | None:
        if not isinstance(key, str) or not key:
            raise UsageError(f"an idempotency key is a text that names the intent, not {key!r}.")
        rows = self.db.execute("SELECT * FROM ledger WHERE idempotency_key = ?", [key])
        if not rows:
            return None
        if json.loads(rows[0]["request"]) != request:
            raise IdempotencyKeyReused(
                f"the key {key!r} was used for {rows[0]['request']} and now comes with {request!r}. "
                "Choose a key for each intent: the order's id, not a customer's."
            )
        return _entry(rows[0])

    def _add(self, kind: str, account: str, cents: int, charge_id: str | None, key: str, request: list):
        (row,) = self.db.execute("SELECT count(*) + 1 AS number FROM ledger")
        self.db.execute(ADD, [row["number"], kind, account, cents, charge_id, key, json.dumps(request)])
        return _entry(self.db.execute("SELECT * FROM ledger WHERE number = ?", [row["number"]])[0])


def _entry(row: dict) -> Charge | Refund:
    id = f"{row['kind']}-{row['number']}"
    if row["kind"] == "charge":
        return Charge(id, row["account"], row["cents"], row["idempotency_key"])
    return Refund(id, row["charge_id"], row["account"], row["cents"], row["idempotency_key"])
