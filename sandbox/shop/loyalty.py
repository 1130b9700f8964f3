"""Loyalty: stamps for what was paid, at each country's rate. No rate, no stamps: a dead letter."""

from sandbox.messages import Record
from sandbox.patterns import DeadLetters, Inbox
from sandbox.ports import Bus, Database
from sandbox.shop.messages import PaymentCaptured

TABLES = (
    "CREATE TABLE IF NOT EXISTS rates (country TEXT PRIMARY KEY, cents INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS stamps (customer TEXT PRIMARY KEY, stamps INTEGER NOT NULL)",
)
RATES = {"Portugal": 400, "Finland": 600, "Chile": 500, "Kenya": 400}  # cents for a stamp; Japan has none yet
STAMP = "INSERT INTO stamps VALUES (?, ?) ON CONFLICT DO UPDATE SET stamps = stamps + excluded.stamps"


class NoRate(Exception):
    """Nobody has said how many cents a stamp is there."""


class Loyalty:
    """One more reader of payments. Whom it can't serve yet, it puts aside."""

    def __init__(self, db: Database, bus: Bus) -> None:
        for table in TABLES:
            db.execute(table)
        for country, cents in RATES.items():
            self.agree(db, country, cents)
        self._db, self._inbox = db, Inbox(db, "loyalty")
        self.letters = DeadLetters(db, "loyalty")
        bus.subscribe("payments", group="loyalty", handle=self.letters.guard(self.stamp))

    @staticmethod
    def agree(db: Database, country: str, cents: int) -> None:
        """From now on there is a stamp for so many cents."""
        db.execute("INSERT OR REPLACE INTO rates VALUES (?, ?)", [country, cents])

    def stamp(self, record: Record) -> None:
        """Stamp the card of whoever has paid, once."""
        if record.envelope.type != PaymentCaptured.type_name:
            return
        order = record.event.order
        rates = self._db.execute("SELECT cents FROM rates WHERE country = ?", [order.country])
        if not rates:
            raise NoRate(f"there is no rate for {order.country}")
        with self._db.transaction():
            if self._inbox.first_time(record):
                self._db.execute(STAMP, [order.customer, order.cents // rates[0]["cents"]])
