"""Where the patterns run in the tests."""

import pytest

from tests.patterns.world import TinyDatabase


@pytest.fixture
def db(tmp_path):
    """A service's database, in a file."""
    database = TinyDatabase(tmp_path / "shop.sqlite")
    yield database
    database.close()
