# breaks: no plaintext
"""The event says no address, but a header beside it does: that is on the board, too."""

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
    bus.publish("pings", GuestMoved(guest), key=guest, headers={"address": address})


def on_ping(record, book, db):
    guest = record.event.guest
    db.execute("INSERT OR IGNORE INTO cards VALUES (?, ?)", [guest, book.address_of(guest)])


def tell(guest, address, bus):
    bus.publish("changes", AddressChanged(guest, address), key=guest)


def on_change(record, db):
    db.execute("INSERT OR IGNORE INTO cards VALUES (?, ?)", [record.event.guest, record.event.address])


def costs(readers, events, every, ping, state):
    answers = (events + every - 1) // every
    return readers * (events * ping + answers * state), readers * events * state
