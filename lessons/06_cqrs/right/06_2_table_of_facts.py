# One table with a row for each thing that was ever said

from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class OrderPaid(Event):
    order_id: str


@dataclass(frozen=True)
class ParcelPacked(Event):
    order_id: str
    parcel: int
    parcels: int


@dataclass(frozen=True)
class OrderCancelled(Event):
    order_id: str


FACTS = "CREATE TABLE IF NOT EXISTS facts (order_id TEXT, fact TEXT, PRIMARY KEY (order_id, fact))"


def note(db, order_id, *facts):
    db.execute(FACTS)
    db.execute_many("INSERT OR IGNORE INTO facts VALUES (?, ?)", [(order_id, fact) for fact in facts])


def handle(record, db):
    match record.event:
        case OrderPaid(order_id):
            note(db, order_id, "paid")
        case OrderCancelled(order_id):
            note(db, order_id, "cancelled")
        case ParcelPacked(order_id, parcel, parcels):
            note(db, order_id, f"parcel {parcel}", f"of {parcels}")


def to_ship(db):
    db.execute(FACTS)
    facts = {}
    for row in db.execute("SELECT * FROM facts"):
        facts.setdefault(row["order_id"], set()).add(row["fact"])
    return sorted(order_id for order_id, said in facts.items() if complete(said))


def complete(said):
    if "paid" not in said or "cancelled" in said:
        return False
    for fact in said:
        if fact.startswith("of "):
            return all(f"parcel {number}" in said for number in range(1, int(fact[3:]) + 1))
    return False
