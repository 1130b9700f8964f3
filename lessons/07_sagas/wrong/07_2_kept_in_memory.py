# breaks: termination
"""The steps are kept in a dict, and written down when an order ends."""

from dataclasses import dataclass

from sandbox import Command


@dataclass(frozen=True)
class ReserveCups(Command):
    order_id: str


@dataclass(frozen=True)
class ChargeGuest(Command):
    order_id: str


@dataclass(frozen=True)
class ReleaseCups(Command):
    order_id: str


steps = {}
ON = {
    ("", "OrderPlaced"): ("reserving", "ReserveCups"),
    ("reserving", "CupsReserved"): ("charging", "ChargeGuest"),
    ("charging", "GuestCharged"): ("served", None),
    ("charging", "ChargeRefused"): ("releasing", "ReleaseCups"),
    ("releasing", "CupsReleased"): ("cancelled", None),
}


def handle(record, db, bus):
    heard, order_id = record.envelope.type, record.key
    move = ON.get((steps.get(order_id, ""), heard))
    if move is None:
        return
    if move[1]:
        bus.publish("commands", globals()[move[1]](order_id), id=f"{move[1]} {order_id}")
    else:
        db.execute("INSERT OR REPLACE INTO sagas VALUES (?, ?)", [order_id, move[0]])
    steps[order_id] = move[0]


def relay(db, bus):
    pass
