"""The submission as a program that runs in other processes; the explorer holds it like a `Program`."""

from collections.abc import Mapping
from types import CodeType, MappingProxyType
from typing import NamedTuple

from sandbox.confined.nursery import Sown
from sandbox.confined.shapes import Classes
from sandbox.confined.wire import PORT_CLASSES
from sandbox.explore.program import MODULE
from sandbox.hashing import may_ask_for_hashes
from sandbox.referee.far import FarEnd
from sandbox.referee.processes import Live, Nursery, Zygote
from sandbox.referee.recording import Recorded, Recording


class FarModule:
    """The submission's module, as one instance of it has it; its names are attributes."""

    def __init__(self, far: FarEnd) -> None:
        self._far = far

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._far.talk("get", name)


class FarLoaded(NamedTuple):
    """A module that was loaded for a process; it reads its messages over there."""

    module: FarModule
    classes: Mapping[str, type] = MappingProxyType({})


class Newborn:
    """A process that is started when it is first spoken to."""

    def __init__(self, zygote: Zygote) -> None:
        self._zygote = zygote
        self._live: Live | None = None

    def exchange(self, message: bytes) -> bytes:
        """See `Live.exchange`."""
        if self._live is not None:
            return self._live.exchange(message)
        self._live = self._zygote.instance()
        return self._live.receive() if message == self._zygote.first else self._live.exchange(message)

    def end(self) -> None:
        """Kill it, where it was born."""
        if self._live is not None:
            self._live.end()


class FarProgram:
    """The text of a module, ready to be started any number of times, each in a process of its own."""

    def __init__(
        self,
        nursery: Nursery,
        source: str,
        filename: str,
        module: str = MODULE,
        recording: Recording | None = None,
    ) -> None:
        """Raises `SyntaxError` where the text is no Python, and whatever else its compiler raises.

        With a `recording`, processes are started only for what was not said before.
        """
        self.filename = filename
        self._recording = recording
        self._classes = Classes(module, *PORT_CLASSES)
        seeded = recording is not None and recording.seeded
        self._numbered = seeded or may_ask_for_hashes(source)  # its processes are told which one they are
        self._zygote = Zygote(nursery, Sown(source, filename, module), b"" if self._numbered else LOAD)
        self._loaded: list[FarEnd] = []
        self._started = 0  # processes; in this run, where it is recorded

    def load(self) -> FarLoaded:
        """A new process of it. Raises what its code raises."""
        partner = Newborn(self._zygote)
        far = FarEnd(self._classes, Recorded(self._recording, partner) if self._recording else partner)
        self._loaded.append(far)
        far.talk("load", self._started if self._numbered else None)
        self._started += 1
        return FarLoaded(FarModule(far))

    def give_back(self, loaded: FarLoaded) -> None:
        """Its process is over; it is ended with the others of its run."""

    def unload(self) -> None:
        """The run is over: end its processes."""
        for far in self._loaded:
            far.end("the run is over")
        self._loaded.clear()
        if self._recording:
            self._recording.next_run()
            self._started = 0

    def close(self) -> None:
        """End every process of it."""
        self.unload()
        self._zygote.end()

    def is_ours(self, code: CodeType) -> bool:
        """Does this code stand in the program's text? None of ours does: that runs elsewhere."""
        return False


LOAD = FarEnd(Classes(MODULE), None).write("load", 0, None, keeps=True)
