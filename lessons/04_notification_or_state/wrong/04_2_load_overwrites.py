# breaks: consistent output
"""The list is the truth, so it is written over whatever is there."""

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
    db.execute(SET, [event.guest, None if left else event.address, event.version, left])


def load(book, db):
    for guest, address, version in book.all():
        db.execute("INSERT OR IGNORE INTO copy VALUES (?, ?, ?, 0)", [guest, address, version])
        db.execute(
            "UPDATE copy SET address = ?, version = ? WHERE guest = ? AND gone = 0", [address, version, guest]
        )
