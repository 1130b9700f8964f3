"""Where the patterns run in the tests."""

import pytest

from tests.patterns.world import TinyDatabase, TinyEventStore


@pytest.fixture
def db(tmp_path):
    """A service's database, in a file."""
    database = TinyDatabase(tmp_path / "shop.sqlite")
    yield database
    database.close()


@pytest.fixture
def store():
    """An event store, in memory."""
    return TinyEventStore()
