# breaks: no lost write
"""After the load it deletes whoever is not on the list: also a guest who came while it was loading."""

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
    lines = book.all()
    for line in lines:
        db.execute(SET, [*line, 0])
    marks = ", ".join("?" * len(lines))
    db.execute(f"DELETE FROM copy WHERE gone = 0 AND guest NOT IN ({marks})", [line[0] for line in lines])
