# breaks: no ghost message
"""Where nobody answers, the card goes to the café, to be forwarded."""

from dataclasses import dataclass

from sandbox import Event
from sandbox.errors import GatewayTimeout


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
    try:
        address = book.address_of(guest)
    except GatewayTimeout:
        address = "c/o the café"
    db.execute("INSERT OR IGNORE INTO cards VALUES (?, ?)", [guest, address])


def tell(guest, address, bus):
    bus.publish("changes", AddressChanged(guest, address), key=guest)


def on_change(record, db):
    db.execute("INSERT OR IGNORE INTO cards VALUES (?, ?)", [record.event.guest, record.event.address])


def costs(readers, events, every, ping, state):
    answers = (events + every - 1) // every
    return readers * (events * ping + answers * state), readers * events * state
