# breaks: no lost write
"""An event updates its line; where there is none yet, nothing happens, not even when it is a departure."""

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


SET = """
INSERT INTO copy VALUES (?, ?, ?, ?) ON CONFLICT (guest) DO UPDATE
SET address = excluded.address, version = excluded.version, gone = excluded.gone
WHERE excluded.version > copy.version
"""


def take_in(record, db):
    event = record.event
    left = isinstance(event, GuestLeft)
    db.execute(
        "UPDATE copy SET address = ?, version = ?, gone = ? WHERE guest = ? AND version < ?",
        [None if left else event.address, event.version, left, event.guest, event.version],
    )


def load(book, db):
    for guest, address, version in book.all():
        db.execute(SET, [guest, address, version, 0])
