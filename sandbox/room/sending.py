"""The learner's relay: publishes what waits in the outbox, in the background, when the bus is there.

A cell never waits for it. The bus is opened for each burst and closed again, so nothing
is held open over a break, and a bus that is away costs one quiet attempt now and then.
What is not out when the kernel ends stays in the outbox, and the next kernel sends it.
"""

import threading
from contextlib import suppress
from pathlib import Path

from sandbox.errors import SandboxError
from sandbox.patterns import Outbox, Relay
from sandbox.room.buses import open_bus, room_topic
from sandbox.store import SqliteDatabase

FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 60.0


class Sender:
    """One thread with one relay. A second kernel's does no harm: readers know a message that comes twice."""

    def __init__(self, file: Path, source: str, url: str) -> None:
        self.problem = ""  # why the last attempt did not come through; empty where it did
        self._file, self._source, self._url = file, source, url
        self._news = threading.Event()
        self._over = False
        self._idle = threading.Event()
        self._thread = threading.Thread(target=self._run, name="workshop-relay", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """There is something to send."""
        self._idle.clear()
        self._news.set()

    def stop(self, seconds: float) -> bool:
        """Try to get the rest out within so many seconds, and end; was everything sent?"""
        self.wake()
        done = self._idle.wait(seconds)
        self._over = True
        self._news.set()
        return done

    def _run(self) -> None:
        wait = None
        while not self._over:
            self._news.wait(wait)
            self._news.clear()
            if self._over:
                return
            try:
                self._send()
            except Exception as error:  # whatever it is: the cell and its verdict have nothing to do with it
                known = isinstance(error, SandboxError)
                self.problem = str(error) if known else f"{type(error).__name__}: {error}"
                wait = min(2 * (wait or FIRST_WAIT_S / 2), LONGEST_WAIT_S)
            else:
                self.problem, wait = "", None
                if not self._news.is_set():
                    self._idle.set()

    def _send(self) -> None:
        with SqliteDatabase(self._file, self._source) as db:
            outbox = Outbox(db)
            if not len(outbox):
                return
            bus = open_bus(self._url)
            try:
                room_topic(bus)
                Relay(outbox, bus, "room").run()
            finally:
                with suppress(Exception):  # what is out is out
                    bus.close()
