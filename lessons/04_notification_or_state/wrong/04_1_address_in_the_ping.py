# breaks: no plaintext
"""A ping with the address in it, to spare a call: neither the one design nor the other."""

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
    bus.publish("pings", AddressChanged(guest, address), key=guest)


def on_ping(record, book, db):
    db.execute("INSERT OR IGNORE INTO cards VALUES (?, ?)", [record.event.guest, record.event.address])


def tell(guest, address, bus):
    bus.publish("changes", AddressChanged(guest, address), key=guest)


def on_change(record, db):
    db.execute("INSERT OR IGNORE INTO cards VALUES (?, ?)", [record.event.guest, record.event.address])


def costs(readers, events, every, ping, state):
    answers = (events + every - 1) // every
    return readers * (events * ping + answers * state), readers * events * state
