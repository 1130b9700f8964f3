# breaks: consistent output
"""Each event sets the line: idempotent, and wrong as soon as one comes late."""

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
    if isinstance(event, GuestLeft):
        db.execute("UPDATE copy SET gone = 1 WHERE guest = ?", [event.guest])
    else:
        db.execute(
            "INSERT OR REPLACE INTO copy VALUES (?, ?, ?, 0)", [event.guest, event.address, event.version]
        )


def load(book, db):
    for guest, address, version in book.all():
        db.execute("INSERT OR IGNORE INTO copy VALUES (?, ?, ?, 0)", [guest, address, version])
