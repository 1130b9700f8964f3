"""A story without what differs from run to run: ids drawn at random, and the time of day.

Wrong solutions that ask a clock or chance put them into their stories. What was equal stays
equal, and what differed still differs.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

DAYS_MAX = 2  # a date as near as that to today is the clock's
UUID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
HEX = re.compile(r"\b[0-9a-f]{32}\b")
ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)T\d\d:\d\d:\d\d(\.\d+)?")
PYTHON = re.compile(r"datetime\.datetime\((\d{4}), (\d+), (\d+)[^)]*?(\)|, tzinfo)")
SECONDS = re.compile(r"\b1[789]\d{8}(?:\.\d+)?\b")
NANOSECONDS = re.compile(r"\b1[789]\d{17}\b")
BY_CHANCE = {  # what is seen differs altogether
    "two events never share an id": "Ids that come twice in a rush, or have too little room; "
    "which ones, chance says.",
}
IN_LONDON = re.compile(r"\b\d\d:\d\d UTC\b")


def steady(invariant: str, story: str) -> str:
    """The story of how the invariant breaks, the same in every run."""
    if invariant in BY_CHANCE:
        return BY_CHANCE[invariant]
    story = _each(UUID, story, lambda found, n: f"46d2dc3{n}-…")
    story = _each(HEX, story, lambda found, n: f"94acb19{n}…")
    story = _each(ISO, story, _iso)
    story = _each(PYTHON, story, _python)
    story = _each(NANOSECONDS, story, lambda found, n: f"177788874000000000{n}")
    story = _each(SECONDS, story, lambda found, n: f"177788874{n}" + (".25" if "." in found[0] else ""))
    return IN_LONDON.sub("04:14 UTC", story)


def _each(pattern: re.Pattern, story: str, stand_in: Callable[[re.Match, int], str]) -> str:
    """The story with a stand-in, by its number, for each of the different things that are found."""
    seen: dict[str, int] = {}
    return pattern.sub(lambda found: stand_in(found, seen.setdefault(found[0], len(seen) + 1)), story)


def _iso(found: re.Match, number: int) -> str:
    if not _is_now(found):
        return found[0]
    fraction = ".123456789"[: len(found[4])] if found[4] else ""
    return f"2026-05-04T09:59:{number:02}{fraction}"


def _python(found: re.Match, number: int) -> str:
    return f"datetime.datetime(2026, 5, 4, 9, 59, {number}{found[4]}" if _is_now(found) else found[0]


def _is_now(found: re.Match) -> bool:
    day = date(*map(int, found.groups()[:3]))
    return abs(day - datetime.now(UTC).date()) <= timedelta(days=DAYS_MAX)
