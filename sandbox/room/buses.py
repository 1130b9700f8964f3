"""The address of a workshop's bus: `kafka://host:port/name`, or a folder that all can write to."""

import sys
from pathlib import Path
from urllib.parse import urlsplit

from sandbox.errors import NotSupportedHere, UsageError
from sandbox.ports import Bus, Topic
from sandbox.ports.topic import check_topic
from sandbox.room.events import TOPIC
from sandbox.room.folder_bus import FolderBus

PARTITIONS = 6
KEPT_MS = 7 * 24 * 60 * 60 * 1000
NAME = "workshop"  # of a workshop that has no other


def check_address(url: str) -> str:
    """The address, tidied up. Raises `UsageError` with what it should look like, `NotSupportedHere`."""
    parts = urlsplit(str(url))
    if sys.platform == "emscripten":
        raise NotSupportedHere(
            "Python in a browser reaches no workshop's bus: it has no sockets and no folders."
        )
    if parts.scheme == "kafka" and parts.hostname and parts.port:
        check_topic(parts.path.strip("/") or NAME, 1)
        return str(url)
    text = str(url).removeprefix("file://").strip()
    if text and (parts.scheme in ("", "file") or len(parts.scheme) == 1):  # C:\room has one letter
        return str(Path(text).expanduser().absolute())
    why = (
        "the simulated bus lives in one process, and carries nothing to another. "
        if parts.scheme == "sim"
        else ""
    )
    raise UsageError(
        f"{str(url)!r} is no workshop's address: {why}Write kafka://teacher:9092 for a Kafka that "
        "the room can reach, or the path of a folder that everybody on this machine can write to."
    )


def open_bus(url: str) -> Bus | FolderBus:
    """The bus at a checked address. Raises `BrokerUnreachable`, within seconds."""
    parts = urlsplit(url)
    if parts.scheme != "kafka":
        return FolderBus(Path(url))
    from sandbox.adapters.kafka import KafkaBus

    return KafkaBus(parts.netloc, run=parts.path.strip("/") or NAME, shared=True)


def room_topic(bus: Bus | FolderBus) -> Topic:
    """The topic of the room's events, made where it isn't there yet. They are kept for a week."""
    return bus.create_topic(TOPIC, PARTITIONS, retention_ms=KEPT_MS)
