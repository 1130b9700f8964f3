"""What was handed in, wherever it lies: a folder, a zip, an LMS's export, nbgrader's exchange.

Whose a file is, its place says. These are known:

    ada/01_events.ipynb                                    a folder for each learner
    ada.ipynb                                              a file for each learner
    submitted/ada/lesson01/01_events.ipynb                 nbgrader
    Ada Lovelace_4711_assignsubmission_file_/x.ipynb       Moodle
    lovelaceada_LATE_4711_99_01_events-1.ipynb             Canvas
"""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from sandbox.errors import UsageError

BYTES_MAX = 20_000_000  # of one file; a notebook without outputs has some thousand
NOTEBOOKS = (".ipynb", ".py")
MOODLE = re.compile(r"^(.+?)_\d+_assignsubmission_file(?:_|$)")
CANVAS = re.compile(r"^([a-z0-9\-]+?)_(LATE_)?\d+_\d+_.+$", re.IGNORECASE)
NOT_HANDED_IN = {"__MACOSX", ".ipynb_checkpoints", "__pycache__"}


@dataclass(frozen=True)
class Found:
    """A file that somebody has handed in."""

    learner: str
    name: str  # its place, as it came
    data: bytes
    received: datetime  # in UTC
    late: bool = False  # the LMS says so
    problem: str = ""  # why it can't be read


def find(place: Path) -> Iterator[Found]:
    """All files of a folder or a zip, sorted by their names. Raises `UsageError` where there are none."""
    if not place.exists():
        raise UsageError(f"there is nothing at {place}. Name the folder or the zip with the submissions.")
    found = sorted(_in_zip(place) if place.is_file() else _in_folder(place), key=lambda each: each.name)
    if not found:
        raise UsageError(f"nobody has handed in anything at {place}: it has no notebook (.ipynb) and no .py.")
    yield from found


def _in_folder(folder: Path) -> Iterator[Found]:
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() or not path.is_file() or not _is_handed_in(name):
            continue  # a link leads to where its author likes
        received = _stamp(path.with_name("timestamp.txt")) or datetime.fromtimestamp(
            path.stat().st_mtime, UTC
        )
        if path.stat().st_size > BYTES_MAX:
            yield _found(name, b"", received, f"it has more than {BYTES_MAX:,} bytes")
        else:
            yield _found(name, path.read_bytes(), received)


def _in_zip(path: Path) -> Iterator[Found]:
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as error:
        raise UsageError(f"{path} is neither a folder nor a zip: {error}.") from error
    with archive:
        for entry in archive.infolist():
            if entry.is_dir() or not _is_handed_in(entry.filename):
                continue
            received = datetime(*entry.date_time, tzinfo=UTC)
            if entry.file_size > BYTES_MAX:
                yield _found(entry.filename, b"", received, f"it has more than {BYTES_MAX:,} bytes")
                continue
            try:
                yield _found(entry.filename, archive.read(entry), received)
            except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
                yield _found(entry.filename, b"", received, f"the zip doesn't give it away: {error}")


def _is_handed_in(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return name.endswith(NOTEBOOKS) and not NOT_HANDED_IN.intersection(parts)


def _found(name: str, data: bytes, received: datetime, problem: str = "") -> Found:
    learner, late = whose(name)
    return Found(learner, name, data, received, late, problem)


def whose(name: str) -> tuple[str, bool]:
    """The learner to whom the place of a file belongs, and whether the LMS calls it late."""
    path = PurePosixPath(name)
    for part in path.parts:
        if moodle := MOODLE.match(part):
            return moodle[1], False
    if canvas := CANVAS.match(path.stem):
        return canvas[1], bool(canvas[2])
    folders = [part for part in path.parts[:-1] if part != "submitted"]
    return (folders[0] if folders else path.stem), False


def _stamp(path: Path) -> datetime | None:
    """nbgrader's own note of when it was handed in."""
    try:
        stamp = datetime.fromisoformat(path.read_text(encoding="utf-8").strip().replace(" UTC", "+00:00"))
    except (OSError, ValueError):
        return None
    return stamp if stamp.tzinfo else stamp.replace(tzinfo=UTC)
