"""A bus for one machine without a broker: a shared folder, with one append-only file a writer.

The simulated bus lives in one process, so it can't carry anything between two. A file that
one writer appends to and others only read needs no locks, no rights to what is somebody
else's, and works on a shared drive: each file is a partition, a line is a record, and its
place in the file is its offset. Written and read with the same calls as any bus.
"""

import base64
import os
import re
from pathlib import Path

import msgspec

from sandbox.errors import BrokerUnreachable
from sandbox.messages import Envelope, Record, Stored
from sandbox.messages.event import Published
from sandbox.ports import Topic

LINE_MAX = 10_000  # bytes; what we write has some hundred


class _Line(msgspec.Struct):
    envelope: Envelope
    key: str
    value: str


class FolderBus:
    """Topics as folders of files; `folder` is one that all of the room can write to."""

    def __init__(self, folder: Path) -> None:
        """Raises `BrokerUnreachable` where there is no such folder."""
        self.folder = folder
        if not folder.is_dir():
            raise BrokerUnreachable(
                f"there is no folder {folder}. The teacher makes it, for all to write to: "
                "python -m sandbox workshop watch --bus FOLDER"
            )

    def __repr__(self) -> str:
        return f"Folder {self.folder}"

    def create_topic(self, name: str, partitions: int = 1, **options: object) -> Topic:
        try:
            place = self.folder / name
            if not place.is_dir():
                place.mkdir(exist_ok=True)
                place.chmod(0o1777)  # others may add files, and not touch each other's
        except OSError as error:
            raise BrokerUnreachable(f"{self.folder} can't be written to: {error.strerror}.") from error
        return Topic(name, partitions)

    def forward(self, topic: str, message: Stored, *, source: str | None = None) -> None:
        """Append a message to its writer's file. Raises `BrokerUnreachable`."""
        coded = [base64.b64encode(part or b"").decode() for part in (message.key, message.value)]
        line = msgspec.json.encode(_Line(message.envelope, *coded)) + b"\n"
        name = re.sub(r"[^A-Za-z0-9-]", "", message.envelope.source)[:80]
        path = self.folder / topic / f"{name}.jsonl"
        try:
            with path.open("ab+") as file:
                if not file.tell():
                    path.chmod(0o644)  # whatever the umask: the teacher has to read it
                if file.seek(0, os.SEEK_END) and (file.seek(-1, os.SEEK_END), file.read(1))[1] != b"\n":
                    line = b"\n" + line  # whoever died in the middle of a line has left a half of it
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise BrokerUnreachable(f"{self.folder} can't be written to: {error.strerror}.") from error

    def consumer(self, topic: Topic, group: str, **options: object) -> "FolderConsumer":
        return FolderConsumer(self.folder / topic.name)

    def close(self) -> None:
        """There is nothing to let go of."""


class FolderConsumer:
    """Reads all files from their beginnings: a folder keeps nobody's offsets, so an inbox has to."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._read: dict[str, int] = {}  # how far, in bytes, of each file
        self._published = Published()

    def poll(self, max_records: int | None = None) -> list[Record]:
        """All whole lines since the last time; what is no record is passed by."""
        found = []
        try:
            for path in sorted(self._place.glob("*.jsonl")):
                if not path.is_symlink():
                    found += self._lines(path)
        except OSError as error:
            raise BrokerUnreachable(f"{self._place} can't be read: {error.strerror}.") from error
        return found

    def commit(self, record: Record | None = None) -> None:
        """Nothing to commit."""

    def close(self) -> None:
        """Nothing to let go of."""

    def _lines(self, path: Path) -> list[Record]:
        start = self._read.setdefault(path.name, 0)
        with path.open("rb") as file:
            file.seek(start)
            data = file.read()
        whole = data[: data.rfind(b"\n") + 1]
        self._read[path.name] = start + len(whole)
        found, offset, partition = [], start, list(self._read).index(path.name)
        for line in whole.splitlines(keepends=True):
            try:
                if len(line) > LINE_MAX:
                    raise ValueError("longer than anything that we write")
                read = msgspec.json.decode(line, type=_Line)
                key, value = base64.b64decode(read.key), base64.b64decode(read.value)
                stored = Stored(key, value, read.envelope, read.envelope.time)
                found.append(Record(self._place.name, partition, offset, stored, self._published))
            except (msgspec.MsgspecError, ValueError):
                pass
            offset += len(line)
        return found
