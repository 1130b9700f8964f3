"""A service's own database keeps the port's promises: in a file, in memory, and as the explorer has it."""

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from sandbox.errors import ConstraintViolated, DatabaseFailed, DatabaseLocked, UsageError
from sandbox.explore import MemoryDatabase
from sandbox.store import SqliteDatabase

TABLE = "CREATE TABLE orders (order_id TEXT PRIMARY KEY, cents INTEGER NOT NULL CHECK (cents > 0))"
ADD = "INSERT INTO orders VALUES (?, ?)"


@pytest.fixture(params=["file", "memory", "explorer"])
def db(request, tmp_path):
    if request.param == "explorer":
        made = MemoryDatabase(TABLE, "shop")
    else:
        made = SqliteDatabase(tmp_path / "shop.sqlite") if request.param == "file" else SqliteDatabase()
        made.execute(TABLE)
    yield made
    made.close()


@pytest.fixture
def file(tmp_path):
    with SqliteDatabase(tmp_path / "shop.sqlite", patience=0) as made:
        made.execute(TABLE)
        yield made


def orders(db):
    return [row["order_id"] for row in db.execute("SELECT * FROM orders ORDER BY order_id")]


def test_rows_are_dicts(db):
    assert db.execute(ADD, ["A-1", 420]) == []
    assert db.execute("SELECT * FROM orders") == [{"order_id": "A-1", "cents": 420}]
    assert db.execute("INSERT INTO orders VALUES (:id, 1) RETURNING order_id", {"id": "A-2"}) == [
        {"order_id": "A-2"}
    ]


def test_a_transaction_is_all_or_nothing(db):
    with db.transaction():
        db.execute(ADD, ["A-1", 420])
        assert db.in_transaction
    for error in (ValueError, KeyboardInterrupt):
        with pytest.raises(error), db.transaction():
            db.execute(ADD, ["A-2", 390])
            raise error
    assert not db.in_transaction
    assert orders(db) == ["A-1"]


def test_a_transaction_inside_another_is_refused_and_the_first_goes_on(db):
    with db.transaction():
        db.execute(ADD, ["A-1", 420])
        with pytest.raises(UsageError, match="in a transaction already"), db.transaction():
            pass
    assert orders(db) == ["A-1"]


def test_many_rows_are_all_or_none(db):
    assert db.execute_many(ADD, [["A-1", 1], ["A-2", 2]]) == 2
    with pytest.raises(ConstraintViolated):
        db.execute_many(ADD, [["A-3", 3], ["A-1", 1]])
    assert orders(db) == ["A-1", "A-2"]
    with db.transaction():
        with pytest.raises(ConstraintViolated):
            db.execute_many(ADD, [["A-4", 4], ["A-1", 1]])
        db.execute(ADD, ["A-5", 5])
    assert orders(db) == ["A-1", "A-2", "A-5"]


@pytest.mark.parametrize(
    ("row", "named"),
    [
        (["A-1", 1], "UNIQUE constraint failed: orders.order_id"),
        (["A-2", None], "NOT NULL constraint failed: orders.cents"),
        (["A-2", -1], "CHECK constraint failed: cents > 0"),
    ],
)
def test_a_refused_row_names_table_and_column(db, row, named):
    db.execute(ADD, ["A-1", 420])
    with pytest.raises(ConstraintViolated, match=named) as refused:
        db.execute(ADD, row)
    assert refused.value.definite
    assert orders(db) == ["A-1"]


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELEKT 1", "syntax error"),
        ("SELECT * FROM nowhere", "no such table: nowhere"),
        ("COMMIT", "with db.transaction"),
        ("-- sly\n BEGIN", "with db.transaction"),
        (b"SELECT 1", "a statement is a text"),
        ("SELECT ?", "0 supplied"),
    ],
)
def test_wrong_sql_is_a_usage_error(db, sql, said):
    with pytest.raises(UsageError, match=said):
        db.execute(sql)


def test_a_file_outlives_its_database(tmp_path):
    with SqliteDatabase(tmp_path / "shop.sqlite") as first:
        first.execute(TABLE)
        first.execute(ADD, ["A-1", 420])
    with SqliteDatabase(tmp_path / "shop.sqlite") as second:
        assert orders(second) == ["A-1"]
        assert second.name == "shop"


def test_what_another_process_writes_locks_it_and_readers_go_on(file):
    other = sqlite3.connect(file.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseLocked, match="another process") as locked, file.transaction():
        pass
    assert locked.value.retriable
    assert locked.value.definite
    assert orders(file) == []
    other.execute("COMMIT")
    other.close()
    file.execute(ADD, ["A-1", 420])


def test_a_full_disk_loses_nothing_that_was_committed(file):
    file.execute(ADD, ["A-1", 420])
    pages = file.execute("PRAGMA page_count")[0]["page_count"]
    file.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(DatabaseFailed, match="disk is full"), file.transaction():
        for number in range(10_000):
            file.execute(ADD, [f"B-{number}", 1])
    assert not file.in_transaction
    assert orders(file) == ["A-1"]
    file.execute(f"PRAGMA max_page_count = {pages + 1_000}")
    file.execute(ADD, ["A-2", 390])
    assert orders(file) == ["A-1", "A-2"]


def test_a_file_that_is_no_database_is_said(tmp_path):
    (tmp_path / "notes.txt").write_text("not a database, " * 100)
    with pytest.raises(DatabaseFailed, match="no SQLite database"):
        SqliteDatabase(tmp_path / "notes.txt")
    with pytest.raises(DatabaseFailed, match="can't be opened"):
        SqliteDatabase(tmp_path / "nowhere" / "shop.sqlite")


def test_threads_share_a_file_and_not_the_memory(file):
    with SqliteDatabase(file.path) as shared, ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda n: shared.execute(ADD, [f"A-{n}", 1]), range(40)))
        assert len(orders(shared)) == 40
    with SqliteDatabase() as mine, ThreadPoolExecutor(1) as threads:
        answer = threads.submit(mine.execute, "SELECT 1")
        with pytest.raises(UsageError, match="belongs to the thread"):
            answer.result()


KILLED = """
import os, sys
from sandbox.store import SqliteDatabase
db = SqliteDatabase(sys.argv[1])
db.execute("INSERT INTO orders VALUES ('A-1', 420)")
with db.transaction():
    db.execute("INSERT INTO orders VALUES ('A-2', 390)")
    os.kill(os.getpid(), 9)
"""


def test_a_killed_process_leaves_what_it_has_committed(file):
    assert subprocess.run([sys.executable, "-c", KILLED, file.path], check=False).returncode == -9
    assert orders(file) == ["A-1"]
