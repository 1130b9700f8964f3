# breaks: no duplicate effect
"""It makes the table anew each time, row by row; two that do so at once fill it twice."""

from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class DrinkSold(Event):
    drink: str


@dataclass(frozen=True)
class DrinkReturned(Event):
    drink: str


def catch_up(store, db):
    rebuild(store, db)


def rebuild(store, db):
    db.execute("DELETE FROM sold")
    for stored in store.read_all():
        by = 1 if isinstance(stored.event, DrinkSold) else -1
        db.execute(
            "INSERT INTO sold VALUES (?, ?) ON CONFLICT (drink) DO UPDATE SET count = count + excluded.count",
            [stored.event.drink, by],
        )
        db.execute("UPDATE checkpoint SET position = ?", [stored.position])
