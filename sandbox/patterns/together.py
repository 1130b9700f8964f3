"""What two patterns need to know: is this write one with another?"""

from sandbox.errors import NotInTransaction
from sandbox.ports import Database


def must_be_in_transaction(db: Database, what: str, why: str) -> None:
    """Raises `NotInTransaction` outside of `with db.transaction():`."""
    if not db.in_transaction:
        raise NotInTransaction(
            f"{what} outside of a transaction of {db.name!r}: {why}. "
            "Put both writes into one: with db.transaction():"
        )
