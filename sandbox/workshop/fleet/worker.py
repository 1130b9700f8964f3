"""A worker: a consumer of the group that grades, and keeps on polling while it does.

Grading happens in other processes, so the group hears of this one all the time, however
long a text takes. Each turn reads the notes first and takes texts afterwards: a text is
begun only when all is known that was noted on it before. A rebalance may take a text away
while it is graded; then its verdict is published all the same, and judged once.
"""

import os
import secrets
import socket
import time
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress

from sandbox.errors import CommitRejected, NotAssigned, UnreadableRecord
from sandbox.messages import Record
from sandbox.ports import Bus
from sandbox.workshop.events import CellGraded, GradingGivenUp
from sandbox.workshop.fleet.messages import (
    NOTES,
    TEXTS,
    VERDICTS,
    GradeText,
    GradingBegun,
    GradingDisowned,
    GradingDone,
    answered,
    unpack,
)
from sandbox.workshop.fleet.notes import Notes, Request
from sandbox.workshop.office import Cell
from sandbox.workshop.workers import ATTEMPTS, Judged

GROUP = "graders"
SESSION_MS = 6_000  # the least that brokers allow: a dead worker's texts are soon somebody else's
GRACE_S = 10.0  # for a worker that is alive to say that a text was only taken from it
Place = tuple[int, int]  # partition and offset, of the topic of texts


class Worker:
    """One member of the group; `turn` is called again and again. `submit` has a text graded elsewhere."""

    def __init__(
        self,
        bus: Bus,
        submit: Callable[[Cell], "Future[Judged]"],
        capacity: int,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(2)}"
        self.graded = 0
        self._bus, self._submit, self._capacity, self._now = bus, submit, capacity, now
        self._notes = Notes()
        self._open: dict[int, dict[int, Record]] = defaultdict(dict)  # polled and not committed
        self._ended: set[Place] = set()  # of these: nothing is left to do
        self._waiting: list[Record] = []  # of these: not begun
        self._running: dict[Request, Future[Judged]] = {}
        self._begun_as: dict[Request, str] = {}  # of what runs, and is ours: how we have noted it
        self._partition: dict[Request, int] = {}  # of what runs
        self._held: dict[Request, float] = {}  # since when a text waits for news of its workers
        self._consumer = bus.consumer([TEXTS, NOTES], GROUP, name=self.name, session_timeout_ms=SESSION_MS)
        self._generation = self._consumer.generation

    @property
    def busy(self) -> int:
        """How many texts are being graded here."""
        return len(self._running)

    def turn(self, *, take: bool = True) -> None:
        """Publish what is done, read what is noted, begin what waits, take what there is room for.

        Without `take`, nothing is begun any more. Raises `BrokerUnreachable`; the next turn
        goes on where this one has stopped.
        """
        for request in [request for request, future in self._running.items() if future.done()]:
            self._finish(request)
        self._read(NOTES)
        for record in list(self._waiting) if take else []:
            self._begin(record)
        room = self._capacity - len(self._running) - len(self._waiting)
        if take and room > 0:
            self._read(TEXTS, most=room)
        self._commit()

    def close(self) -> None:
        """Leave the group in good order."""
        self._consumer.close()

    def _read(self, topic: str, most: int | None = None) -> None:
        """Poll one of the two topics. A rebalance ends every pause, and then both may come."""
        with suppress(NotAssigned):  # a rebalance, just now
            places = set(self._consumer.assignment)
            if wanted := {place for place in places if place[0] == topic}:
                self._consumer.resume(*wanted)
            if others := places - wanted:
                self._consumer.pause(*others)
        records = self._consumer.poll(most)
        if self._consumer.generation != self._generation:
            self._generation = self._consumer.generation
            self._start_over()
        for record in records:
            if record.topic == TEXTS:
                self._take(record)
            else:
                with suppress(UnreadableRecord):  # nobody's, or of a newer version
                    self._notes.take(record.event)

    def _start_over(self) -> None:
        """A rebalance: what is ours comes again, from the committed offset on; the rest is another's."""
        self._open.clear()
        self._ended.clear()
        self._waiting.clear()
        mine = {number for topic, number in self._consumer.assignment if topic == TEXTS}
        for request in [request for request in self._begun_as if self._partition[request] not in mine]:
            self._say(GradingDisowned(*request, self._begun_as.pop(request)))

    def _take(self, record: Record) -> None:
        self._open[record.partition][record.offset] = record
        try:
            request = _request(record)
        except UnreadableRecord:
            self._ended.add((record.partition, record.offset))
            return
        if request not in self._running:
            self._waiting.append(record)
        elif request not in self._begun_as:  # it was another's, and is ours again
            self._note_begun(request)

    def _begin(self, record: Record) -> None:
        """Grade a text, unless it is done, or workers have died over it again and again."""
        request, text = _request(record), record.event
        if self._notes.is_done(request):
            self._end(request)
        elif request in self._running:  # it was published twice
            self._waiting.remove(record)
        elif (deaths := self._notes.deaths(request)) >= ATTEMPTS:
            if self._now() - self._held.setdefault(request, self._now()) >= GRACE_S:
                reason = f"{deaths} workers have died over it"
                self._publish(request, GradingGivenUp(text.cell, text.exercise, reason), "")
                self._end(request)
        else:
            self._note_begun(request)
            self._partition[request] = record.partition
            self._running[request] = self._submit(Cell(text.cell, text.exercise, unpack(text.packed)))
            self._waiting.remove(record)

    def _note_begun(self, request: Request) -> None:
        name = f"{self.name}/{self._generation}"
        self._say(GradingBegun(*request, name))
        self._begun_as[request] = name

    def _finish(self, request: Request) -> None:
        judged, card = self._running[request].result()
        self._publish(request, judged, card)
        for kept in (self._running, self._partition, self._begun_as):
            kept.pop(request, None)
        self.graded += 1
        self._end(request)

    def _publish(self, request: Request, judged: CellGraded | GradingGivenUp, card: str) -> None:
        """The verdict first, then the note: who reads the note may rely on the verdict."""
        answer = answered(request[1], self.name, judged, card)
        self._bus.publish(VERDICTS, answer, key=request[0], source=self.name)
        self._say(GradingDone(*request, self.name))

    def _say(self, note: GradingBegun | GradingDisowned | GradingDone) -> None:
        self._bus.publish(NOTES, note, key=note.cell, source=self.name)
        self._notes.take(note)

    def _end(self, request: Request) -> None:
        """Nothing is left to do for the text, wherever it stands."""
        self._held.pop(request, None)
        for partition, records in self._open.items():
            for offset, record in records.items():
                if (partition, offset) not in self._ended and _request(record) == request:
                    self._ended.add((partition, offset))
        self._waiting = [record for record in self._waiting if _request(record) != request]

    def _commit(self) -> None:
        """Of each partition, what is done up to the first text that is not."""
        for partition, records in self._open.items():
            done = []
            for offset in sorted(records):
                if (partition, offset) not in self._ended:
                    break
                done.append(offset)
            if not done:
                continue
            try:
                self._consumer.commit(records[done[-1]])
            except (CommitRejected, NotAssigned):
                continue  # it has gone to another worker, which finds the note
            for offset in done:
                del records[offset]
                self._ended.discard((partition, offset))


def _request(record: Record) -> Request:
    text = record.event
    if not isinstance(text, GradeText):
        raise UnreadableRecord(f"{record.place} is no text to be graded")
    return text.cell, text.round
