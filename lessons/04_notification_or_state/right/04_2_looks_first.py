# In one transaction it looks at the version, and then writes

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
    with db.transaction():
        rows = db.execute("SELECT version FROM copy WHERE guest = ?", [guest])
        if not rows:
            db.execute("INSERT INTO copy VALUES (?, ?, ?, ?)", [guest, address, version, gone])
        elif rows[0]["version"] < version:
            db.execute(
                "UPDATE copy SET address = ?, version = ?, gone = ? WHERE guest = ?",
                [address, version, gone, guest],
            )


def take_in(record, db):
    match record.event:
        case AddressChanged(guest, address, version):
            put(db, guest, address, version, 0)
        case GuestLeft(guest, version):
            put(db, guest, "", version, 1)


def load(book, db):
    for guest, address, version in book.all():
        put(db, guest, address, version, 0)
