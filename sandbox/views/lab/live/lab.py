"""`Lab(bus)` of a real broker, or `Lab("localhost:9092")`: the lab, live."""

import atexit
import time
import weakref
from datetime import UTC, datetime
from threading import Event, RLock
from typing import NoReturn

from sandbox.adapters.kafka.letters import Done
from sandbox.adapters.kafka.watch import Sight
from sandbox.errors import SandboxError, UsageError
from sandbox.patterns import DeadLetters
from sandbox.trace import Trace
from sandbox.views.lab.lab import Lab
from sandbox.views.lab.live import letters as dead
from sandbox.views.lab.live import members
from sandbox.views.lab.live.audience import Audience
from sandbox.views.lab.live.board import Board
from sandbox.views.lab.live.scope import Scope, address_in, runs_in
from sandbox.views.lab.live.watcher import Watcher
from sandbox.views.lab.live.words import WHY_NOT, facts, lags
from sandbox.views.lab.page import live_page, pack
from sandbox.views.lab.picture import as_bytes

KEEP = 40  # records of each partition
EVERY = 1.0  # seconds
NOBODY = "No page shows it any more, so it has stopped. This is what was there."
FIRST_SECONDS = 2.0  # that showing it waits for the first look


class LiveLab(Lab):
    """A broker as it is now, looked at once a second by a thread of its own.

    It sees what every process does there. It joins no group and commits nothing of theirs. It
    keeps the newest `keep` records of each partition. `stop` ends it, and so does closing
    all pages that show it; `start` begins again.
    """

    def __init__(
        self, what: object, script: str = "", *, keep: int = KEEP, every: float = EVERY, title: str = ""
    ) -> None:
        if script:
            raise UsageError(f"{script!r} can't be played here. {WHY_NOT}")
        if not isinstance(keep, int) or not 1 <= keep <= 1_000:
            raise UsageError(f"keep from 1 to 1,000 records of each partition, not {keep!r}.")
        if not 0.1 <= every <= 60:
            raise UsageError(f"look every 0.1 to 60 seconds, not every {every!r}.")
        self._bus = None if isinstance(what, str) else what
        self._runs = self._trace = self._widget = None
        self.address = address_in(what) if isinstance(what, str) else what.address
        self.title = title or f"Apache Kafka at {self.address}"
        self._keep = keep
        self._wish: str | None = None  # the run that was chosen by hand; "": everything
        self._there: list[str] = []  # all topics of the broker
        self._letters: list[DeadLetters] = []
        self._named: set[str] = set()  # topics of dead letters, whatever their names say
        self._boxes: dict[str, list[dict]] = {"topics": [], "databases": []}
        self._board = Board(Scope(self._own_run))
        self._audience = Audience()
        self._status, self._stopped_by_hand = "Looking for the broker …", False
        self._first, self._lock = Event(), RLock()
        self._data = self._framed(Board(Scope()).picture(Sight(), _now()))
        self._watcher = Watcher(self.address, self._holds, self._seen, self._gone, self._say, keep, every)
        _open.add(self)

    @property
    def trace(self) -> Trace:
        """What the bus of this kernel has done; the lab itself looks at the broker."""
        if self._bus is None:
            raise UsageError("a lab of an address has no trace: a broker keeps none.")
        return self._bus.trace

    @property
    def step(self) -> int:
        """A broker is always at its end."""
        return len(self._data["actor"])

    @property
    def going(self) -> bool:
        """Is it looking at the broker?"""
        return self._watcher.going

    @property
    def most_behind(self) -> int:
        """The lag of the group that is furthest behind."""
        return max(lags(self._data), default=0)

    def start(self) -> "LiveLab":
        """Look at the broker, from now on."""
        self._stopped_by_hand = False
        if not self._watcher.going:
            self._tell("Looking for the broker …")
            self._watcher.start()
        return self

    def stop(self) -> "LiveLab":
        """Look no more; what was seen last stays. Waits two seconds at most."""
        self._stopped_by_hand = True
        self._end("Stopped. This is what was there.")
        return self

    def show(self, *what: object) -> "LiveLab":
        """Show more dead letters: those of a database, or of a topic whose name doesn't tell."""
        for each in what:
            if isinstance(each, DeadLetters):
                self._letters.append(each)
            elif isinstance(each, str):
                self._named.add(each)
            else:
                raise UsageError(
                    f"a live lab shows DeadLetters, or the name of a topic of dead letters, not {each!r}."
                )
        self._look_at_letters()
        self._watcher.look_now()
        return self

    def __repr__(self) -> str:
        return facts(self._looked())

    def _looked(self) -> dict:
        """The data, after the first look where that comes soon."""
        if not self._first.is_set() and not self._stopped_by_hand:
            self.start()
            self._first.wait(FIRST_SECONDS)
        return self._data

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, object]:
        self._looked()
        return super()._repr_mimebundle_(include, exclude)

    def _ours(self) -> NoReturn:
        raise UsageError(WHY_NOT)

    def _make_widget(self) -> object:
        from sandbox.views.lab.live.widget import LiveWidget

        return LiveWidget(pack(as_bytes(self._data)), self._asked, self._closed)

    _page = staticmethod(live_page)

    @property
    def _own_run(self) -> str:
        return getattr(self._bus, "run_name", "")

    def _holds(self, name: str) -> bool:
        return self._board.scope.holds(name)

    def _seen(self, sight: Sight, done: dict[tuple[str, int], Done]) -> None:
        """The watching thread has seen this."""
        with self._lock:
            self._there = sight.all_topics
            if (run := self._run_to_show(sight.all_topics)) != self._board.scope.run:
                self._board = Board(Scope(run))
                return self._watcher.look_now()
            data = self._board.picture(sight, _now())
            self._boxes["topics"] = dead.in_topics(sight, done, self._board.scope, self._named)
            self._boxes["databases"] = self._letters_in_files()
            self._status = ""
            self._data = self._framed(data)
            self._push()
            self._first.set()
        if self._audience.is_gone():
            self._end(NOBODY)
        return None

    def _run_to_show(self, topics: list[str]) -> str:
        """What was chosen; else this kernel's own run, once it has a topic; else the only one, or all."""
        if self._wish is not None:
            return self._wish
        if self._own_run and any(map(Scope(self._own_run).holds, topics)):
            return self._own_run
        run = next(iter(runs_in(topics)), "")
        return run if all(map(Scope(run).holds, topics)) else ""

    def _gone(self, why: str) -> None:
        """The broker does not answer the watching thread."""
        with self._lock:
            if not self._status.startswith("The broker"):
                since = datetime.now(UTC).strftime("%H:%M:%S")
                self._board.history.gap(_now())
                self._tell(
                    f"The broker at {self.address} does not answer since {since} UTC. What you see is from "
                    f"before. It is looked for every few seconds. ({why})"
                )
            self._first.set()

    def _closed(self) -> None:
        self._end("The widget was closed.")

    def _end(self, words: str) -> None:
        self._watcher.stop()
        self._tell(words)

    def _tell(self, status: str) -> None:
        with self._lock:
            self._status = status
            self._data = self._framed(self._data)
            self._push()

    def _say(self, words: str) -> None:
        if self._widget and words:
            self._widget.send({"said": words})

    def _push(self) -> None:
        if self._widget:
            self._widget.data = pack(as_bytes(self._data))

    def _framed(self, data: dict) -> dict:
        """The data, with what isn't the broker's: title, status, choices, letters."""
        live = data["live"] | {
            "status": self._status,
            "going": hasattr(self, "_watcher") and self._watcher.going,
            "run": self._board.scope.run,
            "own_run": self._own_run,
            "runs": runs_in(self._there),
            "keep": self._keep,
            "letters": self._boxes["topics"] + self._boxes["databases"],
            "members": members.of(self._bus),
        }
        about = {"title": self.title, "can": False, "live": True, "why": WHY_NOT}
        return data | {"live": live, "lab": about}

    def _letters_in_files(self) -> list[dict]:
        """In databases that any thread may read; of those in memory, what was seen last."""
        old = {box["id"]: box for box in self._boxes["databases"]}
        for number, letters in enumerate(self._letters):
            if not dead.in_memory(letters):
                old[f"database {number}"] = dead.in_database(letters, number)
        return list(old.values())

    def _look_at_letters(self) -> None:
        """In all databases: the kernel's own thread may read these in memory, too."""
        boxes = [dead.in_database(letters, number) for number, letters in enumerate(self._letters)]
        if boxes != self._boxes["databases"]:
            with self._lock:
                self._boxes["databases"] = boxes
                self._data = self._framed(self._data)
                self._push()

    def _asked(self, message: dict) -> str:
        """Do what was clicked, in the kernel's own thread; what can't be done is said."""
        try:
            match message.get("do"):
                case "looking":
                    self._audience.heard(message["view"])
                    self._look_at_letters()
                    if not self.going and not self._stopped_by_hand:
                        self.start()
                case "closed":
                    if self._audience.left(message["view"]):
                        self._end(NOBODY)
                case "stop":
                    self.stop()
                case "start":
                    self.start()
                case "show":
                    self._wish = message["run"]
                    self._watcher.look_now()
                case "redrive":
                    return self._redrive(message["id"], message.get("at"))
                case "member":
                    return members.do(self._bus, message["word"], message["name"])
        except SandboxError as error:
            return str(error)
        return ""

    def _redrive(self, box: str, wanted: list[list[int]] | None) -> str:
        kind, _, name = box.partition(" ")
        if kind == "database" and self._letters[int(name)].guarded:
            letters = self._letters[int(name)]
            said = f"{letters.reader}: {letters.redrive()!r}."
        elif self._status or not self.going:
            return "Nothing was redriven: nobody looks at the broker now, or it does not answer."
        elif kind == "topic":
            self._watcher.ask(dead.redrive_topic(name, wanted, self._board.scope))
            return ""
        else:
            letters, scope = self._letters[int(name)], self._board.scope
            said = dead.redrive_database(letters, self.address, scope, self._there)
        self._look_at_letters()
        return said


def _now() -> int:
    """In ms since 1970."""
    return time.time_ns() // 1_000_000


_open: "weakref.WeakSet[LiveLab]" = weakref.WeakSet()


@atexit.register
def _end_all() -> None:
    """No thread is to look at a broker while Python takes itself apart."""
    for lab in list(_open):
        lab._watcher.stop()
