"""What the submission has answered before need not be computed again.

An instance hears of the world only by its messages, so code without chance in it answers the
same messages in the same way. The explorer tells the same beginning hundreds of times: here
the answers come from a tree of what was said before. Only where an instance is told something
new, a process is started; it hears all that came before, its answers are compared, and it
goes on alive. Where they differ, the code rolls dice. Then it is explored anew, with dice that
can be repeated (`sandbox.confined.chance`), and if that doesn't help, alive and slowly.

Of dice that have not shown themselves yet, this is true all the same: within one run an
answer that only one process ever gave is used once. Else two instances would roll alike.
"""

from sandbox.explore.program import StartAgain
from sandbox.referee.far import Partner
from sandbox.referee.processes import ProcessEnded

BYTES_MAX = 100_000_000  # of one tree; what is said beyond that is not kept
NODE_BYTES = 500  # of a node, beside what was said


class Node:
    """An answer, and what can be said after it."""

    __slots__ = ("answer", "confirmed", "next", "run")

    def __init__(self, answer: bytes) -> None:
        self.answer = answer
        self.confirmed = False  # two processes have given it
        self.run = -1  # in which it was last used
        self.next: dict[bytes, Node] = {}  # by message


class Recording:
    """All that was ever said to the instances of one program, and their answers."""

    def __init__(self, seeded: bool = False) -> None:
        """`seeded`: the dice of its processes follow from numbers that they are given."""
        self.seeded = seeded
        self.root = Node(b"")
        self.run = 0
        self.broken = False  # the code does not repeat itself
        self._bytes = 0

    def next_run(self) -> None:
        """Another run begins."""
        self.run += 1

    def lookup(self, node: Node, message: bytes) -> Node | None:
        """What came of the message, said at this point; `None` where a process has to say it."""
        found = node.next.get(message)
        if found is None or (found.run == self.run and not found.confirmed):
            return None
        found.run = self.run
        return found

    def note(self, node: Node, message: bytes, answer: bytes) -> Node:
        """A process has answered. Raises `StartAgain` where another one has answered otherwise."""
        found = node.next.get(message)
        if found is None:
            found = Node(answer)
            self._bytes += NODE_BYTES + len(message) + len(answer)
            if self._bytes <= BYTES_MAX:
                node.next[message] = found
        elif found.answer != answer:
            raise self.start_again()
        else:
            found.confirmed = True
        found.run = self.run
        return found

    def start_again(self) -> StartAgain:
        """What to raise where the code has not repeated itself."""
        self.broken = True
        return StartAgain()


class Recorded:
    """An instance that is played back for as long as nobody tells it anything new."""

    def __init__(self, recording: Recording, partner: Partner) -> None:
        self._recording = recording
        self._partner = partner
        self._node = recording.root
        self._heard: list[bytes] = []  # while it is played back

    def exchange(self, message: bytes) -> bytes:
        """See `Live.exchange`. Raises `StartAgain` where the code does not repeat itself."""
        if self._heard is not None:
            found = self._recording.lookup(self._node, message)
            if found:
                self._heard.append(message)
                self._node = found
                return found.answer
            self._live()
        answer = self._partner.exchange(message)
        self._node = self._recording.note(self._node, message, answer)
        return answer

    def end(self) -> None:
        """End its process, where it has come to have one."""
        self._partner.end()

    def _live(self) -> None:
        """Start its process, and bring it to where the playback has come."""
        heard, self._heard = self._heard, None
        node = self._recording.root
        try:
            for message in heard:
                node = self._recording.note(node, message, self._partner.exchange(message))
        except ProcessEnded as error:
            raise self._recording.start_again() from error
