"""The attacks on the exercises of lesson 02."""

from collections import Counter
from dataclasses import dataclass

from sandbox import Event, partition_for
from sandbox.errors import GatewayTimeout
from sandbox.explore import NO_FAULT, MemoryDatabase, Process, Scenario, World
from sandbox.explore.checkers import Invariant
from sandbox.grading import Finding, Grader, Submission
from sandbox.sim import SimulatedBus

PARTITIONS = 6

# ---------------------------------------------------------------- 02.1 keys


@dataclass(frozen=True)
class OrderChanged(Event):
    """Something happened to an order; `table` may change meanwhile."""

    order_id: str
    table: int
    guest: str
    what: str


@dataclass(frozen=True)
class PointsBooked(Event):
    """A guest has won or spent points, at some till."""

    guest: str
    order_id: str
    points: int


@dataclass(frozen=True)
class MenuLookedAt(Event):
    """Somebody has looked at a menu on a screen; nearly all do so on the one at the door."""

    screen: str
    drink: str


def _story_of_orders() -> list[OrderChanged]:
    whats = ("placed", "changed", "paid", "served")
    return [
        OrderChanged(f"A-{order}", table=(order + step) % 5, guest=f"G-{order % 3}", what=what)
        for step, what in enumerate(whats)
        for order in range(60)
    ]


def _bookings() -> list[PointsBooked]:
    return [PointsBooked(f"G-{n % 40}", f"A-{n}", 10 if n % 3 else -20) for n in range(400)]


def _looks() -> list[MenuLookedAt]:
    return [MenuLookedAt("door" if n % 20 else f"table {n}", f"drink {n % 7}") for n in range(600)]


def _place(key: object, event: Event) -> int | None:
    """The partition of a key; `None` for no key: anywhere."""
    if key is not None and not isinstance(key, str | bytes):
        raise Finding(f"The key of {event!r} is {key!r}: a key is a text, bytes, or None.")
    if key in ("", b""):
        raise Finding(f"The key of {event!r} is empty.")
    if key is None:
        return None
    return partition_for(key.encode() if isinstance(key, str) else key, PARTITIONS)


def _split_up(events: list, key_of, name_of) -> str:
    """A thing whose events lie in two partitions, if there is one."""
    seen: dict[str, object] = {}
    for event in events:
        key = key_of(event)
        place = _place(key, event)
        name = name_of(event)
        if place is None or seen.setdefault(name, place) != place:
            return name
    return ""


def _same_at_every_till(events: list, submission: Submission, function: str, name_of) -> None:
    """Have one till see the events in their order, and the next one in the other."""
    first: dict[str, object] = {}
    for event in events:
        first.setdefault(name_of(event), getattr(submission, function)(event))
    submission.restart()
    for event in reversed(events):
        name = name_of(event)
        here, there = first[name], getattr(submission, function)(event)
        if _place(here, event) != _place(there, event):
            raise Finding(
                f"{name} has the key {here!r} at one till, and {there!r} at the next one: its events lie in "
                "two partitions, and may overtake each other."
            )


def _busiest(events: list, key_of) -> float:
    """The share of the busiest partition."""
    load: Counter = Counter()
    for event in events:
        place = _place(key_of(event), event)
        if place is None:
            load.update({number: 1 / PARTITIONS for number in range(PARTITIONS)})
        else:
            load[place] += 1
    return max(load.values()) / len(events)


keys = Grader(
    "02.1",
    "Three keys",
    hints=(
        "For each of the three: which events must not overtake each other? Those, and only those, need one key.",
        "A key that many events share puts them all into one partition, and so onto one consumer. And a key "
        "that changes while the thing lives scatters it.",
        "One field of the event names the thing whose events belong together: the same for as long as that "
        "thing lives, and different from thing to thing. Where nothing belongs together, no key is a choice.",
    ),
)


@keys.attack("order per key", misconception="A topic is ordered. (A partition is, and a key leads into one.)")
def an_orders_life(submission: Submission) -> None:
    if name := _split_up(_story_of_orders(), submission.key_of_order, lambda event: event.order_id):
        raise Finding(
            f"The events of {name} lie in several partitions: it may be served before it is placed."
        )


@keys.attack("order per guest", misconception="What is right for one reader's order is right for all.")
def a_guests_points(submission: Submission) -> None:
    if name := _split_up(_bookings(), submission.key_of_points, lambda event: event.guest):
        raise Finding(
            f"The bookings of {name} lie in several partitions: points are spent before they are won."
        )


@keys.attack(
    "order per key",
    misconception="What my program has noted, every till knows. (Each till has a program of its own, and one "
    "that starts anew knows nothing.)",
)
def at_every_till(submission: Submission) -> None:
    """The events of one thing come from several tills, which have seen other things before."""
    _same_at_every_till(_story_of_orders(), submission, "key_of_order", lambda event: event.order_id)
    _same_at_every_till(_bookings(), submission, "key_of_points", lambda event: event.guest)


@keys.attack(
    "the load is spread", misconception="One key for everything keeps everything in order, for free."
)
def the_load(submission: Submission) -> None:
    for what, events, key_of in (
        ("orders", _story_of_orders(), submission.key_of_order),
        ("bookings", _bookings(), submission.key_of_points),
        ("looks at the menu", _looks(), submission.key_of_look),
    ):
        share = _busiest(events, key_of)
        if share > 0.4:
            raise Finding(
                f"One of {PARTITIONS} partitions gets {share:.0%} of all {what}: one consumer does the work, "
                "the others stand idle."
            )


# ---------------------------------------------------------------- 02.2 at least once

ORDERS = ("A-3", "A-1", "A-4", "A-2")  # as they come; their numbers say nothing of that
JAMS = 25  # of an outage


@dataclass(frozen=True)
class OrderPlaced(Event):
    """A guest wants a drink."""

    order_id: str


class Machine:
    """The coffee machine; it knows what it has made."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self.jams = 0  # so many times more

    def make(self, order_id: str) -> None:
        """Make a drink. Raises `GatewayTimeout` where the machine jams."""
        if self.jams:
            self.jams -= 1
            raise GatewayTimeout("the machine is jammed: nothing was made.")
        self.made.append(order_id)


def bar(seed: int) -> World:
    """The board, and a machine."""
    bus = SimulatedBus(seed)
    bus.create_topic("orders", partitions=2)
    return World(bus=bus, machine=Machine())


def _work(bar: Process) -> None:
    bar.code.work(bar.bus, bar.machine)


def _order(world: World, orders: tuple) -> None:
    for order_id in orders:
        world.bus.publish("orders", OrderPlaced(order_id), key=order_id, source="till")


def orders_come(world: World, orders: tuple) -> None:
    """Guests order, and the bar works whenever there may be something to do."""
    world.service("bar", _work)
    _order(world, orders)


def two_shifts(world: World, orders: tuple) -> None:
    """The early shift works, and goes home; the late one is another process, and works until all is done."""
    _order(world, orders)
    world.request("early shift", _work)
    for _ in orders:
        world.request("late shift", _work)


def an_outage(world: World, orders: tuple) -> None:
    """The bar works once while the machine is jammed, for longer than anybody tries; then it is mended."""
    orders_come(world, orders)
    world.machine.jams = JAMS
    world.request("bar", _work)
    world.raised.clear()  # with which error it gave up is its own affair
    world.machine.jams = 0


def _never_made(world: World) -> str | None:
    for record in world.records("orders"):
        if record.event.order_id not in world.machine.made:
            return f"{record.event.order_id} was never made: its guest waits for ever."
    return None


def _made_all_day(world: World) -> str | None:
    if world.steps.struck:
        return None
    for order_id, times in Counter(world.machine.made).items():
        if times > 1:
            return f"{order_id} was made {times} times, though nothing went wrong."
    return None


at_least_once = Grader(
    "02.2",
    "At least once",
    hints=(
        "Who knows, after the dotted line, that this drink is still to be made? Look at what the bar had told "
        "the board by then.",
        "A commit says: I am done with this record *and all before it* in its partition. When is that true?",
        "Commit after the drink is made, never before, and never past a drink that was not made. If a drink "
        "fails, let the exception go: whoever reads next begins there.",
    ),
)
MADE = [Invariant("no lost message", _never_made), Invariant("no duplicate effect", _made_all_day)]
COMMITS = {
    "no lost message": "Auto-commit, or a commit after the poll, is at least once. (The position can be "
    "stored before your code has run.)",
    "no duplicate effect": "Nobody needs to commit, or one commit covers all. (Each start begins where each "
    "partition was committed last.)",
}
at_least_once.explore(
    Scenario(world=bar, story=two_shifts, events=ORDERS, faults=set(), checks=MADE), misconceptions=COMMITS
)
at_least_once.explore(
    Scenario(
        world=bar,
        story=orders_come,
        events=ORDERS,
        faults={"crash", "fail make", "fail commit"},
        checks=MADE,
    ),
    misconceptions=COMMITS,
)
at_least_once.explore(
    Scenario(world=bar, story=an_outage, events=ORDERS, faults=set(), checks=MADE[:1]),
    misconceptions={
        "no lost message": "After enough tries it is time to go on. (An outage is longer than any number of "
        "tries, and a commit says that the drink is made.)",
    },
)

# ---------------------------------------------------------------- 02.3 the zombie

PRICES = """
CREATE TABLE prices (drink TEXT PRIMARY KEY, cents INTEGER NOT NULL, offset INTEGER);
"""


@dataclass(frozen=True)
class PriceChanged(Event):
    """A drink has a new price."""

    drink: str
    cents: int


def price_list(seed: int) -> World:
    """The board, and the database of the price list."""
    bus = SimulatedBus(seed)
    bus.create_topic("prices", partitions=2)
    return World(bus=bus, db=MemoryDatabase(PRICES, "prices"))


def _keep(keeper: Process) -> None:
    with keeper.bus.consumer("prices", group="prices") as consumer:
        for record in consumer.poll():
            keeper.code.handle(record, consumer, keeper.db)


def prices_change(world: World, changes: tuple) -> None:
    """Prices change, and somebody keeps the list."""
    world.service("keeper", _keep)
    for drink, cents in changes:
        world.bus.publish("prices", PriceChanged(drink, cents), key=drink, source="office")


def clocks_differ(world: World, changes: tuple) -> None:
    """Whoever changes a price later has a clock that is behind; the list is kept once, at the end."""
    sent = [
        world.bus.prepare("prices", PriceChanged(drink, cents), drink, "office", None, None, None)
        for drink, cents in reversed(changes)
    ]
    for message in reversed(sent):
        world.bus.append(*message)
    world.request("keeper", _keep)


def _old_price(world: World) -> str | None:
    newest = {record.event.drink: record.event.cents for record in world.records("prices")}
    kept = {row["drink"]: row["cents"] for row in world.db.execute("SELECT * FROM prices")}
    for drink, cents in newest.items():
        if kept.get(drink) != cents:
            stands = f"stands at {kept[drink]}" if drink in kept else "is not on the list"
            return f"{drink} costs {cents} cents by now, and {stands}."
    return None


def _not_committed(world: World) -> str | None:
    if lag := world.bus.lag("prices"):
        return f"All is done, and the group is said to be {lag} records behind."
    return None


zombie = Grader(
    "02.3",
    "The zombie's pen",
    hints=(
        "Two members hold the same record in the picture. Who writes last, and what does he know of the other?",
        "The group tells a zombie nothing until it commits, and then the writing is done. So the database "
        "itself has to be able to tell an old write from a new one.",
        "A drink's records all lie in one partition, so one of the numbers on a record says which change is "
        "the newer one. Keep it in the row, and write only what is newer, asking and writing in one go.",
    ),
)
IN_ORDER = [Invariant("order per key", _old_price), Invariant("no lost message", _not_committed)]
ACKNOWLEDGED = "A handler is done when its write is done. (The group has to hear of it.)"
zombie.explore(
    Scenario(  # each drink has a row of its own, and each partition offsets of its own
        world=price_list,
        story=prices_change,
        events=(("mocha", 420), ("mocha", 480), ("espresso", 220), ("latte", 390), ("mocha", 450)),
        faults=set(),
        checks=IN_ORDER,
    ),
    misconceptions={
        "order per key": "An offset says which of two records is newer. (Of one partition, and here of one drink.)",
        "no lost message": ACKNOWLEDGED,
    },
)
PASTED = (
    "A value can be pasted into a statement. (A name may hold an apostrophe, or worse: write a ? for it, and "
    "hand the value over beside the statement.)"
)
zombie.explore(
    Scenario(
        world=price_list,
        story=clocks_differ,
        events=(("Bo's mocha", 420), ("Bo's mocha", 450)),
        faults=set(),
        checks=IN_ORDER,
    ),
    misconceptions={
        NO_FAULT: PASTED,
        "order per key": "The newer of two records bears the later time. (Two clocks never agree. What came "
        "later is what stands further on in the partition.)",
        "no lost message": ACKNOWLEDGED,
    },
)
zombie.explore(
    Scenario(
        world=price_list,
        story=prices_change,
        # The newest is neither the dearest nor the cheapest, and three tell a place that is never moved.
        events=(("mocha", 420), ("mocha", 480), ("mocha", 450)),
        faults={"crash", "rebalance any evict"},
        checks=IN_ORDER,
    ),
    misconceptions={
        "order per key": "Each record is seen once per group, by one member at a time. (A slow member is "
        "evicted, knows nothing of it, and goes on: a zombie.)",
        "no lost message": ACKNOWLEDGED,
    },
)
zombie.explore(
    Scenario(
        world=price_list,
        story=prices_change,
        events=(("mocha", 420), ("mocha", 450), ("mocha", 480), ("mocha", 450)),  # a price comes back
        faults={"rebalance execute evict", "switch"},
        checks=IN_ORDER,
    ),
    misconceptions={
        "order per key": "Between two of my statements nobody writes. (Somebody does, as long as they are not "
        "in one transaction; and a price that comes back looks as if nobody had.)",
    },
)

# ---------------------------------------------------------------- 02.4 position stored with state

TAKINGS = """
CREATE TABLE takings (till TEXT PRIMARY KEY, cents INTEGER NOT NULL);
CREATE TABLE positions (partition INTEGER PRIMARY KEY, next_offset INTEGER NOT NULL);
"""
DAY = 24 * 60 * 60 * 1000  # ms
WEEK = 7 * DAY


@dataclass(frozen=True)
class DrinkPaid(Event):
    """A drink was paid at a till."""

    till: str
    cents: int


def bookkeeping(seed: int, partitions: int = 1, **options: int) -> World:
    """The board, and the bookkeeper's database."""
    bus = SimulatedBus(seed)
    bus.create_topic("paid", partitions, **options)
    world = World(bus=bus, db=MemoryDatabase(TAKINGS, "books"))
    world.paid = Counter()  # by till; the board may have forgotten it
    return world


def _pay(world: World, till: str, cents: int) -> None:
    world.bus.publish("paid", DrinkPaid(till, cents), key=till, source=till)
    world.paid[till] += cents


def _add_up(books: Process) -> None:
    books.code.work(books.bus, books.db)


def drinks_are_paid(world: World, drinks: tuple) -> None:
    """Drinks are paid, and the bookkeeper adds up."""
    world.service("books", _add_up)
    for drink in drinks:
        _pay(world, *drink)


def quiet_weeks(world: World, drinks: tuple) -> None:
    """Each drink is booked at once, and the board has forgotten it when the next one is paid."""
    for drink in drinks:
        _pay(world, *drink)
        world.request("books", _add_up)
        world.clock.advance(WEEK + 2 * DAY)


def _booked(world: World) -> Counter:
    return Counter({row["till"]: row["cents"] for row in world.db.execute("SELECT * FROM takings")})


def _too_much(world: World) -> str | None:
    for till, cents in _booked(world).items():
        if cents > world.paid[till]:
            return f"{till} has taken {world.paid[till]} cents, and {cents} stand in the books."
    return None


def _too_little(world: World) -> str | None:
    booked = _booked(world)
    for till, cents in world.paid.items():
        if booked[till] < cents:
            return f"{till} has taken {cents} cents, and {booked[till]} stand in the books."
    return None


stored_position = Grader(
    "02.4",
    "The bookmark is in the book",
    hints=(
        "Two things are written for each record: the sum, and how far you have read. What if a crash comes "
        "between them, or another reader?",
        "If both stand in one database, one transaction writes both. Then the group's committed offset is of "
        "no use any more: who decides where reading begins?",
        "When partitions are assigned, seek each of them to the offset that the database names, or to 0. And "
        "as an evicted reader may still be at it: inside the transaction, look whether the position is still "
        "the one that you think.",
    ),
)
LAST_DONE = (
    "A position is the last record that is done. (It is the next one to read; and where there is nothing to "
    "read, there is nothing to write.)"
)
SEVERAL = (
    "One place, or one sum, is enough. (Each partition has a place of its own, and holds the records of "
    "several tills.)"
)
NOT_ALONE = (
    "While I am at work, nobody else is. (A slow member is evicted without a word, and another one does its "
    "work. If it polls again, it begins at the group's committed offset, wherever it had sought before.)"
)
BOOKS = [Invariant("no duplicate effect", _too_much), Invariant("no lost message", _too_little)]
TILLS = (("till 1", 420), ("till 2", 300), ("till 3", 560), ("till 4", 150), ("till 1", 250))


def _two_partitions(seed: int) -> World:
    return bookkeeping(seed, partitions=2)


stored_position.explore(
    Scenario(world=_two_partitions, story=drinks_are_paid, events=TILLS, faults=set(), checks=BOOKS),
    misconceptions={"no duplicate effect": SEVERAL, "no lost message": SEVERAL, "termination": LAST_DONE},
)
stored_position.explore(
    Scenario(
        world=lambda seed: bookkeeping(seed, retention_ms=WEEK, segment_ms=DAY),
        story=quiet_weeks,
        events=(("Ada's till", 420), ("Ada's till", 560)),
        faults=set(),
        checks=BOOKS,
    ),
    misconceptions={
        NO_FAULT: PASTED,
        "no lost message": "All can be added up anew at any time. (Only as far back as the log is kept.)",
    },
)
TWO_DRINKS = (("till 1", 420), ("till 1", 560))
stored_position.explore(
    Scenario(world=bookkeeping, story=drinks_are_paid, events=TWO_DRINKS, faults={"crash"}, checks=BOOKS),
    misconceptions={
        "no duplicate effect": "The committed offset and my own database agree. (They are two systems: a crash "
        "fits in between.)",
        "no lost message": "Where I have been reading is where I go on. (After a crash, only what is written "
        "down counts.)",
    },
)
stored_position.explore(
    Scenario(
        world=bookkeeping,
        story=drinks_are_paid,
        events=TWO_DRINKS,
        faults={"crash", "rebalance any evict"},
        checks=BOOKS,
    ),
    misconceptions={"no duplicate effect": NOT_ALONE, "no lost message": NOT_ALONE},
)
stored_position.explore(
    Scenario(
        world=_two_partitions,
        story=drinks_are_paid,
        events=(("till 1", 420), ("till 3", 560)),
        faults={"rebalance begin join"},
        checks=BOOKS,
    ),
    misconceptions={
        "no duplicate effect": "What is true of the first record is true of all that were polled. (Another member "
        "may have joined, and have one partition of the two.)",
    },
)
