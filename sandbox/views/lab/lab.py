"""`Lab(recipe)` or `Lab(bus)`: a run that one can play, stop, rewind, and break."""

from collections import Counter
from pathlib import Path

from sandbox.errors import SandboxError, UsageError
from sandbox.trace import Trace
from sandbox.views.lab.page import pack, page
from sandbox.views.lab.picture import Run, as_bytes, picture
from sandbox.views.lab.poster import poster
from sandbox.views.lab.runs import Runs, run_of
from sandbox.views.lab.script import Script
from sandbox.views.lab.world import Now, Pace

WIDGET = "application/vnd.jupyter.widget-view+json"
NO_PAST = (
    "This bus has run already, so its past can be looked at and not changed. Time travel needs a "
    "recipe: Lab(build), where build(bus) makes topics, subscribes and publishes."
)


class Lab:
    """In a notebook it shows itself; elsewhere it is a text of the same facts.

    `Lab(build)` runs `build(bus)` on a simulated bus of its own, as often as it takes: from
    the seed, with everything that was done by hand. Where `build` is a generator, each
    `yield` is a beat, in which all subscribers get a turn; `yield db, letters` shows these.
    `script` is such a history as text: `seed 0; crash email handle 3 before; beat 9 join email`.

    `Lab(bus)` shows what has happened on a simulated bus so far. `Lab(bus)` of a real broker, or
    `Lab("localhost:9092")`, is live: a `LiveLab`.
    """

    def __new__(cls, what: object, *args: object, **options: object) -> "Lab":
        """A `LiveLab`, where it is a real broker that is to be looked at."""
        if cls is Lab and (isinstance(what, str) or hasattr(what, "address")):
            from sandbox.views.lab.live import LiveLab  # it needs kafka-python, and this module

            return super().__new__(LiveLab)
        return super().__new__(cls)

    def __init__(
        self, what: object, script: str = "", *, records: int = 2, downtime: int = 6, title: str = ""
    ) -> None:
        self._runs = self._bus = self._trace = None
        self._seen, self._about = Run(), {}
        if isinstance(what, Trace):
            self._trace = what
        elif hasattr(what, "trace"):
            self._bus, self._trace = what, what.trace
        elif callable(what):
            self._runs = Runs(what, Script.parse(script), Pace(records, downtime))
        else:
            raise UsageError(
                f"a lab is made of a function of a bus, of a bus, or of a trace, not of {what!r}."
            )
        self.title = title or (getattr(what, "__name__", "").replace("_", " ") if self._runs else "The lab")
        self._data = self._picture()
        self._widget = None

    @classmethod
    def of_story(cls, trace: Trace, seen: Run, *, title: str, **about: str) -> "Lab":
        """A story that is over: its trace, what else was seen, and what is to be said `about` it."""
        lab = cls(trace, title=title)
        lab._seen, lab._about = seen, about
        lab._data = lab._picture()
        return lab

    @property
    def plan(self) -> Script:
        """What was done by hand, as a script: the seed, faults, deeds."""
        return self._ours().script

    @property
    def code(self) -> str:
        """What gives this very run again."""
        runs = self._ours()
        name, home = runs.recipe.__name__, runs.recipe.__module__
        known = "" if home == "__main__" else f"from {home} import {name}\n"
        return f'{known}from sandbox.views import Lab\n\nLab({name}, "{runs.script}")'

    @property
    def bus(self) -> object:
        """The bus as it is at the end of the run that is shown."""
        return self._runs.world.bus if self._runs else self._bus

    @property
    def trace(self) -> Trace:
        """The trace of the run that is shown."""
        return self._runs.world.bus.trace if self._runs else self._trace

    @property
    def step(self) -> int:
        """After how many steps the player stands, where there is one."""
        return self._widget.step if self._widget else 0

    def strike(self, word: str, actor: str, action: str = "", how: str = "", *, step: int) -> "Lab":
        """From `step` on: `word` strikes the actor's next `action`. A new branch."""
        self._ours().strike(Now(step, word, actor, action, how))
        return self._renew()

    def do(self, word: str, target: str, *, step: int) -> "Lab":
        """From `step` on: `join` a group, `pause` or `resume` a partition, `redrive` a reader, …"""
        self._ours().deed(word, target, step)
        return self._renew()

    def save_html(self, path: Path | str) -> Path:
        """Save what is shown as a page that plays without a kernel and without a network."""
        path = Path(path)
        path.write_text(
            self._page(as_bytes(self._data), self.title, poster(self._data).html, self.step),
            encoding="utf-8",
        )
        return path

    def __repr__(self) -> str:
        data = self._data
        names = [actor for actor, _ in data["actors"]]
        actions = Counter((data["actor"][i], data["action"][i]) for i in range(len(data["actor"])))
        lines = [f"The lab: {self.title}, {len(data['actor'])} steps"]
        for number, name in enumerate(names):
            did = ", ".join(
                f"{action} {actions[number, i]}"
                for i, action in enumerate(data["actions"])
                if actions[number, i]
            )
            lines.append(f"  {name:<18} {did}")
        if self._runs:
            lines.append(f"  {self._runs.script}")
            if self._runs.world.ending:
                lines.append(f"  It ended so: {self._runs.world.ending}")
        return "\n".join(lines)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, object]:
        if self._widget is None:
            self._widget = self._make_widget()
        shown = self._widget._repr_mimebundle_()
        bundle = shown[0] if isinstance(shown, tuple) else shown
        return {WIDGET: bundle[WIDGET], "text/html": poster(self._data).html, "text/plain": repr(self)}

    def _make_widget(self) -> object:
        from sandbox.views.lab.widget import LabWidget  # anywidget is only needed where one is shown

        return LabWidget(pack(as_bytes(self._data)), self._asked)

    _page = staticmethod(page)

    def _ours(self) -> Runs:
        if self._runs is None:
            raise UsageError(NO_PAST)
        return self._runs

    def _asked(self, message: dict) -> str:
        """Do what was clicked; what can't be done is said."""
        try:
            match message.get("do"):
                case "fault":
                    self.strike(
                        message["word"],
                        message["actor"],
                        message.get("action", ""),
                        message.get("how", ""),
                        step=message["step"],
                    )
                case "deed":
                    self.do(message["word"], message["target"], step=message["step"])
                case "run":
                    self._ours().show(message["index"])
                    self._renew()
                case "deliver":
                    self._bus.run()
                    self._renew()
        except SandboxError as error:
            return str(error)
        return ""

    def _renew(self) -> "Lab":
        self._data = self._picture()
        if self._widget:
            self._widget.data = pack(as_bytes(self._data))
        return self

    def _picture(self) -> dict:
        about = {"title": self.title, "can": self._runs is not None}
        if self._runs:
            world = self._runs.world
            data = picture(world.recorder.entries, run_of(world))
            about |= {
                "plan": str(self._runs.script),
                "code": self.code,
                "runs": [branch.name for branch in self._runs.branches],
                "current": self._runs.current,
                "ending": world.ending,
                "gateway": any(hasattr(gateway, "fail") for gateway in world.recorder.gateways),
            }
        else:
            data = picture(self._trace.entries, self._seen)
            about |= {"why": NO_PAST, "runs_on": self._bus is not None} | self._about
        return data | {"lab": about}
