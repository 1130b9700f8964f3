"""Lists, dicts and sets that are the same ones on both sides of the pipe.

A function may change the list that it is handed, or keep it, or give the same dict back
twice. In one process its caller sees that. So where functions are called across the pipe,
each container gets a number when it first crosses; when it crosses again, the other side
puts the new content into the container that it has.
"""

from itertools import count

Container = list | dict | set


class Kept:
    """The containers that have crossed, as one end knows them. `first`: 0 at the one end, 1 at the other."""

    def __init__(self, first: int) -> None:
        self._next = count(first, 2)
        self._of: dict[int, Container] = {}  # by number
        self._number: dict[int, int] = {}  # by id, which is one container's for as long as it is kept
        self._mentioned: set[int] = set()  # in the message that is being written
        self.crossed: dict[int, Container] = {}  # by number; since it was last cleared

    def begin(self) -> None:
        """A new message is being written."""
        self._mentioned.clear()

    def mention(self, container: Container) -> tuple[int, bool]:
        """The container's number, and whether this message has yet to tell its content."""
        number = self._number.get(id(container))
        if number is None:
            number = self._keep(next(self._next), container)
        is_new = number not in self._mentioned
        self._mentioned.add(number)
        return number, is_new

    def known(self, number: int) -> Container:
        """The container with that number. Raises `KeyError` where there is none."""
        return self._of[number]

    def emptied(self, number: int, kind: type) -> Container:
        """The container with that number, a new one where there is none, for the content that has come.

        Raises `TypeError` where it is of another kind.
        """
        if number not in self._of:
            self._keep(number, kind())
        container = self._of[number]
        if not isinstance(container, kind):
            raise TypeError(f"container {number} is no {kind.__name__}")
        self.crossed[number] = container
        container.clear()
        return container

    def _keep(self, number: int, container: Container) -> int:
        self._of[number] = container
        self._number[id(container)] = number
        self.crossed[number] = container
        return number
