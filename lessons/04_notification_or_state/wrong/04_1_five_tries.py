# breaks: no lost message
"""It asks five times and then lets it be: the guest book is closed for longer than that."""

from contextlib import suppress
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
    for _ in range(5):
        with suppress(GatewayTimeout):
            db.execute("INSERT OR IGNORE INTO cards VALUES (?, ?)", [guest, book.address_of(guest)])
            return


def tell(guest, address, bus):
    bus.publish("changes", AddressChanged(guest, address), key=guest)


def on_change(record, db):
    db.execute("INSERT OR IGNORE INTO cards VALUES (?, ?)", [record.event.guest, record.event.address])


def costs(readers, events, every, ping, state):
    answers = (events + every - 1) // every
    return readers * (events * ping + answers * state), readers * events * state
