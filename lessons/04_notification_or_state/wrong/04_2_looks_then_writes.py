# breaks: consistent output
"""It compares versions, and then writes; in between, somebody else has written."""

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


def put(db, guest, address, version, gone):
    rows = db.execute("SELECT version FROM copy WHERE guest = ?", [guest])
    if not rows or rows[0]["version"] < version:
        db.execute("INSERT OR REPLACE INTO copy VALUES (?, ?, ?, ?)", [guest, address, version, gone])


def take_in(record, db):
    event = record.event
    left = isinstance(event, GuestLeft)
    put(db, event.guest, None if left else event.address, event.version, left)


def load(book, db):
    for guest, address, version in book.all():
        put(db, guest, address, version, 0)
