# A line is made if there is none, and then brought up to date if it is older: two statements, each safe alone

from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class AddressChanged(Event):
    guest: str
    address: str
    version: int


@dataclass(frozen=True)
class GuestLeft(Event):
    guest: str
    version: int


def take_in(record, db):
    event = record.event
    left = isinstance(event, GuestLeft)
    newer(db, event.guest, None if left else event.address, event.version, int(left))


def load(book, db):
    for line in book.all():
        newer(db, *line, 0)


def newer(db, guest, address, version, gone):
    db.execute("INSERT OR IGNORE INTO copy VALUES (?, NULL, 0, 1)", [guest])
    db.execute(
        "UPDATE copy SET address = ?, version = ?, gone = ? WHERE guest = ? AND version < ?",
        [address, version, gone, guest, version],
    )
