# breaks: no lost message
"""Nobody gets two cards: a guest who has one is passed by."""

from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class GuestMoved(Event):
    guest: str


@dataclass(frozen=True)
class AddressChanged(Event):
    guest: str
    address: str


def ping(guest, address, bus):
    bus.publish("pings", GuestMoved(guest), key=guest)


def on_ping(record, book, db):
    guest = record.event.guest
    db.execute("INSERT OR IGNORE INTO cards VALUES (?, ?)", [guest, book.address_of(guest)])


def tell(guest, address, bus):
    bus.publish("changes", AddressChanged(guest, address), key=guest)


def on_change(record, db):
    guest, address = record.event.guest, record.event.address
    with db.transaction():
        if not db.execute("SELECT 1 FROM cards WHERE guest = ?", [guest]):
            db.execute("INSERT INTO cards VALUES (?, ?)", [guest, address])


def costs(readers, events, every, ping, state):
    answers = (events + every - 1) // every
    return readers * (events * ping + answers * state), readers * events * state
