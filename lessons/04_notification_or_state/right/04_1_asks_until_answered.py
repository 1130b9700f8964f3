# It asks until there is an answer; events and costs have other shapes

from dataclasses import dataclass

from sandbox import Event
from sandbox.errors import GatewayTimeout


@dataclass(frozen=True)
class Moved(Event):
    pass


@dataclass(frozen=True)
class Homes(Event):
    of: dict[str, str]


def ping(guest, address, bus):
    bus.publish("pings", Moved(), subject=guest, headers={"why": "a new home"})


def on_ping(record, book, db):
    guest = record.envelope.subject
    while True:
        try:
            send(db, guest, book.address_of(guest))
            return
        except GatewayTimeout:
            continue


def tell(guest, address, bus):
    bus.publish("changes", Homes({guest: address}))


def on_change(record, db):
    for guest, address in record.event.of.items():
        send(db, guest, address)


def send(db, guest, address):
    with db.transaction():
        db.execute("DELETE FROM cards WHERE guest = ? AND address = ?", [guest, address])
        db.execute("INSERT INTO cards VALUES (?, ?)", [guest, address])


def costs(readers, events, every, ping, state):
    answers, rest = divmod(events, every)
    return [readers * (events * ping + (answers + (rest > 0)) * state), readers * events * state]
