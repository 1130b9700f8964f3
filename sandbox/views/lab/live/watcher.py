"""The thread that looks at a broker again and again, so that the kernel never waits for it."""

from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Event, Thread, current_thread

from sandbox.adapters.kafka.letters import Done, Redrive
from sandbox.adapters.kafka.watch import Sight, Watch
from sandbox.errors import SandboxError

STOP_SECONDS = 2.0  # that `stop` waits for a look that is under way
AGAIN_SECONDS = 2.0  # between two attempts to reach a broker that is gone

Place = tuple[str, int]
Seen = Callable[[Sight, dict[Place, Done]], None]
Job = Callable[[Redrive, Sight], str]  # what is to be done over there; it says what came of it


class Watcher:
    """One thread with connections of its own. Start and stop it as often as you like."""

    def __init__(
        self,
        address: str,
        wanted: Callable[[str], bool],
        seen: Seen,
        gone: Callable[[str], None],
        said: Callable[[str], None],
        keep: int,
        every: float,
    ) -> None:
        self.address = address
        self._wanted, self._seen, self._gone, self._said = wanted, seen, gone, said
        self._keep, self._every = keep, every
        self._jobs: SimpleQueue[Job] = SimpleQueue()
        self._thread: Thread | None = None
        self._stop, self._wake = Event(), Event()

    @property
    def going(self) -> bool:
        """Is somebody looking?"""
        return self._thread is not None and self._thread.is_alive() and not self._stop.is_set()

    def start(self) -> None:
        """Begin to look; where it has begun already, nothing happens."""
        if self.going:
            return
        self.stop(wait=False)
        self._stop, self._wake = Event(), Event()
        events, name = (self._stop, self._wake), f"lab {self.address}"
        self._thread = Thread(target=self._run, args=events, name=name, daemon=True)
        self._thread.start()

    def stop(self, wait: bool = True) -> None:
        """Look no more, and let go of the broker."""
        self._stop.set()
        self._wake.set()
        if wait and self._thread and self._thread is not current_thread():
            self._thread.join(STOP_SECONDS)

    def look_now(self) -> None:
        """Don't wait for the next time."""
        self._wake.set()

    def ask(self, job: Job) -> None:
        """Have the thread do it, between two looks."""
        self._jobs.put(job)
        self._wake.set()

    def _run(self, stop: Event, wake: Event) -> None:
        watch = redrive = None
        while not stop.is_set():
            wake.clear()
            try:
                if watch is None:
                    watch = Watch(self.address, self._keep)
                    redrive = Redrive(self.address, watch.admin)
                sight = watch.look(self._wanted)
                if self._do_jobs(redrive, sight):
                    sight = watch.look(self._wanted)
                if not stop.is_set():
                    self._seen(sight, redrive.done())
                pause = self._every
            except Exception as error:  # whatever it is, it is said, and the next look comes
                watch = redrive = _closed(watch, redrive)
                self._refuse_jobs()
                self._gone(str(error) if isinstance(error, SandboxError) else repr(error))
                pause = max(self._every, AGAIN_SECONDS)
            wake.wait(pause)
        _closed(watch, redrive)

    def _do_jobs(self, redrive: Redrive, sight: Sight) -> bool:
        did = False
        while (job := self._next_job()) is not None:
            did = True
            try:
                self._said(job(redrive, sight))
            except SandboxError as error:
                self._said(str(error))
        return did

    def _refuse_jobs(self) -> None:
        while self._next_job() is not None:
            self._said("The broker does not answer, so nothing was done.")

    def _next_job(self) -> Job | None:
        try:
            return self._jobs.get_nowait()
        except Empty:
            return None


def _closed(watch: Watch | None, redrive: Redrive | None) -> None:
    """Close what is open; a broker that is gone may make that fail, and nobody needs it then."""
    for each in (redrive, watch):
        with suppress(Exception):
            if each is not None:
                each.close()
