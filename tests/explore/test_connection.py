"""Other people's statements reach their tables and nothing else."""

import pytest

from sandbox.errors import UsageError
from sandbox.explore import MemoryDatabase
from sandbox.store.words import first_word

FOR_EVER = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT {} FROM c"


@pytest.fixture
def db():
    db = MemoryDatabase("CREATE TABLE orders (order_id TEXT)")
    yield db
    db.close()


@pytest.mark.parametrize(
    "sql",
    [
        "ATTACH '{}' AS other",
        "/* an innocent comment */ ATTACH '{}' AS other",
        "-- one line\nATTACH '{}' AS other",
        "; ATTACH '{}' AS other",
        "VACUUM INTO '{}'",
        "/**/ VACUUM INTO '{}'",
    ],
)
def test_no_file_is_written(db, tmp_path, sql):
    with pytest.raises(UsageError):
        db.execute(sql.format(tmp_path / "other.db"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("word", ["COMMIT", "ROLLBACK", "BEGIN", "SAVEPOINT x", "RELEASE world", "END"])
@pytest.mark.parametrize("before", ["", "/**/", "/* a */ /* b */ ", "--\n", ";", " ;; \n", "\ufeff"])
def test_no_statement_begins_or_ends_a_transaction(db, before, word):
    with pytest.raises(UsageError):
        db.execute(before + word)
    assert first_word(before + word) == word.split()[0]


@pytest.mark.parametrize(
    "sql",
    [
        "PRAGMA user_version = 5",
        "PRAGMA case_sensitive_like = ON",
        "PRAGMA hard_heap_limit = 1000",
        "SELECT * FROM pragma_soft_heap_limit(1000)",
        "CREATE TEMP TABLE seen (order_id TEXT)",
        "CREATE TEMPORARY VIEW seen AS SELECT * FROM orders",
        "CREATE VIRTUAL TABLE seen USING fts5(order_id)",
        "SELECT load_extension('evil.so')",
    ],
)
def test_nothing_is_set_that_the_next_one_would_find(db, sql):
    with pytest.raises(UsageError):
        db.execute(sql)


@pytest.mark.parametrize("what", ["x", "count(*)", "zeroblob(20000)"])
def test_a_statement_without_an_end_is_ended(db, what):
    with pytest.raises(UsageError):
        db.execute(FOR_EVER.format(what))
    assert db.execute("SELECT 1 AS one") == [{"one": 1}]


def test_a_statement_may_run_often(db):
    """The meter is one statement's, and SQLite's own counter of instructions is not."""
    many = FOR_EVER.format("x") + " LIMIT 900"
    for _ in range(200):
        assert len(db.execute(many)) == 900


def test_a_huge_value_is_refused(db):
    with pytest.raises(UsageError):
        db.execute("INSERT INTO orders VALUES (zeroblob(1000000000))")


def test_too_many_rows_are_refused(db):
    with pytest.raises(UsageError, match="more than 1,000 rows"):
        db.execute(FOR_EVER.format("x") + " LIMIT 2000")
