"""What of a broker is shown: one run of a program, or everything that is there."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from sandbox.errors import UsageError

RUN = re.compile(r"\.([0-9a-f]{6})$")  # what `connect` puts behind every name


@dataclass(frozen=True, slots=True)
class Scope:
    """The topics of one run, by the names that its program uses; or all, by the broker's own."""

    run: str = ""  # none: everything

    def holds(self, name: str) -> bool:
        """Is this topic or group shown?"""
        return not self.run or name.endswith(f".{self.run}")

    def shown(self, name: str) -> str:
        """What it is called here."""
        return name.removesuffix(f".{self.run}") if self.run else name

    def physical(self, name: str, topics: Iterable[str]) -> str | None:
        """The broker's name of a topic that a program calls so; `None` where there is none."""
        there = set(topics)
        return next((found for found in (f"{name}.{self.run}", name) if found in there), None)


def runs_in(topics: Iterable[str]) -> dict[str, int]:
    """The runs that topics belong to, and how many topics each has."""
    found = Counter(match[1] for topic in topics if (match := RUN.search(topic)))
    return dict(sorted(found.items()))


def address_in(text: str) -> str:
    """`localhost:9092` of that, or of `kafka://localhost:9092`. Raises `UsageError` where there is none."""
    parts = urlsplit(text if "://" in text else f"kafka://{text}")
    try:
        if parts.scheme == "kafka" and parts.hostname and parts.port:
            return parts.netloc
    except ValueError:  # a port that is none
        pass
    raise UsageError(
        f"{text!r} names no broker. Write its host and port, as in Lab('localhost:9092'); "
        "or give Lab a function of a bus, a bus, or a trace."
    )
