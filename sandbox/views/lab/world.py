"""A world that can be run again: from its recipe, its seed, and what was done to it.

The recipe is a function of a bus. It makes topics, subscribes and publishes; where it is a
generator, each `yield` is a beat, at which everyone who has subscribed gets a turn.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sandbox.errors import RunDidNotEnd, SandboxError, UsageError
from sandbox.sim.bus import SimulatedBus
from sandbox.views.lab.recorder import Recorder
from sandbox.views.lab.script import Deed, Script

Recipe = Callable[[SimulatedBus], object]
QUIET_BEATS = 3  # in a row without a step: it is over
SILENT_BEATS = 60  # in a row in which somebody got no answer, and nothing else happened
BEATS_MAX = 20_000
LAB = "lab"  # who does the deeds, in the trace


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast everyone works."""

    records: int = 2  # that a member takes in its turn
    downtime: int = 6  # beats until somebody who has crashed is back


@dataclass(frozen=True, slots=True)
class Now:
    """A fault by hand: as soon as there are so many steps, `word` strikes the actor's next `action`."""

    step: int
    word: str
    actor: str
    action: str = ""
    how: str = ""


class World:
    """One run of a recipe, with somebody who looks on."""

    def __init__(self, recipe: Recipe, script: Script, pace: Pace, now: Now | None = None) -> None:
        self.script = script
        self.ending = ""  # why it ended early, if it did
        self.bus = SimulatedBus(script.plan.seed)
        self.bus.faults.replay(script.plan)  # its steps are counted, whatever strikes
        self.recorder = Recorder(self.bus)
        self._pace = pace
        self._paused: dict[str, tuple[str, int]] = {}
        self._deeds = list(script.deeds)
        if now:
            self._watch_for(now)
        try:
            self._run(recipe)
        except SandboxError as error:
            self.ending = str(error)
        except Exception as error:  # the learner's own, as `run` lets it out
            self.ending = f"{type(error).__name__}: {error}"

    @property
    def happened(self) -> Script:
        """The script with the faults that have really struck."""
        return self.script.with_faults(self.bus.faults.plan.faults)

    def _watch_for(self, now: Now) -> None:
        def look(_: object) -> None:
            if len(self.recorder.entries) == now.step:
                self.bus.faults.soon(now.word, now.actor, now.action, now.how)

        if now.step == 0:
            self.bus.faults.soon(now.word, now.actor, now.action, now.how)
        else:
            self.bus.trace.watch(look)

    def _run(self, recipe: Recipe) -> None:
        made = recipe(self.bus)
        turns: Iterator = made if isinstance(made, Iterator) else iter((made,))
        recorder, quiet, silent = self.recorder, 0, 0
        going = True
        while quiet < QUIET_BEATS and silent < SILENT_BEATS:
            if recorder.beat >= BEATS_MAX:
                raise RunDidNotEnd(f"this world was still going after {BEATS_MAX:,} beats.")
            before = len(recorder.entries)
            recorder.beat += 1
            self._do_deeds()
            if going:
                try:
                    if (given := next(turns)) is not None:
                        recorder.show(given)
                except StopIteration:
                    going = False
            served = self.bus.beat(self._pace.records, self._pace.downtime)
            recorder.look_around()
            grown = len(recorder.entries) > before
            silent = 0 if grown else silent + served
            quiet = 0 if grown or served or self._more_to_do() else quiet + 1
        self.bus.run()

    def _more_to_do(self) -> bool:
        """Is a deed still to come? Whoever is paused goes on when nothing else is left to do."""
        if self._deeds:
            return True
        for place in list(self._paused):
            self._resume(place)
            return True
        return False

    def _do_deeds(self) -> None:
        while self._deeds and self._deeds[0].beat <= self.recorder.beat:
            self._do(self._deeds.pop(0))

    def _do(self, deed: Deed) -> None:
        match deed.word:
            case "join":
                name = self.bus.join(deed.target)
                self._say("join", f"{name} joins {deed.target}")
            case "pause":
                self._pause(deed.target)
            case "resume":
                self._resume(deed.target)
            case "redrive":
                letters = self._named(self.recorder.letters, "reader", deed.target)
                self._say("redrive", f"{deed.target}: {letters.redrive()!r}")
            case "gateway":
                if not self.recorder.gateways or not hasattr(self.recorder.gateways[0], "fail"):
                    raise UsageError("this world shows no provider that can be made to fail.")
                self.recorder.gateways[0].fail(deed.target)
                self._say("gateway", f"the next {deed.target} of the provider gets lost")

    def _pause(self, place: str) -> None:
        topic, _, number = place.rstrip("]").partition("[")
        if not number.isdigit():
            raise UsageError(f"a partition is written as in 'orders[1]', not {place!r}.")
        partition = self.bus.partition((topic, int(number)))
        if place not in self._paused:
            partition.held.append(0)
            self._paused[place] = partition.place
            self._say("pause", f"nobody is given records of {place}")

    def _resume(self, place: str) -> None:
        if place in self._paused:
            self.bus.partition(self._paused.pop(place)).held.remove(0)
            self._say("resume", f"{place} is read again")

    def _say(self, word: str, said: str) -> None:
        self.bus.trace.record(LAB, word, label=said)

    @staticmethod
    def _named(found: list, attribute: str, name: str) -> object:
        for each in found:
            if getattr(each, attribute) == name:
                return each
        there = ", ".join(getattr(each, attribute) for each in found) or "none"
        raise UsageError(f"there is no {attribute} {name!r} here; there are: {there}.")
