"""What comes out of a world: what its callers were told, what its messages say, and its end."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Answer:
    """What whoever made a request was told: `ok`, `failed` (it was not done) or `unknown`."""

    process: str
    about: object
    status: Literal["ok", "failed", "unknown"]
    value: object = None  # what came back, or the exception


class Said(dict):
    """The fields of a message. One that is missing shows itself in the story, and breaks no checker."""

    def __missing__(self, name: str) -> str:
        return f"(no {name})"


class RunOver(BaseException):
    """The run can't go on; the world knows why."""
