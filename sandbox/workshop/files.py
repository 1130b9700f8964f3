"""What was handed in, wherever it lies: a folder, a zip, an LMS's export, nbgrader's exchange.

Whose a file is, its place says. These are known:

    ada/01_events.ipynb                                    a folder for each learner
    ada.ipynb, ada.zip                                     a file, or a zip, for each learner
    submitted/ada/lesson01/01_events.ipynb                 nbgrader
    Ada Lovelace_4711_assignsubmission_file_/x.ipynb       Moodle
    lovelaceada_LATE_4711_99_01_events-1.ipynb             Canvas

Every file comes out, one after the other; what can't be read comes out with its problem.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from sandbox.errors import UsageError
from sandbox.workshop.zips import BYTES_MAX, Zip

TOO_BIG = f"it has more than {BYTES_MAX:,} bytes"
MOODLE = re.compile(r"^(.+?)_\d+_assignsubmission_file(?:_|$)")
CANVAS = re.compile(r"^([a-z0-9\-]+?)_(LATE_)?\d+_\d+_.+$", re.IGNORECASE)
NOT_HANDED_IN = {  # what programs leave behind
    "__MACOSX", ".ipynb_checkpoints", "__pycache__", ".git", ".venv",
    ".DS_Store", "Thumbs.db", "desktop.ini", "timestamp.txt", "progress.json",
}  # fmt: skip


@dataclass(frozen=True)
class Found:
    """A file that somebody has handed in. Its texts can be printed and stored, whatever it was called."""

    learner: str
    name: str  # its place, as it came
    data: bytes
    received: datetime  # in UTC
    late: bool = False  # the LMS says so
    problem: str = ""  # why it can't be read
    remark: str = ""  # what somebody should know of it


def find(place: Path) -> Iterator[Found]:
    """All files of a folder or a zip, sorted by their names. Raises `UsageError` where there are none."""
    if not place.exists():
        raise UsageError(f"there is nothing at {place}. Name the folder or the zip with the submissions.")
    nothing = True
    for found in _in_archive(place) if place.is_file() else _in_folder(place):
        nothing = False
        yield found
    if nothing:
        raise UsageError(f"nobody has handed in anything at {place}: there is no file in it.")


def _in_folder(folder: Path) -> Iterator[Found]:
    unreadable: list[OSError] = []
    paths = []
    for parent, folders, names in os.walk(folder, onerror=unreadable.append):
        links = [name for name in folders if (Path(parent) / name).is_symlink()]
        paths += [Path(parent) / name for name in [*names, *links]]
    for path in sorted(paths):
        name = path.relative_to(folder).as_posix()
        if _is_handed_in(name):
            yield from _file(path, name)
    for error in unreadable:
        name = Path(error.filename).relative_to(folder).as_posix()
        yield _found(name, b"", None, problem=f"this folder can't be read: {error.strerror}")


def _file(path: Path, name: str) -> Iterator[Found]:
    """What is in one file of a folder."""
    data, received, problem = b"", None, ""
    try:
        received = _stamp(path.with_name("timestamp.txt")) or _moment(path.lstat().st_mtime)
        if path.is_symlink():
            problem = "it is a link, and a link leads to where its author likes"
        elif not path.is_file():
            problem = "it is no ordinary file"
        elif path.stat().st_size > BYTES_MAX:
            problem = TOO_BIG
        else:
            data = path.read_bytes()
    except OSError as error:
        problem = f"it can't be read: {error.strerror}"
    if problem or not name.lower().endswith(".zip"):
        yield _found(name, data, received, problem=problem)
    else:
        yield from _in_zip_of_a_learner(data, name, received)


def _in_archive(path: Path) -> Iterator[Found]:
    """What is in the zip of the class: notebooks, and zips of single learners."""
    try:
        archive = Zip(path, _is_handed_in)
    except (ValueError, OSError) as error:
        raise UsageError(f"{path} is neither a folder nor a zip: {error}.") from error
    for entry in archive.entries():
        if entry.problem or not entry.name.lower().endswith(".zip"):
            yield _found(entry.name, entry.data, entry.received, problem=entry.problem)
        else:
            yield from _in_zip_of_a_learner(entry.data, entry.name, entry.received)


def _in_zip_of_a_learner(data: bytes, name: str, received: datetime | None) -> Iterator[Found]:
    """All of it belongs to the learner to whom the zip belongs, whatever the names in it say."""
    try:
        archive = Zip(data, _is_handed_in)
        archive.check_limits()
    except ValueError as error:
        yield _found(name, b"", received, problem=str(error))
        return
    if any(MOODLE.match(part) for entry in archive.names for part in entry.split("/")):
        problem = "it looks like the export of a whole class: give this zip itself to collect"
        yield _found(name, b"", received, problem=problem)
        return
    if not archive.names:
        yield _found(name, b"", received, problem="there is no file in this zip")
    for entry in archive.entries():
        problem = entry.problem
        if not problem and entry.name.lower().endswith(".zip"):
            problem = "it is a zip inside a zip: unpack it"
        yield _found(entry.name, entry.data, entry.received or received, inside=name, problem=problem)


def _is_handed_in(name: str) -> bool:
    return not NOT_HANDED_IN.intersection(PurePosixPath(name).parts)


def _found(name: str, data: bytes, received: datetime | None, inside: str = "", problem: str = "") -> Found:
    learner, late = whose(inside or name)
    remark = "" if received else "nothing says when it was handed in: it is taken as on time"
    full = f"{inside}/{name}" if inside else name
    moment = received or datetime.fromtimestamp(0, UTC)  # so that any other submission is newer
    return Found(printable(learner), printable(full), data, moment, late, problem, remark)


def printable(text: str) -> str:
    """`text`, what can't be printed or stored in it (half a character, a terminal's command) spelled out."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in text
    )


def whose(name: str) -> tuple[str, bool]:
    """The learner to whom the place of a file belongs, and whether the LMS calls it late."""
    path = PurePosixPath(name)
    for part in path.parts:
        if moodle := MOODLE.match(part):
            return moodle[1], False
    if canvas := CANVAS.match(path.stem):
        return canvas[1], bool(canvas[2])
    folders = [part for part in path.parts[:-1] if part not in ("submitted", "/", "..")]
    stem = re.sub(r"\.ipynb$", "", path.stem, flags=re.IGNORECASE)  # ada.ipynb.txt is ada's
    return (folders[0] if folders else stem), False


def _moment(seconds: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _stamp(path: Path) -> datetime | None:
    """nbgrader's own note of when it was handed in."""
    try:
        stamp = datetime.fromisoformat(path.read_text(encoding="utf-8").strip().replace(" UTC", "+00:00"))
    except (OSError, ValueError):
        return None
    return stamp if stamp.tzinfo else stamp.replace(tzinfo=UTC)
