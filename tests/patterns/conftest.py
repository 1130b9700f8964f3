"""Where the patterns run in the tests."""

import pytest

from tests.patterns.world import TinyEventStore, database


@pytest.fixture
def db(tmp_path):
    """A service's database, in a file."""
    made = database(tmp_path / "shop.sqlite")
    yield made
    made.close()


@pytest.fixture
def store():
    """An event store, in memory."""
    return TinyEventStore()
