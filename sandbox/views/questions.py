"""The questions of the lessons: `lessons/NN_slug/questions.toml`.

They stand in a file of their own, so that the cell which asks doesn't give the answer away.
"""

import tomllib
from dataclasses import dataclass

from sandbox.course import lesson_folder
from sandbox.errors import UsageError

LETTERS = "abcdefgh"


@dataclass(frozen=True)
class Option:
    """One answer that can be chosen, and what is said about it then."""

    text: str
    feedback: str
    right: bool = False
    misconception: int = 0  # its number in the course's list, where it is one


@dataclass(frozen=True)
class Question:
    """A prediction that the learner makes before a cell runs."""

    id: str
    text: str
    options: tuple[Option, ...]

    def option(self, letter: str) -> Option:
        """The option called `letter`. Raises `UsageError` with the letters there are."""
        letters = LETTERS[: len(self.options)]
        if letter not in letters or len(letter) != 1:
            raise UsageError(f"question {self.id} has the answers {', '.join(letters)}, but not {letter!r}.")
        return self.options[LETTERS.index(letter)]

    def as_text(self) -> str:
        """The question and its options, without the answer."""
        lines = [f"  {letter}) {o.text}" for letter, o in zip(LETTERS, self.options, strict=False)]
        return "\n".join([self.text, *lines, f'Your answer: predict("{self.id}", "a")'])


def find_question(id: str) -> Question:
    """The question `id` ("01-a"). Raises `UsageError` with the known ones."""
    number = id.partition("-")[0]
    path = lesson_folder(number) / "questions.toml"
    known = tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    if id not in known:
        raise UsageError(f"there is no question {id!r}; lesson {number} has: {', '.join(known) or 'none'}.")
    entry = known[id]
    return Question(id, entry["question"].strip(), tuple(Option(**option) for option in entry["options"]))
