"""The world in which a submission runs: its ports, its processes, and what became of them.

    world = World(bus=SimulatedBus(seed), db=MemoryDatabase(SCHEMA))
    world.service("relay", lambda relay: relay.code.relay(relay.db, relay.bus))
    world.request("shop", lambda shop: shop.code.place_order(order, shop.db, shop.bus), about="A-1")

A request is tried once: where its process dies, its caller is not told. A service is a
process that is started again, and run until nothing is left for it to do.
"""

from collections.abc import Callable
from functools import lru_cache, partial

import msgspec

from sandbox.clock import VirtualClock
from sandbox.errors import Crashed, SandboxError, UsageError
from sandbox.explore.answers import Answer, RunOver, Said
from sandbox.explore.lanes import lanes
from sandbox.explore.process import Process
from sandbox.explore.program import Program
from sandbox.explore.stepped import SteppedClock
from sandbox.explore.steps import Steps
from sandbox.faults import Fault
from sandbox.messages import Record
from sandbox.sim.effects import SimulatedEffects
from sandbox.trace import Trace

STEPS_MAX = 2_000  # of one run
ROUNDS_MAX = 20  # of the services, after the story: each of them has to come to rest
CLOSELY_FROM = 2  # rounds; from then on, the databases are compared by what they hold
EFFECTS = frozenset({"publish", "charge", "refund", "append"})
Main = Callable[[Process], object]


class World:
    """Ports by name, made anew for each run. They are its attributes, for stories and checkers."""

    def __init__(self, **ports: object) -> None:
        self.ports = ports
        for name, port in ports.items():
            setattr(self, name, port)
        self.bus = ports.get("bus")
        self.clock: VirtualClock = self.bus.clock if self.bus else VirtualClock()
        self.trace: Trace = self.bus.trace if self.bus else Trace()
        self.answers: list[Answer] = []
        self.raised: list[tuple[str, BaseException]] = []  # by whom, and what: errors of their own
        self.endless = ""  # why the run was given up
        self.untold = ""  # why no verdict can be given
        self.watch: Callable[[World], None] | None = None  # called before each step
        self.settled_from = self.told_until = 0  # the length of the trace before the services, and after all
        self.lanes = lanes()
        self.databases = [port for port in ports.values() if hasattr(port, "holder")]
        self._strike = SimulatedEffects(self.bus) if self.bus else None
        self._late: list[Callable[[], object]] = []  # what is still to come
        self._processes: dict[str, Process] = {}  # the living, by name
        self._all: list[Process] = []  # the dead as well
        self._services: dict[str, Main] = {}
        self._last: Process | None = None  # who has taken the last step
        self._effects_asked = 0
        self._stops = 0  # of services, by an error that nobody caught
        self._stopped = ""  # by which error, the last time

    def begin(self, program: Program, steps: Steps) -> None:
        """Have the submission run here, under a plan."""
        self.program = program
        self.steps = steps

    def service(self, name: str, main: Main, instances: int = 1) -> None:
        """A process that is run whenever there may be something to do, and restarted when it dies.

        Several instances are called `name`, `name-2` and so on.
        """
        for number in range(1, instances + 1):
            self._services[name if number == 1 else f"{name}-{number}"] = main

    def request(self, process: str, call: Main, about: object = None) -> Answer:
        """Have the process (a new one, where it has died) do one thing; what its caller is told."""
        living = self._living(process)
        status, value = self._turn(living, call)
        answer = Answer(process, about, status, value)
        self.answers.append(answer)
        return answer

    def together(self, calls: dict[str, Callable[[], object]]) -> None:
        """Make all calls at once: by default one after the other; a `switch` changes that."""
        self.lanes.run(calls)

    def settle(self) -> None:
        """Run the services, round by round, until a round has changed nothing."""
        self.settled_from = len(self.trace)
        for number in range(ROUNDS_MAX):
            self.told_until = len(self.trace)
            closely = number >= CLOSELY_FROM
            before, late = self._state(closely), self._release_late()
            self.together({name: partial(self._serve, name) for name in self._services})
            if not late and self._state(closely) == before and not self._let_time_pass():
                return
        names = ", ".join(self._services)
        self.told_until = len(self.trace)
        self.endless = (
            f"{names} did not come to rest in {ROUNDS_MAX} rounds after all else was done.{self._stopped}"
        )

    def close(self) -> None:
        """End all processes, and give back what was borrowed."""
        for process in self._processes.values():
            process.trouble = "dead"
        if not self.lanes.left_any:
            for process in self._all:
                self.program.give_back(process.loaded)
        self.lanes.close()
        for port in self.databases:
            port.close()

    def told(self, status: str = "ok") -> list[object]:
        """What the requests with this answer were about."""
        return [answer.about for answer in self.answers if answer.status == status]

    def records(self, topic: str) -> list[Record]:
        """All records of a topic, partition by partition."""
        return [
            record for part in self.bus.partitions(topic) for record in part.read(part.start, part.end)[0]
        ]

    def said(self, topic: str, type_name: str = "") -> list["Said"]:
        """The data of a topic's messages (of one type), whatever class the submission made of it."""
        found = [record.stored for record in self.records(topic) if record.stored.value is not None]
        return [Said(_fields(it.value)) for it in found if type_name in ("", it.envelope.type)]

    # What processes ask of their world

    def take(self, process: Process, action: str, quiet: bool) -> list[Fault]:
        """Count a step; what strikes it. Raises `RunOver` beyond the limit."""
        if len(self.steps.log) >= STEPS_MAX:
            self.endless = f"{process.name} was still at work after {STEPS_MAX:,} steps."
            process.trouble = "dead"
            raise RunOver
        if self.watch:
            self.watch(self)
        self._effects_asked += action in EFFECTS
        self.goes_on(process)
        reads = bool(process.consumers) and process.main is not None
        return self.steps.take(process.name, action, quiet, process.first, reads, self.lanes.others)

    def goes_on(self, process: Process) -> None:
        """It acts after all that was done so far: one runs at a time, and a picture shows in which order."""
        if process is not self._last:
            if self._last is not None:
                self.trace.follow(process.name, self._last.name)
            self._last = process

    def after_all(self, actor: str) -> str:
        """Somebody who is no process acts now: behind all that was done so far."""
        self.trace.follow(actor, self._last.name if self._last else actor)
        return actor

    def clock_of(self, process: Process) -> SteppedClock:
        """The clock of one process's machine."""
        return SteppedClock(self.clock, process)

    def note_crash(self, process: Process) -> None:
        """A process has died: undo what was not committed, and have its groups go on without it."""
        for db in self.databases:
            if db.holder is process:
                db.holder = None
                db.rollback()
        self._forget(process)
        shown = False
        for consumer in process.consumers:
            if not consumer.ended:
                consumer.crash()
                shown = shown or consumer.name == process.name
        if not shown:
            self.trace.record(process.name, "crash")

    def cannot_tell(self, why: str) -> None:
        """No verdict can be given on this run."""
        self.untold = self.untold or why

    def befall(self, fault: Fault, record: Record) -> None:
        """Do to a published record what the fault says."""
        match fault.word, fault.how:
            case "duplicate", "late":
                self.do_late(partial(self._strike.repeat, record))
            case "duplicate", _:
                self._strike.repeat(record)
            case "delay", _:
                self._strike.hold(record, fault.ms)
            case "drop", _:
                self._strike.lose(record)

    def do_late(self, call: Callable[[], object]) -> None:
        """Make a call that is on its way, once everyone who runs now has come to rest."""
        self._late.append(call)

    def rebalance(self, process: Process, how: str) -> None:
        """One more instance joins the process's groups, and runs first.

        `evict`: the groups have given the process up, and it doesn't know: a zombie.
        """
        if how == "evict":
            for consumer in process.consumers:
                consumer.group.evict(consumer)
        number = 2
        while (name := f"{process.name}-{number}") in self._processes or name in self._services:
            number += 1
        twin = self._living(name, process.main)

        def run_twin() -> None:
            self._turn(twin, twin.main)
            self._forget(twin)  # not before: it may have to wait, and keeps its name and its lane meanwhile

        self.together({name: run_twin})

    # What it does itself

    def _serve(self, name: str) -> None:
        main = self._services[name]
        process = self._living(name, main)
        error = self._turn(process, main)[1]
        if isinstance(error, BaseException):  # nobody caught it: the process is over
            process.trouble = "dead"
            self.trace.record(name, "stop", label=type(error).__name__)
            self._forget(process)
            self._stops += 1
            self._stopped = f" The last round of {name} ended with {type(error).__name__}: {error}"

    def _turn(self, process: Process, call: Main) -> tuple[str, object]:
        process.begin_turn(self.lanes.running)
        status, value = "ok", None
        try:
            value = call(process)
        except (RunOver, NotImplementedError):
            raise
        except (Exception, SystemExit, Crashed) as error:
            status, value = "unknown", error
            if isinstance(error, SandboxError) and not isinstance(error, UsageError):
                status = "failed" if error.definite else "unknown"
            elif not process.dead:
                self.raised.append((process.name, error))
        process.end_turn()
        if process.dead:
            return "unknown", None
        return status, value

    def _living(self, name: str, main: Main | None = None) -> Process:
        if name not in self._processes:
            self._processes[name] = Process(self, name, main)
            self._all.append(self._processes[name])
        return self._processes[name]

    def _forget(self, process: Process) -> None:
        if self._processes.get(process.name) is process:
            del self._processes[process.name]

    def _state(self, closely: bool) -> tuple:
        """What tells whether a round has changed anything: also where it has written what was there."""
        offsets = [dict(group.committed) for group in self.bus.groups.values()] if self.bus else []
        changes = [db.contents() if closely else db.changes for db in self.databases]
        return self._effects_asked, self._stops, len(self.steps.struck), offsets, changes

    def _release_late(self) -> bool:
        late, self._late = self._late, []
        for call in late:
            try:
                call()
            except SandboxError as error:  # nobody hears of it
                self.trace.record("late call", "refused", label=type(error).__name__)
        return bool(late)

    def _let_time_pass(self) -> bool:
        """Move the clock to its next timer, where there is one: a record that is on its way arrives."""
        if self.clock.next_timer is None:
            return False
        self.clock.advance_to(self.clock.next_timer)
        return True


@lru_cache(maxsize=1_024)  # of thousands of schedules, most say the same
def _fields(data: bytes) -> dict[str, object]:
    return msgspec.json.decode(data)
