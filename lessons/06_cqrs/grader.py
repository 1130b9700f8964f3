"""The attacks on the exercises of lesson 06."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass

from sandbox import Event
from sandbox.clock import OPENING, VirtualClock
from sandbox.errors import DatabaseFailed
from sandbox.explore import MemoryDatabase, MemoryEventStore, Process, Scenario, World
from sandbox.explore.checkers import Invariant, rebuild_equals_incremental
from sandbox.explore.database import is_read
from sandbox.grading import Grader
from sandbox.messages import Record
from sandbox.ports import Row
from sandbox.sim import SimulatedBus

ROUNDS = 10  # in which whoever dies is started again


def until_told(
    world: World,
    name: str,
    call: Callable[[Process], object],
    is_done: Callable[[object], bool] | None = None,
) -> Callable[[], None]:
    """A call that is made again until somebody has heard that it was done."""

    def ask() -> None:
        for _ in range(ROUNDS):
            answer = world.request(name, call)
            if answer.status == "ok" and (is_done is None or is_done(answer.value)):
                return
            if isinstance(answer.value, DatabaseFailed):  # it will fail again
                return

    return ask


# ---------------------------------------------------------------- 06.1 the projection and its checkpoint

SOLD = """
CREATE TABLE sold (drink TEXT PRIMARY KEY, count INTEGER NOT NULL);
CREATE TABLE checkpoint (position INTEGER NOT NULL);
INSERT INTO checkpoint VALUES (0);
"""


@dataclass(frozen=True)
class DrinkSold(Event):
    """A drink was sold."""

    drink: str


@dataclass(frozen=True)
class DrinkReturned(Event):
    """It was the wrong one, and the money went back."""

    drink: str


def events_and_a_table(seed: int) -> World:
    """The till's events, and the database of a read model."""
    return World(store=MemoryEventStore("till"), db=MemoryDatabase(SOLD, "screen"))


def append(world: World, kind: type[Event], drink: str) -> None:
    """The till writes an event; it never fails."""
    world.request("till", lambda till: till.note("append", f"{kind.__name__} {drink}"))
    world.store.append(drink, [kind(drink)], expected_version=world.store.version(drink))


def catch_up(process: Process) -> None:
    """What the learner's projection does, again and again."""
    process.code.catch_up(process.store, process.db)


def if_behind(world: World) -> None:
    """By its checkpoint: has the projection more to do?"""
    reached = min((row["position"] for row in world.db.execute("SELECT * FROM checkpoint")), default=0)
    if reached < world.store.position():
        until_told(world, "screen", catch_up)()


def drinks_are_sold(world: World, sales: tuple) -> None:
    """The projection dies at any step, and is started again."""
    for kind, drink in sales:
        append(world, kind, drink)
    until_told(world, "screen", catch_up)()


def two_at_once(world: World, sales: tuple) -> None:
    """Two instances of the projection run at the same time, while the till sells."""
    early, late = sales[:-1], sales[-1:]
    for kind, drink in early:
        append(world, kind, drink)
    world.together(
        {
            "screen": lambda: world.request("screen", catch_up),
            "screen-2": lambda: world.request("screen-2", catch_up),
            "till": lambda: [append(world, kind, drink) for kind, drink in late],
        }
    )
    if_behind(world)


def a_table_is_rebuilt(world: World, sales: tuple) -> None:
    """An old bug has counted too much; the table is rebuilt, while the projection and the till go on."""
    early, late = sales[:-1], sales[-1:]
    for kind, drink in early:
        append(world, kind, drink)
    world.trace.record("an old bug", "writes", label=f"chai 5, checkpoint {len(early)}")
    world.db.execute("INSERT INTO sold VALUES ('chai', 5)")
    world.db.execute("UPDATE checkpoint SET position = ?", [len(early)])

    def go_on() -> None:
        for kind, drink in late:
            append(world, kind, drink)
        world.request("screen", catch_up)

    rebuild = until_told(world, "admin", lambda admin: admin.code.rebuild(admin.store, admin.db))
    world.together({"admin": rebuild, "screen": go_on})
    if_behind(world)


def _fold(world: World) -> dict[str, int]:
    """What all events together say."""
    counts: Counter = Counter()
    for kept in world.store.read_all():
        counts[kept.event.drink] += 1 if kept.envelope.type == "DrinkSold" else -1
    return {drink: count for drink, count in counts.items() if count}


def _shown(world: World) -> dict[str, int]:
    rows = world.db.execute("SELECT * FROM sold")
    return {row["drink"]: row["count"] for row in rows if row["count"]}


def _miscounted(world: World) -> str | None:
    if world.steps.struck:
        return None
    true, shown = _fold(world), _shown(world)
    for drink in {**true, **shown}:
        if true.get(drink, 0) != shown.get(drink, 0):
            return f"{drink}: {true.get(drink, 0)} by the events, and {shown.get(drink, 0)} on the screen."
    return None


def _counted_too_often(world: World) -> str | None:
    true = _fold(world)
    for drink, count in _shown(world).items():
        if count > true.get(drink, 0):
            return f"{drink}: {true.get(drink, 0)} by the events, and {count} on the screen."
    return None


def _not_counted(world: World) -> str | None:
    shown = _shown(world)
    for drink, count in _fold(world).items():
        if shown.get(drink, 0) < count:
            return f"{drink}: {count} by the events, and {shown.get(drink, 0)} on the screen."
    return None


def _wrong_checkpoint(world: World) -> str | None:
    rows = [row["position"] for row in world.db.execute("SELECT * FROM checkpoint")]
    end = world.store.position()
    if rows != [end]:
        said = ", ".join(map(str, rows)) or "nothing"
        return f"Everything up to position {end} is in the table, and the checkpoint says {said}."
    return None


checkpoint = Grader(
    "06.1",
    "The bookmark of the screen",
    hints=(
        "At the dotted line, what does the table say, and what does the checkpoint say? Whoever goes on from "
        "there believes the checkpoint.",
        "Rows and checkpoint have to change together, or a crash fits in between. And a checkpoint that was "
        "read before may be out of date: somebody else is reading on, too.",
        "Open a transaction, and only then ask for the checkpoint, read the events after it, count them, and "
        "move the checkpoint to the position of the last one. A rebuild is the same from position 0, with the "
        "rows deleted in the same transaction.",
    ),
)
for story, fault in ((drinks_are_sold, "crash"), (two_at_once, "switch")):
    checkpoint.explore(
        Scenario(
            world=events_and_a_table,
            story=story,
            events=(
                *((DrinkSold, "mocha"), (DrinkReturned, "chai")),
                *((DrinkSold, "chai"), (DrinkSold, "chai")),
            ),
            faults={fault},
            checks=[
                Invariant("each drink by itself", _miscounted),
                Invariant("no duplicate effect", _counted_too_often),
                Invariant("no lost message", _not_counted),
                Invariant("consistent output", _wrong_checkpoint),
            ],
        ),
        misconceptions={
            "each drink by itself": "What comes back was sold before, so no count is below 0. (Each event changes "
            "the count of its own drink by one, whatever it was.)",
            "no duplicate effect": "A checkpoint right after the rows is close enough. (A crash fits in between, "
            "and so does another instance.)",
            "no lost message": "It is enough that nothing is counted twice. (After a crash somebody goes on, and "
            "has to find what is not counted yet: behind the checkpoint, and not behind a lock of the dead.)",
            "consistent output": "The checkpoint is for the projection alone. (Whoever waits for it believes it.)",
        },
    )
checkpoint.explore(
    Scenario(
        world=events_and_a_table,
        story=a_table_is_rebuilt,
        events=((DrinkReturned, "chai"), (DrinkSold, "mocha")),
        faults={"crash", "switch"},
        checks=[rebuild_equals_incremental(_shown, _fold, "{}: {} on the screen, and {} by the events.")],
    ),
    misconceptions={
        "rebuild equals incremental": "To rebuild is to empty the table and read everything again. (In the same "
        "transaction, and with the checkpoint back at 0, or with nobody else around.)",
    },
)

# ---------------------------------------------------------------- 06.2 over several topics

PARCELS = """
CREATE TABLE orders (
    order_id TEXT PRIMARY KEY, parcels INTEGER,
    paid INTEGER NOT NULL DEFAULT 0, cancelled INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE packed (order_id TEXT, parcel INTEGER, PRIMARY KEY (order_id, parcel));
"""
TOPICS = ("payments", "packing", "office")


@dataclass(frozen=True)
class OrderPaid(Event):
    """Payments: the money is there."""

    order_id: str


@dataclass(frozen=True)
class ParcelPacked(Event):
    """Packing: one of an order's parcels is closed."""

    order_id: str
    parcel: int
    parcels: int


@dataclass(frozen=True)
class OrderCancelled(Event):
    """The office: it must not leave the house."""

    order_id: str


SAID_ON = {OrderPaid: "payments", ParcelPacked: "packing", OrderCancelled: "office"}


def three_topics(seed: int) -> World:
    """What payments, packing and the office say, and the database of the driver's list."""
    bus = SimulatedBus(seed)
    for topic in TOPICS:
        bus.create_topic(topic)
    return World(bus=bus, db=MemoryDatabase(PARCELS, "driver"))


def facts_are_said(world: World, facts: tuple) -> None:
    """Each on the topic of whoever knows it."""
    for fact in facts:
        world.bus.publish(SAID_ON[type(fact)], fact, key=fact.order_id, source=SAID_ON[type(fact)])


def reader_of(world: World, topic: str, name: str) -> Callable[[], None]:
    """Hands the topic's records to the learner's code, each of them again where that has died."""

    def handle(reader: Process, record: Record) -> None:
        known = Record(record.topic, record.partition, record.offset, record.stored, reader.vocabulary)
        reader.step("read", lambda: known, quiet=True, label=repr)
        reader.code.handle(known, reader.db)

    def read() -> None:
        for record in world.records(topic):
            until_told(world, name, lambda reader, r=record: handle(reader, r))()

    return read


def driver_asks(world: World) -> None:
    """May anything be shipped? And, a minute later, the same again."""
    for _ in range(2):
        until_told(world, "driver", lambda driver: list(driver.code.to_ship(driver.db)))()


def facts_come_in(world: World, facts: tuple) -> None:
    """Each topic has a reader of its own; they run at once, and nobody says in which order."""
    facts_are_said(world, facts)
    said = [topic for topic in TOPICS if world.records(topic)]
    world.together({topic: reader_of(world, topic, f"{topic} reader") for topic in said})
    driver_asks(world)


def facts_come_again(world: World, facts: tuple) -> None:
    """All of them are read; and much later all of them once more, topic by topic, by a new process."""
    facts_are_said(world, facts)
    for topic in TOPICS:
        reader_of(world, topic, "reader")()
    for topic in reversed(TOPICS):
        reader_of(world, topic, "replay")()
    driver_asks(world)


def _to_ship(world: World, time: int = -1) -> list[str]:
    """What the driver was told in the end."""
    told = [answer.value for answer in world.answers if answer.process == "driver" and answer.status == "ok"]
    return [item if isinstance(item, str) else repr(item) for item in told[time]] if told else []


def _complete(world: World) -> set[str]:
    """The orders that may go, from all facts."""
    paid = {said["order_id"] for said in world.said("payments")}
    packed: dict[str, set[int]] = {}
    for said in world.said("packing"):
        packed.setdefault(said["order_id"], set(range(1, said["parcels"] + 1))).discard(said["parcel"])
    cancelled = {said["order_id"] for said in world.said("office")}
    return {order_id for order_id, missing in packed.items() if not missing} & paid - cancelled


def _too_early(world: World) -> str | None:
    complete = _complete(world)
    for order_id in _to_ship(world):
        if order_id not in complete:
            return f"The driver takes {order_id}: {_why_not(world, order_id)}."
    return None


def _why_not(world: World, order_id: str) -> str:
    if order_id not in {said["order_id"] for topic in TOPICS for said in world.said(topic)}:
        return "no order has that id"
    if order_id in {said["order_id"] for said in world.said("office")}:
        return "it was cancelled"
    if order_id not in {said["order_id"] for said in world.said("payments")}:
        return "it is not paid"
    closed = [said for said in world.said("packing") if said["order_id"] == order_id]
    if not closed:
        return "nothing of it is packed"
    numbers = " and ".join(str(number) for number in sorted({said["parcel"] for said in closed}))
    return f"it has {closed[0]['parcels']} parcels, and only number {numbers} is packed"


def _not_told_again(world: World) -> str | None:
    for order_id in _to_ship(world, 0):
        if order_id in _complete(world) and order_id not in _to_ship(world):
            return (
                f"The driver is told of {order_id}, asks once more, and {order_id} is no longer on the list."
            )
    return None


def _never_ships(world: World) -> str | None:
    for order_id in sorted(_complete(world)):
        if order_id not in _to_ship(world):
            return f"{order_id} is paid and packed, and the driver is never told."
    return None


def _on_the_list_twice(world: World) -> str | None:
    for order_id, times in Counter(_to_ship(world)).items():
        if times > 1:
            return f"{order_id} is {times} times on the driver's list."
    return None


several_topics = Grader(
    "06.2",
    "Paid, packed, or packed, paid",
    hints=(
        "In which order has your code heard of this order's facts? Which of them did it forget, or believe too "
        "much, as it came before the others?",
        "Each fact has to find its place whether or not another one was there before. So write down what was "
        "said, each fact for itself, and decide when somebody asks.",
        "Paid and cancelled are two columns that are only ever set to 1, in a row that is made where it is "
        "missing. A closed parcel is a row of its own. What may be shipped is a question to all of them.",
    ),
)
INVARIANTS_OF_THE_LIST = [
    Invariant("no ghost message", _too_early),
    Invariant("a question changes nothing", _not_told_again),
    Invariant("no lost message", _never_ships),
    Invariant("no duplicate effect", _on_the_list_twice),
]
ABOUT_THE_LIST = {
    "no ghost message": "What comes last in time is heard last, and how many facts there are says which. (Topics "
    "have no common order, and a record may come twice.)",
    "a question changes nothing": "Who was told once knows it. (An answer may get lost, and somebody else may ask.)",
    "no lost message": "The first step is heard first, so its row is there. (Each topic has an order, not all of "
    "them together.)",
    "no duplicate effect": "One fact more is one line more on the list.",
}
ABOUT_FIVE_ORDERS = ABOUT_THE_LIST | {
    "no ghost message": "What nobody has spoken of is in order. (A payment or a parcel that nobody has heard of may "
    "never come.)",
    "no lost message": "What is right for one order is right for the table. (Each order has its own facts, and those "
    "of others don't count.)",
}
TWO_PARCELS = (OrderPaid("A-1"), ParcelPacked("A-1", 1, 2), ParcelPacked("A-1", 2, 2))
FIVE_ORDERS = (
    *(OrderPaid("A-4"), ParcelPacked("A-4", 1, 1), OrderCancelled("A-4")),
    *(ParcelPacked("A-5", 1, 1), OrderPaid("A-6")),
    *(OrderPaid("A-7"), ParcelPacked("A-7", 1, 1), OrderPaid("A-8"), ParcelPacked("A-8", 1, 1)),
)
for story, faults, facts in (
    (facts_come_in, {"switch", "crash"}, TWO_PARCELS),
    (facts_come_in, {"switch"}, (OrderPaid("A-2"), ParcelPacked("A-2", 1, 1), OrderCancelled("A-2"))),
    (facts_come_again, {"crash"}, (OrderPaid("A-3"), ParcelPacked("A-3", 1, 3), ParcelPacked("A-3", 3, 3))),
    (facts_come_again, set(), FIVE_ORDERS),
):
    several_topics.explore(
        Scenario(three_topics, story, INVARIANTS_OF_THE_LIST, faults, facts),
        ABOUT_FIVE_ORDERS if facts is FIVE_ORDERS else ABOUT_THE_LIST,
    )

# ---------------------------------------------------------------- 06.3 read your writes

PAGES = """
CREATE TABLE pages (order_id TEXT PRIMARY KEY, drink TEXT NOT NULL);
CREATE TABLE checkpoint (position INTEGER NOT NULL);
INSERT INTO checkpoint VALUES (0);
"""
BOUND_MS, AT_MOST_LATER_MS = 100, 20
A_LITTLE_MS = 10  # that nobody is blamed for
NOT_YET = "not yet"


@dataclass(frozen=True)
class DrinkChosen(Event):
    """A guest has chosen a drink for an order, perhaps another one than before."""

    order_id: str
    drink: str


@dataclass(frozen=True)
class Case:
    """When the page is moved, in ms, and how far: so many events before the guest's own; `None` empties it."""

    moves: tuple[tuple[int, int | None], ...] = ()
    corrected: bool = False  # the barista changes the order once more
    beside: bool = False  # another guest orders at the same time
    again: bool = False  # it is the first guest, who changes it once more
    later: tuple[tuple[int, int | None], ...] = ()  # moves, after a second, when the guest looks again


@dataclass(frozen=True)
class State:
    """The page from some moment on."""

    since: int
    position: int
    drinks: dict[str, str]


@dataclass(frozen=True)
class Question:
    """Who asked for an order, when, having written at which position; and what came of it, when."""

    order_id: str
    drink: str
    position: int
    asked: int
    answered: int
    answer: object


class Timer:
    """Waits on the virtual clock; meanwhile others work."""

    def __init__(self) -> None:
        self.clock = VirtualClock()

    def now(self) -> int:
        """Milliseconds since the café has opened."""
        return round((self.clock.now() - OPENING).total_seconds() * 1000)

    def wait(self, ms: int) -> None:
        """Let so many milliseconds pass."""
        self.clock.advance(ms)


def pages_and_a_timer(seed: int) -> World:
    """The till's events, and the database of the order pages; the projection is somebody else's."""
    world = World(store=MemoryEventStore("till"), db=MemoryDatabase(PAGES, "pages"), timer=Timer())
    world.states = [State(0, 0, {})]
    world.orders = set()
    world.questions = []
    world.moves = []  # that the projection is about to make: positions
    world.waits_in_transaction = False
    return world


def guests_ask(world: World, cases: tuple) -> None:
    """Each guest chooses, changes it, and asks at once; the projection comes when it comes."""
    for number, case in enumerate(cases, start=1):
        order_id = "A-1" if case.again else f"A-{number}"
        token, own = _changed(world, order_id, case)
        if case.corrected:
            _choose(world, "barista", order_id, "chai with oat")
        for moves in filter(None, (case.moves, case.later)):
            for ms, behind in moves:
                world.moves.append(0 if behind is None else own - behind)
                world.timer.clock.call_in(ms, lambda: _move_at_once(world))
            world.timer.wait(0)
            _ask(world, order_id, token, own)
            world.timer.wait(1_000)


def a_guest_asks_meanwhile(world: World, cases: tuple) -> None:
    """The projection is at work while the page is asked for."""
    for number, case in enumerate(cases, start=1):
        order_id = f"A-{number}"
        token, own = _changed(world, order_id, case)
        for ms, behind in case.moves:
            if ms == 0:
                _move(world, world.db, own - behind)
            else:
                world.moves.append(0 if behind is None else own - behind)
                world.timer.clock.call_in(ms, lambda: _move_at_once(world))
        world.together(
            {
                "page": lambda o=order_id, t=token, w=own: _ask(world, o, t, w),
                "projection": lambda: world.request("projection", lambda p: _move_all(world, p)),
            }
        )


def _changed(world: World, order_id: str, case: Case) -> tuple[object, int]:
    """A guest has chosen mocha, which the page shows, and changes that; the token, and the position."""
    if not world.store.version(order_id):
        _choose(world, "guest", order_id, "mocha")
        _move(world, world.db, world.store.position())
    drink = "espresso" if case.again else "chai"
    told = []

    def choose() -> None:
        about = (order_id, drink)
        told.append(world.request("till", lambda till: till.code.choose(*about, till.store), about).value)

    beside = {"another guest": lambda: _choose(world, "another guest", f"B{order_id[1:]}", "latte")}
    world.together({"till": choose} | (beside if case.beside else {}))
    own = [kept.position for kept in world.store.read(order_id) if kept.event.drink == drink]
    return told[0], own[-1] if own else world.store.position()


def _choose(world: World, who: str, order_id: str, drink: str) -> None:
    world.orders.add(order_id)
    world.trace.record(who, "append", label=f"{order_id}: {drink}")
    version = world.store.version(order_id)
    world.store.append(order_id, [DrinkChosen(order_id, drink)], expected_version=version)


def _ask(world: World, order_id: str, token: object, position: int) -> None:
    asked = world.timer.now()
    answer = world.request("page", lambda page: page.code.my_order(order_id, token, page.db, page.timer))
    if answer.status == "ok":
        drink = next(kept.event.drink for kept in world.store.read_all() if kept.position == position)
        question = Question(order_id, drink, position, asked, world.timer.now(), answer.value)
        world.questions.append(question)
        world.trace.record("page", "answers", label=f"{order_id}: {answer.value}, after {_took(question)} ms")


def _move_at_once(world: World) -> None:
    """A timer of the projection."""
    if world.db.holder is not None:  # the projection itself, in the other lane, or whoever asks
        world.waits_in_transaction |= world.db.holder.name == "page"
    elif world.moves:
        _move(world, world.db, world.moves.pop(0))


def _move_all(world: World, projection: Process) -> None:
    """Move after move; in between, whoever asks may go on."""
    while world.moves:
        with projection.db.transaction():
            if world.moves:
                _move(world, projection.db, world.moves.pop(0), note=False)
        world.lanes.hand_over("page")


def _move(world: World, db: MemoryDatabase, position: int, note: bool = True) -> None:
    """Have the page say what it says at this position."""
    drinks = {kept.event.order_id: kept.event.drink for kept in world.store.read_all(limit=position)}
    db.execute("DELETE FROM pages")
    db.execute_many("INSERT INTO pages VALUES (?, ?)", drinks.items())
    db.execute("UPDATE checkpoint SET position = ?", [position])
    world.states.append(State(world.timer.now(), position, drinks))
    if note:
        world.trace.record("projection", "writes", label=f"the page, up to position {position}")


def _took(question: Question) -> int:
    return question.answered - question.asked


def _states_of(world: World, question: Question, until: int) -> list[tuple[int, int, State]]:
    """From when, to when, and how the page was, from the question on."""
    ends = [state.since for state in world.states[1:]] + [until + BOUND_MS]
    return [
        (max(state.since, question.asked), end, state)
        for state, end in zip(world.states, ends, strict=True)
        if end >= question.asked and state.since <= until
    ]


def _there(world: World, question: Question) -> int | None:
    """Since when the page had the guest's own write, for long enough to be seen; `None`: it had not."""
    for begin, end, state in _states_of(world, question, question.asked + BOUND_MS - AT_MOST_LATER_MS):
        if state.position >= question.position and end - begin > AT_MOST_LATER_MS:
            return begin
    return None


def _older_than_my_write(world: World) -> str | None:
    for question in world.questions:
        true = [
            state.drinks.get(question.order_id)
            for _, _, state in _states_of(world, question, question.answered)
            if state.position >= question.position
        ]
        if question.answer not in (NOT_YET, *true):
            return (
                f"The guest has changed {question.order_id} to {question.drink}, at position "
                f"{question.position}, asks for it, and is told: {question.answer!r}."
            )
    return None


def _took_too_long(world: World) -> str | None:
    for question in world.questions:
        if _took(question) > BOUND_MS + A_LITTLE_MS:
            return f"The guest of {question.order_id} has waited {_took(question)} ms; {BOUND_MS} are agreed."
    return None


def _waited_for_nothing(world: World) -> str | None:
    for question in world.questions:
        since = _there(world, question)
        if since is not None and question.answered > since + AT_MOST_LATER_MS:
            return (
                f"{since - question.asked} ms after the guest of {question.order_id} had asked, the page had the "
                f"answer. It came after {_took(question)} ms."
            )
    return None


def _gave_up(world: World) -> str | None:
    if world.waits_in_transaction:
        return "my_order waits inside a transaction: what that reads stays as it was when it began."
    for question in world.questions:
        since = _there(world, question)
        if question.answer == NOT_YET and since is not None:
            return (
                f"The guest of {question.order_id} is told 'not yet', and the page had it "
                f"{since - question.asked} ms after the question."
            )
        if question.answer == NOT_YET and _took(question) < BOUND_MS - AT_MOST_LATER_MS:
            return f"The guest of {question.order_id} is told 'not yet' after {_took(question)} ms already."
    return None


def _not_written(world: World) -> str | None:
    for answer in world.answers:
        if answer.process == "till" and answer.status == "ok":
            order_id, drink = answer.about
            drinks = [kept.event.drink for kept in world.store.read(order_id)]
            if drink not in drinks:
                return f"The guest has changed {order_id} to {drink}, and its events say {', '.join(drinks)}."
    return None


def _written_twice(world: World) -> str | None:
    for order_id, drink in filter(None, world.told()):
        if [kept.event.drink for kept in world.store.read(order_id)].count(drink) > 1:
            return f"The guest has changed {order_id} to {drink} once, and its events say so twice."
    others = [kept for kept in world.store.read_all() if kept.stream not in world.orders]
    if others:
        return f"Nobody has ordered {others[0].stream}, and its events say {others[0].event.drink}."
    return None


own_writes = Grader(
    "06.3",
    "Is that my order?",
    hints=(
        "What did the page know when it answered, and how could your code have seen that it was too little?",
        "A row that is there may be an old one, and a time that was long enough yesterday may be too short "
        "today. One number in the page's database says exactly how much is in it.",
        "The token is the position that append gives back. Ask for the checkpoint and the row in one statement; "
        "if the checkpoint is below the token, wait 10 ms and ask again, until 100 ms are over.",
    ),
)
INVARIANTS_OF_THE_PAGE = [
    Invariant("no lost write", _not_written),
    Invariant("no duplicate effect", _written_twice),
    Invariant("read your writes", _older_than_my_write),
    Invariant("bounded wait", _took_too_long),
    Invariant("honest answer", _gave_up),
    Invariant("no needless wait", _waited_for_nothing),
]
ABOUT_THE_PAGE = {
    "no lost write": "A write is done when nobody complains.",
    "no duplicate effect": "One event more does no harm. (Every reader of the store takes it for one more choice.)",
    "read your writes": "After a little sleep, or as soon as there is a row, the page is up to date. (The checkpoint "
    "says so, and it has to be read together with the row.)",
    "bounded wait": "It comes sooner or later, so wait for it. (Where the projection is down, the guest's browser "
    "waits for ever.)",
    "honest answer": "When in doubt, say that it isn't there yet. (There is no doubt: the guest waits for one event, "
    "whatever others have written since.)",
    "no needless wait": "Wait as long as it takes in the worst case, and it is always right.",
}
own_writes.explore(
    Scenario(
        world=pages_and_a_timer,
        story=guests_ask,
        events=(
            Case(((0, 0),)),  # it is there already
            Case(((40, 0),), corrected=True),
            Case(((60, -1),), corrected=True),
            Case(((0, None), (30, 1), (70, 0))),  # it is being rebuilt
            Case(((150, 0),)),  # beyond the bound
            Case(((30, 0),), again=True, later=((0, 1), (40, 0))),  # the page is there, and is set back
        ),
        faults=set(),
        checks=INVARIANTS_OF_THE_PAGE,
    ),
    misconceptions=ABOUT_THE_PAGE,
)
for story, case in (
    (guests_ask, Case(((30, 0),), beside=True)),
    (a_guest_asks_meanwhile, Case(((0, 0), (30, 1), (60, 0)))),
    (a_guest_asks_meanwhile, Case(((10, 0), (40, 1), (50, 0)))),  # it is there, and is set back
):
    own_writes.explore(
        Scenario(pages_and_a_timer, story, INVARIANTS_OF_THE_PAGE, {"switch"}, (case,)), ABOUT_THE_PAGE
    )

# ---------------------------------------------------------------- 06.4 beside the live one

VERSIONS = """
CREATE TABLE sold_1 (drink TEXT PRIMARY KEY, count INTEGER NOT NULL);
CREATE TABLE sold_2 (drink TEXT PRIMARY KEY, count INTEGER NOT NULL, cents INTEGER NOT NULL);
CREATE TABLE versions (version INTEGER PRIMARY KEY, position INTEGER NOT NULL, live INTEGER NOT NULL);
INSERT INTO versions VALUES (1, 0, 1), (2, 0, 0);
"""
ROWS_MAX = 4  # that a transaction may change
ADD_SOLD, ONE_MORE = "INSERT INTO sold_1", "ON CONFLICT (drink) DO UPDATE SET count = count + 1"


@dataclass(frozen=True)
class DrinkPaid(Event):
    """A drink was sold, for so many cents."""

    drink: str
    cents: int


class WatchedDatabase(MemoryDatabase):
    """Somebody reads the live version after each change. Long transactions are refused."""

    def __init__(self) -> None:
        super().__init__(VERSIONS, "screen")
        self.most = 0  # of the drinks that a reader has seen sold
        self.complaint = ""
        self.say: Callable[[str], object] = lambda text: None
        self._changes_before = 0

    def begin(self) -> None:
        super().begin()
        self._changes_before = self.changes

    def commit(self) -> None:
        super().commit()
        self.look()

    def execute(self, sql: str, parameters: Sequence | Mapping = ()) -> list[Row]:
        if is_read(sql):
            return super().execute(sql, parameters)
        with self._one_transaction():
            return super().execute(sql, parameters)

    def execute_many(self, sql: str, rows: Iterable[Sequence | Mapping]) -> int:
        with self._one_transaction():
            return super().execute_many(sql, rows)

    def live(self) -> list[int]:
        """Which versions are live?"""
        return [row["version"] for row in super().execute("SELECT version FROM versions WHERE live")]

    def sold(self, version: int) -> list[Row]:
        """What a version says."""
        return super().execute(f"SELECT * FROM sold_{version} WHERE count ORDER BY drink")

    def look(self) -> None:
        """A reader comes by."""
        if self.complaint:
            return
        live = self.live()
        if len(live) != 1:
            self.complaint = f"Readers look for the live version, and there are {len(live)}."
            self.say(f"{len(live)} live versions")
            return
        seen = sum(row["count"] for row in self.sold(live[0]))
        if seen < self.most:
            self.complaint = (
                f"Drinks sold, as readers see it: {self.most}, and then {seen}, in version {live[0]}."
            )
            self.say(f"{seen} sold, no longer {self.most}")
        self.most = max(self.most, seen)

    @contextmanager
    def _one_transaction(self) -> Iterator[None]:
        """A statement for itself is one, too."""
        with nullcontext() if self.in_transaction else self.transaction():
            yield
            if self.changes - self._changes_before > ROWS_MAX:
                raise DatabaseFailed(
                    f"this transaction has changed more than {ROWS_MAX} rows, and others wait: it was rolled back."
                )


def two_versions(seed: int) -> World:
    """The till's events, and a database with the live table and an empty new one."""
    world = World(store=MemoryEventStore("till"), db=WatchedDatabase())
    world.db.say = lambda text: world.request("readers", lambda readers: readers.note("see", text))
    world.fell_behind = ""
    return world


def a_new_version_is_built(world: World, sales: tuple) -> None:
    """Version 1 is up to date. Version 2 is built, while drinks are sold; then one more is sold."""
    early, during, after = sales[:-2], sales[-2:-1], sales[-1:]
    for sale in early:
        _sell(world, sale)
    with world.db.transaction():
        world.db.execute_many(f"{ADD_SOLD} VALUES (?, 1) {ONE_MORE}", [(drink,) for drink, _ in early])
        world.db.execute("UPDATE versions SET position = ? WHERE live", [len(early)])
    world.trace.record("version 1", "is live", label=f"up to position {len(early)}")

    def go_on() -> None:
        for sale in during:
            _sell(world, sale)
        _catch_up(world)

    world.together({"admin": _build(world), "projection": go_on})
    if not _heard_that_it_is_live(world):  # "not yet", while the projection had to wait
        _build(world)()
    for sale in after:
        _sell(world, sale)
    _catch_up(world)


def the_projection_was_down(world: World, sales: tuple) -> None:
    """Half of the sales wait for version 1, and the other half, when that is built, for version 2."""
    for some in (sales[: len(sales) // 2], sales[len(sales) // 2 :]):
        for sale in some:
            _sell(world, sale)
        _catch_up(world)
        _build(world)()


def _build(world: World) -> Callable[[], None]:
    return until_told(world, "admin", lambda admin: admin.code.build(admin.store, admin.db), bool)


def _heard_that_it_is_live(world: World) -> bool:
    return any(it.process == "admin" and it.status == "ok" and it.value for it in world.answers)


def _sell(world: World, sale: tuple[str, int]) -> None:
    drink, cents = sale
    world.request("till", lambda till: till.note("append", f"{drink}, {cents} cents"))
    world.store.append(drink, [DrinkPaid(drink, cents)], expected_version=world.store.version(drink))


def _catch_up(world: World) -> None:
    before, end = world.db.live(), world.store.position()
    until_told(world, "projection", catch_up)()
    if before == [1] == world.db.live() and (seen := _seen(world, 1)) < end:
        world.fell_behind = f"catch_up has returned, and version 1, which is live, has {seen} of {end} sales."


def _seen(world: World, version: int) -> int:
    return sum(row["count"] for row in world.db.sold(version))


def _readers_complain(world: World) -> str | None:
    return world.db.complaint or None


def _fell_behind(world: World) -> str | None:
    return world.fell_behind or None


def _refused(world: World) -> str | None:
    failed = [answer for answer in world.answers if isinstance(answer.value, DatabaseFailed)]
    return f"{failed[-1].process} is told: {failed[-1].value}" if failed else None


def _not_live(world: World) -> str | None:
    told = [answer.value for answer in world.answers if answer.process == "admin"]
    last = told[-1] if told else None
    said = f"{type(last).__name__}: {last}" if isinstance(last, Exception) else f"{last!r}."
    if world.db.live() != [2]:
        return f"Version 2 was to be live in the end, and is not. The last build came back with {said}"
    if not _heard_that_it_is_live(world):
        return f"Version 2 is live, and build has never said so. The last one came back with {said}"
    return None


def _compared(world: World, wrong: Callable[[Row, Row], bool]) -> str | None:
    true: dict[str, Row] = {}
    for kept in world.store.read_all():
        row = true.setdefault(kept.event.drink, {"count": 0, "cents": 0})
        row["count"] += 1
        row["cents"] += kept.event.cents
    found = {row["drink"]: row for row in world.db.sold(2)}
    for drink in {**true, **found}:
        is_there, ought = ({"count": 0, "cents": 0} | rows.get(drink, {}) for rows in (found, true))
        if wrong(is_there, ought):
            return (
                f"{drink}: sold {ought['count']} for {ought['cents']} cents, and version 2 says "
                f"{is_there['count']} for {is_there['cents']}."
            )
    return None


def _too_much(world: World) -> str | None:
    return _compared(world, lambda found, ought: any(found[name] > ought[name] for name in ought))


def _too_little(world: World) -> str | None:
    return _compared(world, lambda found, ought: any(found[name] < ought[name] for name in ought))


beside = Grader(
    "06.4",
    "The new screen beside the old one",
    hints=(
        "Follow what a reader sees, from change to change. At which step would a reader be surprised, or at "
        "which one does a version go without an event?",
        "Each version has a position of its own, and moves it in the same transaction as its rows; so whoever "
        "dies goes on from there. To switch is a decision about both positions, and they may move while you "
        "decide.",
        "Take the events into version 2, a few in each transaction, until there are no more. Then, in one "
        "transaction, compare both positions and flip `live` with one UPDATE, or come back with False. What is "
        "live already is left alone. And catch_up asks which version is live, each time.",
    ),
)
FIVE_SALES = (("mocha", 420), ("mocha", 450), ("latte", 400), ("chai", 390), ("espresso", 300))
for story, sales, faults in (
    (a_new_version_is_built, FIVE_SALES, {"crash", "switch"}),
    (the_projection_was_down, FIVE_SALES + FIVE_SALES, set()),
):
    beside.explore(
        Scenario(
            world=two_versions,
            story=story,
            events=sales,
            faults=faults,
            checks=[
                Invariant("monotonic reads", _readers_complain),
                Invariant("the live one goes on", _fell_behind),
                Invariant("short transactions", _refused),
                Invariant("progress", _not_live),
                Invariant("no duplicate effect", _too_much),
                Invariant("no lost message", _too_little),
            ],
        ),
        misconceptions={
            "monotonic reads": "Once it has read everything it is up to date. (Meanwhile the live one has moved "
            "on; and what is built again may be live by now.)",
            "the live one goes on": "While something is rebuilt, the rest can wait.",
            "short transactions": "One transaction for all of it: then nothing can go wrong. (And nobody else can "
            "write.)",
            "progress": "Whoever has tried is done. (It is done when version 2 is live; and who has called hears of "
            "it by `True`, also if that was an earlier call.)",
            "no duplicate effect": "After a crash it begins anew. (On top of what is there.)",
            "no lost message": "The switch is the end of it. (From then on the new one has to be fed, with every "
            "event, and every drink.)",
        },
    )
