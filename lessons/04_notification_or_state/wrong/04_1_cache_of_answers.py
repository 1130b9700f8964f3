# breaks: no lost message
"""It keeps the answers, to spare calls: the guest moves again, and is looked up no more."""

from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class GuestMoved(Event):
    guest: str


@dataclass(frozen=True)
class AddressChanged(Event):
    guest: str
    address: str


known = {}


def ping(guest, address, bus):
    bus.publish("pings", GuestMoved(guest), key=guest)


def on_ping(record, book, db):
    guest = record.event.guest
    if guest not in known:
        known[guest] = book.address_of(guest)
    db.execute("INSERT OR IGNORE INTO cards VALUES (?, ?)", [guest, known[guest]])


def tell(guest, address, bus):
    bus.publish("changes", AddressChanged(guest, address), key=guest)


def on_change(record, db):
    db.execute("INSERT OR IGNORE INTO cards VALUES (?, ?)", [record.event.guest, record.event.address])


def costs(readers, events, every, ping, state):
    answers = (events + every - 1) // every
    return readers * (events * ping + answers * state), readers * events * state
