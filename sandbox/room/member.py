"""The learner's side: take part, be heard of, leave. All of it is in a file beside the progress.

A verdict goes into an outbox in that file, which takes a millisecond; `Sender` does the
rest. So the bus may be away, the kernel may die, and still nothing is lost and no cell
waits.
"""

import os
import random
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sandbox.errors import SandboxError, UsageError
from sandbox.grading.progress import listeners, progress_file
from sandbox.grading.verdict import Verdict
from sandbox.messages import Event
from sandbox.patterns import Outbox
from sandbox.room.buses import check_address
from sandbox.room.events import TOPIC, LearnerJoined, LearnerLeft, VerdictGiven
from sandbox.room.sending import Sender
from sandbox.store import SqliteDatabase

NAME_MAX = 24
LEAVING_S = 8.0
PATIENCE_S = 1.0  # for another kernel of this learner that is writing
MEMBERSHIP = (
    "CREATE TABLE IF NOT EXISTS membership (url TEXT, member TEXT, learner TEXT, said INTEGER, left INTEGER)"
)
WORDS = (
    (
        "amber",
        "brave",
        "brisk",
        "calm",
        "clever",
        "eager",
        "glad",
        "keen",
        "lively",
        "merry",
        "nimble",
        "swift",
    ),
    ("badger", "crane", "dolphin", "finch", "fox", "gecko", "hare", "heron", "lynx", "otter", "owl", "robin"),
)
TERMS = """\
{state}
What is sent, each time you run an exercise: its number, the verdict (PASS, FAIL or UNKNOWN), the
invariant that broke and the misconception often behind it (both in the course's words), the time,
and the pseudonym {learner!r}. Never your code, your output, or your name.
It goes to {url}; whoever can read there sees it. To leave: sandbox.leave_workshop()"""


@dataclass
class Membership:
    """Where this learner takes part, and as whom."""

    url: str
    member: str
    learner: str
    said: int
    left: int


_sender: Sender | None = None
_told = False  # has this kernel said that its verdicts are sent?


def join_workshop(url: str = "", name: str = "") -> None:
    """Have the workshop at `url` hear of your verdicts, under the pseudonym `name`, until you leave.

    `kafka://teacher:9092`, or a folder on this machine. Without a name you get one.
    Holds for all notebooks of this course on this machine. Without a `url`: the
    environment's SANDBOX_WORKSHOP, or where you take part already. Raises `UsageError`.
    """
    known = _read()
    url = url or os.environ.get("SANDBOX_WORKSHOP", "") or (known.url if known and not known.left else "")
    if not url:
        raise UsageError(
            "which workshop? The teacher says its address: sandbox.join_workshop('kafka://teacher:9092')"
        )
    url, name = check_address(url), _pseudonym(name)
    if known and not known.left and known.url == url and name in ("", known.learner):
        _begin(known)
        print(TERMS.format(state=_state(known), learner=known.learner, url=url))
        return
    if known and not known.left:
        leave_workshop()
    made = Membership(url, f"room-{secrets.token_hex(8)}", name or _made_up(), 0, 0)
    with _database(made.member) as db, db.transaction():
        db.execute("DELETE FROM membership")
        db.execute("INSERT INTO membership VALUES (?, ?, ?, 0, 0)", [made.url, made.member, made.learner])
        _put(db, made, lambda number, at: LearnerJoined(made.member, made.learner, number, at))
    _begin(made)
    print(TERMS.format(state="You take part in the workshop.", learner=made.learner, url=url))


def leave_workshop() -> None:
    """Have nothing more sent. What waits is thrown away, and the dashboard is asked to forget you."""
    global _sender
    known = _read()
    if known is None or known.left:
        print("You take part in no workshop: nothing is sent.")
        return
    with _database(known.member) as db, db.transaction():
        db.execute("DELETE FROM outbox")
        _put(db, known, lambda number, at: LearnerLeft(known.member, number, at))
        db.execute("UPDATE membership SET left = 1")
    if _hear in listeners:
        listeners.remove(_hear)
    sender = _sender or Sender(_file(), known.member, known.url)
    heard = sender.stop(LEAVING_S)
    _sender = None
    if heard:
        print("You have left, and nothing is sent any more. The dashboard was asked to forget you.")
    else:
        why = sender.problem or "no answer"
        print(f"You have left, and no verdict is sent any more. The bus can't be reached now ({why}):")
        print("the next kernel that reaches it asks the dashboard to forget you.")


def resume() -> None:
    """In a new kernel: go on where this learner takes part, or as SANDBOX_WORKSHOP says. Never raises."""
    try:
        known = _read()
        if known is None and (url := os.environ.get("SANDBOX_WORKSHOP")):
            join_workshop(url, os.environ.get("SANDBOX_WORKSHOP_NAME", ""))
        elif known:
            _begin(known)
    except SandboxError as error:
        print(f"You take part in no workshop: {error}")


def _begin(known: Membership) -> None:
    global _sender
    if not known.left and _hear not in listeners:
        listeners.append(_hear)
    if not known.left or _waiting(known):
        _sender = _sender or Sender(_file(), known.member, known.url)
        _sender.wake()


def _hear(verdict: Verdict) -> None:
    """Put one verdict into the outbox."""
    global _told
    try:
        known = _read()
        if known is None or known.left:
            return
        with _database(known.member) as db, db.transaction():
            _put(db, known, lambda number, at: _said(known, verdict, number, at))
    except SandboxError as error:
        print(f"The workshop does not hear of this verdict: {error}")
        return
    if _sender:
        _sender.wake()
    if not _told:
        _told = True
        print(f"The workshop hears of your verdicts, as {known.learner}. To leave: sandbox.leave_workshop()")


def _said(known: Membership, verdict: Verdict, number: int, at: str) -> VerdictGiven:
    failed = verdict.result == "FAIL"
    return VerdictGiven(
        known.member,
        known.learner,
        number,
        at,
        verdict.grader.exercise,
        verdict.result,
        verdict.invariant if failed else "",
        verdict.misconception if failed else "",
    )


def _put(db: SqliteDatabase, known: Membership, make: Callable[[int, str], Event]) -> None:
    """Number an event and put it into the outbox, in the transaction that is under way."""
    db.execute("UPDATE membership SET said = said + 1")
    (row,) = db.execute("SELECT said FROM membership")
    at = datetime.now(UTC).isoformat(timespec="seconds")
    Outbox(db).add(TOPIC, make(row["said"], at), key=known.member)


def _state(known: Membership) -> str:
    waiting, problem = _waiting(known), _sender.problem if _sender else ""
    away = f" The bus is away: {problem}" if problem else ""
    return f"You take part already; {waiting} messages wait to be sent.{away}"


def _waiting(known: Membership) -> int:
    with _database(known.member) as db:
        return len(Outbox(db))


def _file() -> Path:
    return progress_file().with_name("workshop.sqlite")


def _database(member: str) -> SqliteDatabase:
    file = _file()
    file.parent.mkdir(parents=True, exist_ok=True)
    db = SqliteDatabase(file, member, patience=PATIENCE_S)
    db.execute(MEMBERSHIP)
    Outbox(db)
    return db


def _read() -> Membership | None:
    if not _file().exists():
        return None
    with _database("") as db:
        rows = db.execute("SELECT * FROM membership")
    return Membership(**rows[0]) if rows else None


def _pseudonym(name: str) -> str:
    name = " ".join(str(name).split())
    if len(name) > NAME_MAX or not name.isprintable():
        raise UsageError(
            f"{name!r} is no pseudonym: take {NAME_MAX} characters at most, or none, and get one."
        )
    return name


def _made_up() -> str:
    chance = random.SystemRandom()
    return "-".join([*map(chance.choice, WORDS), str(chance.randint(10, 99))])
