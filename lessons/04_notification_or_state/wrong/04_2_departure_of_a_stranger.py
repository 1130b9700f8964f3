# breaks: no ghost message
"""A guest leaves who is not in the copy: nothing to do, it seems; then the list brings the guest in."""

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
    if isinstance(event, GuestLeft):
        db.execute(
            "UPDATE copy SET gone = 1, version = ? WHERE guest = ? AND version < ?",
            [event.version, event.guest, event.version],
        )
    else:
        db.execute(SET, [event.guest, event.address, event.version, 0])


def load(book, db):
    for guest, address, version in book.all():
        db.execute(SET, [guest, address, version, 0])
