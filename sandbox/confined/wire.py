"""Values as bytes: what may cross between the referee and the submission's process.

Plain data crosses as what it is: text, numbers, lists, dicts, times. So do records, events
and other dataclasses, and exceptions. A function or a port stays where it is: a number
crosses, and a stub stands for it on the other side. Anything else becomes a `Stranger`,
which knows its name and how it looks, and equals nothing: an object that says it equals
everything says so on its own side only. A stranger that comes back is the object that it was, and
so is a tuple of a class of its own, which is a plain one over there.
"""

from sandbox.confined.identity import Kept
from sandbox.confined.meaning import PROBLEMS, MarkedTuple, Stranger, mean_all
from sandbox.confined.shapes import Classes
from sandbox.confined.telling import tell_all
from sandbox.errors import UsageError
from sandbox.messages.event import Published
from sandbox.messages.vocabulary import Vocabulary
from sandbox.ports import Charge, Refund, RunResult, Topic

PORT_CLASSES = (Charge, Refund, RunResult, Topic)  # the same ones at both ends
BYTES_MAX = 4_000_000  # of one message
ERRORS_MAX = 10_000  # that have crossed


class Stub:
    """What stands for a thing of the other end."""

    __slots__ = ("_number", "_wire")

    def __init__(self, wire: "Wire", number: int) -> None:
        self._wire, self._number = wire, number


class Wire:
    """One end of the pipe, and what it knows of the other. Each end says which things stay where they are."""

    marks = False  # does it say of an object that can't cross, or of a tuple, which one it is?

    def __init__(self, classes: Classes, first: int, filename: str = "") -> None:
        """`first` is 0 at the one end and 1 at the other; `filename` the submission's, where it runs."""
        self.classes = classes
        self.filename = filename
        self.published: Published | Vocabulary = Published()  # how the records that arrive are read
        self.handed: Published | Vocabulary = self.published  # and how those that were sent
        self.kept = Kept(first)
        self.keeps = False  # containers are the same ones on both sides
        self._things: list[object] = []  # those of this end that were referred to
        self._number_of: dict[int, int] = {}  # of a thing or an error of this end, by its id
        self._errors: list[BaseException] = []  # those of this end that were told
        self._their_errors: dict[int, tuple[int, BaseException]] = {}  # by id

    def kind_of(self, thing: object) -> str:
        """Which kind of stub stands for it over there; empty where it is a stranger there."""
        raise NotImplementedError

    def stub(self, number: int, kind: str) -> object:
        """What stands here for a thing of the other end. Raises `KeyError` for an unknown kind."""
        raise NotImplementedError

    def write(self, *message: object, keeps: bool = False) -> bytes:
        """The message as bytes. `keeps`: lists, dicts and sets stay the same ones over there.

        Raises `UsageError` where it can't cross.
        """
        self.keeps = keeps
        if keeps:
            self.kept.begin()
        try:
            data = tell_all(self, message)
        except RecursionError:
            raise UsageError("what is nested so deeply can't cross to another process.") from None
        except UnicodeEncodeError as error:
            raise UsageError(f"a text can't cross to another process: {error}.") from error
        if len(data) > BYTES_MAX:
            raise UsageError(f"{len(data):,} bytes can't cross to another process; {BYTES_MAX:,} may.")
        return data

    def read(self, data: bytes) -> list:
        """The message that was written. Raises `UsageError` where it is malformed."""
        try:
            return mean_all(self, data)
        except PROBLEMS as error:
            raise UsageError(f"a message can't be read: {error!r}.") from error

    # What telling and meaning ask of it

    def number_of_thing(self, thing: object) -> tuple[int | None, str]:
        """Its number and its kind; no kind where it is the other end's, no number where it is a stranger."""
        if self.is_theirs(thing):
            return thing._number, ""
        kind = self.kind_of(thing)
        return (self.number_of_own(thing), kind) if kind else (None, "")

    def is_theirs(self, thing: object) -> bool:
        """Does it stand for a thing of the other end?"""
        return isinstance(thing, Stub | Stranger | MarkedTuple) and thing._wire is self

    def number_of_own(self, thing: object) -> int:
        """The number of a thing of this end: the same one each time."""
        number = self._number_of.get(id(thing))
        if number is None:
            number = self._number_of[id(thing)] = len(self._things)
            self._things.append(thing)
        return number

    def thing(self, number: int) -> object:
        """The thing of this end with that number. Raises `KeyError` where there is none."""
        if not 0 <= number < len(self._things):
            raise KeyError(number)
        return self._things[number]

    def number_of_error(self, error: BaseException) -> tuple[int, bool]:
        """Its number, and whether it is the other end's."""
        if theirs := self._their_errors.get(id(error)):
            return theirs[0], True
        number = self._number_of.get(id(error))
        if number is None:
            number = self._number_of[id(error)] = len(self._errors)
            self._errors.append(error)
        return number, False

    def has_told(self, error: BaseException) -> bool:
        """Is it an error of this end, which the other one knows?"""
        return id(error) in self._number_of

    def error(self, number: int) -> BaseException:
        """The error of this end with that number. Raises `KeyError` where there is none."""
        if not 0 <= number < len(self._errors):
            raise KeyError(number)
        return self._errors[number]

    def note_error(self, number: int, error: BaseException) -> BaseException:
        """Remember an error of the other end."""
        if len(self._their_errors) >= ERRORS_MAX:
            raise ValueError(f"more than {ERRORS_MAX:,} errors have crossed")
        self._their_errors[id(error)] = number, error
        return error
