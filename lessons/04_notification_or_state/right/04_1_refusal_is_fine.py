# A second card is refused by the table, and that is the end of it

from contextlib import suppress
from dataclasses import dataclass

from sandbox import Event
from sandbox.errors import ConstraintViolated


@dataclass(frozen=True)
class Moved(Event):
    who: str


@dataclass(frozen=True)
class NewHome(Event):
    who: str
    where: str


def ping(guest, address, bus):
    bus.publish("pings", Moved(guest))


def card(db, guest, address):
    with suppress(ConstraintViolated):  # it was sent before
        db.execute("INSERT INTO cards (guest, address) VALUES (?, ?)", [guest, address])


def on_ping(record, book, db):
    card(db, record.event.who, book.address_of(record.event.who))


def tell(guest, address, bus):
    bus.publish("changes", NewHome(guest, address))


def on_change(record, db):
    card(db, record.event.who, record.event.where)


def costs(readers, events, every, ping, state):
    thin = 0
    for number in range(events):
        thin += ping
        if number % every == 0:
            thin += state
    return readers * thin, readers * events * state
