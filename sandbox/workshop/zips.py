"""A zip of unknown origin: what can be read of it is read, within limits, and nothing is unpacked to disk."""

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

BYTES_MAX = 20_000_000  # of one file; a notebook without outputs has some thousand
BYTES_MAX_TOGETHER = 200_000_000  # of what one learner's zip holds
FILES_MAX = 2_000


@dataclass(frozen=True)
class Entry:
    """A file in a zip."""

    name: str
    data: bytes
    received: datetime | None  # `None` where its date is none
    problem: str = ""


class Zip:
    """Those files of a zip that are `wanted` by their names."""

    def __init__(self, source: Path | bytes, wanted: Callable[[str], bool]) -> None:
        """`source` is a zip, or one's bytes. Raises `ValueError` where it is none."""
        try:
            opened = io.BytesIO(source) if isinstance(source, bytes) else source
            self._archive = zipfile.ZipFile(opened)
        except OSError:
            raise
        except Exception as error:  # of a damaged one, the library raises what it likes
            raise ValueError(f"this zip can't be read: {error}") from error
        files = [entry for entry in self._archive.infolist() if not entry.is_dir()]
        self._files = [entry for entry in files if wanted(_name(entry))]

    @property
    def names(self) -> list[str]:
        """The names of its files."""
        return [_name(entry) for entry in self._files]

    def check_limits(self) -> None:
        """Raise `ValueError` where it holds more than a learner would hand in."""
        size = sum(entry.file_size for entry in self._files)
        if len(self._files) > FILES_MAX or size > BYTES_MAX_TOGETHER:
            raise ValueError(
                f"this zip holds {len(self._files):,} files of {size:,} bytes together; "
                f"{FILES_MAX:,} and {BYTES_MAX_TOGETHER:,} are the most"
            )

    def entries(self) -> Iterator[Entry]:
        """Its files, sorted by name; of two with one name, both."""
        with self._archive:
            for entry in sorted(self._files, key=_name):
                yield self._read(entry)

    def _read(self, entry: zipfile.ZipInfo) -> Entry:
        name, received = _name(entry), _date(entry)
        if entry.file_size > BYTES_MAX:
            return Entry(name, b"", received, f"it has more than {BYTES_MAX:,} bytes")
        try:
            with self._archive.open(entry) as file:
                return Entry(name, file.read(BYTES_MAX + 1), received)
        except Exception as error:  # encrypted, damaged, of an unknown kind: each raises something else
            return Entry(name, b"", received, f"the zip doesn't give it away: {error}")


def _name(entry: zipfile.ZipInfo) -> str:
    return entry.filename.replace("\\", "/")  # as some programs on Windows write it


def _date(entry: zipfile.ZipInfo) -> datetime | None:
    try:
        return datetime(*entry.date_time, tzinfo=UTC)
    except ValueError:
        return None
