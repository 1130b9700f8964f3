"""`check_setup()`: what this machine has for the course, a line each, and when a lack of it matters.

What it says differs by machine, so the cell that shows it has the tag `machine`: a lesson's
build doesn't keep its output.
"""

import importlib.util
import os
import platform
import shutil
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

PROBE_SECONDS = 0.5
DEFAULT = "localhost:9092"


@dataclass(frozen=True)
class Line:
    """One thing that was looked for: `✓` is here, `–` is not and needn't be, `✕` is in your way."""

    sign: str
    name: str
    words: str


class Setup:
    """What was found. Shows itself as a few lines."""

    def __init__(self, lines: list[Line]) -> None:
        self.lines = lines

    @property
    def ready(self) -> bool:
        """Is nothing in the way of the lessons?"""
        return all(line.sign != "✕" for line in self.lines)

    def __repr__(self) -> str:
        rows = [f"{line.sign} {line.name:<14} {line.words}" for line in self.lines]
        last = "You can begin." if self.ready else "Mend what is marked with ✕, and run this cell again."
        return "\n".join([*rows, last])


def check_setup() -> Setup:
    """Look around, for less than a second; nothing is started or changed."""
    if sys.platform == "emscripten":
        return Setup([_python(), _bus(), _no_kafka(), _pictures(), _storage()])
    return Setup([_python(), _bus(), _kafka(), _engine(), _pictures(), _browser()])


def _python() -> Line:
    return Line("✓", "Python", platform.python_version())


def _bus() -> Line:
    url = os.environ.get("SANDBOX_BUS") or "sim://"
    address = urlsplit(url).netloc
    if not address:
        return Line("✓", "bus", "simulated, inside the notebook: all that you need")
    if _answers(address):
        return Line("✓", "bus", f"{url}, from SANDBOX_BUS")
    return Line(
        "✕", "bus", f"SANDBOX_BUS is {url}, and nothing answers there: `make kafka`, or unset the variable"
    )


def _kafka() -> Line:
    if _answers(DEFAULT):
        return Line("✓", "Kafka", f'something answers at {DEFAULT}; connect("kafka://{DEFAULT}") uses it')
    return Line("–", "Kafka", "not running, and not needed. To see a lesson on it: `make kafka`")


def _no_kafka() -> Line:
    return Line(
        "–", "Kafka", "not to be had inside a browser; on your own machine or on Binder: `make kafka`"
    )


def _engine() -> Line:
    here = [name for name, found in (("the command docker", _docker()), ("Java", _java())) if found]
    if here:
        return Line("✓", "Docker or Java", f"{' and '.join(here)}; for `make kafka`, if ever you want it")
    return Line("–", "Docker or Java", "neither; only `make kafka` needs one of them (Java 17 or newer)")


def _pictures() -> Line:
    if shutil.which("dot"):
        return Line("✓", "dot", "Graphviz draws the maps of who reads what")
    if importlib.util.find_spec("pygraphviz"):
        return Line("✓", "dot", "not on the PATH; Graphviz comes with pygraphviz, which does as well")
    return Line(
        "–", "dot", "no Graphviz; the maps of who reads what are laid out more simply, or come as text"
    )


def _browser() -> Line:
    return Line("✓", "browser", "the one that you read this in; Chromium is for the course's own tests")


def _storage() -> Line:
    return Line("✓", "browser", "keeps what you change, on this device only; File → Download takes it out")


def _answers(address: str) -> bool:
    """Does anything accept a connection there?"""
    host, _, port = address.partition(":")
    try:
        with socket.create_connection((host, int(port or 9092)), PROBE_SECONDS):
            return True
    except (OSError, ValueError):
        return False


def _docker() -> bool:
    return bool(shutil.which("docker"))


def _java() -> bool:
    home = os.environ.get("JAVA_HOME")
    return bool((home and shutil.which("java", path=str(Path(home) / "bin"))) or shutil.which("java"))
