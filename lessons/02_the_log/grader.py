"""The attacks on the exercises of lesson 02."""

from collections import Counter
from dataclasses import dataclass

from sandbox import Event, partition_for
from sandbox.explore import MemoryDatabase, Scenario, World
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
    events = [PointsBooked(f"G-{n % 40}", f"A-{n}", 10 if n % 3 else -20) for n in range(400)]
    if name := _split_up(events, submission.key_of_points, lambda event: event.guest):
        raise Finding(
            f"The bookings of {name} lie in several partitions: points are spent before they are won."
        )


@keys.attack(
    "the load is spread", misconception="One key for everything keeps everything in order, for free."
)
def the_load(submission: Submission) -> None:
    points = [PointsBooked(f"G-{n % 40}", f"A-{n}", 10) for n in range(400)]
    for what, events, key_of in (
        ("orders", _story_of_orders(), submission.key_of_order),
        ("bookings", points, submission.key_of_points),
        ("looks at the menu", _looks(), submission.key_of_look),
    ):
        share = _busiest(events, key_of)
        if share > 0.4:
            raise Finding(
                f"One of {PARTITIONS} partitions gets {share:.0%} of all {what}: one consumer does the work, "
                "the others stand idle."
            )


# ---------------------------------------------------------------- 02.2 at least once


@dataclass(frozen=True)
class OrderPlaced(Event):
    """A guest wants a drink."""

    order_id: str


class Machine:
    """The coffee machine; it knows what it has made."""

    def __init__(self) -> None:
        self.made: list[str] = []

    def make(self, order_id: str) -> None:
        """Make a drink."""
        self.made.append(order_id)


def bar(seed: int) -> World:
    """The board, and a machine."""
    bus = SimulatedBus(seed)
    bus.create_topic("orders", partitions=2)
    return World(bus=bus, machine=Machine())


def orders_come(world: World, orders: tuple) -> None:
    """Guests order, and the bar works whenever there may be something to do."""
    world.service("bar", lambda bar: bar.code.work(bar.bus, bar.machine))
    for order_id in orders:
        world.bus.publish("orders", OrderPlaced(order_id), key=order_id, source="till")


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
at_least_once.explore(
    Scenario(
        world=bar,
        story=orders_come,
        events=("A-1", "A-2", "A-3", "A-4"),
        faults={"crash", "fail make", "fail commit"},
        checks=[
            Invariant("no lost message", _never_made),
            Invariant("no duplicate effect", _made_all_day),
        ],
    ),
    misconceptions={
        "no lost message": "Auto-commit, or a commit after the poll, is at least once. (The position can be "
        "stored before your code has run.)",
        "no duplicate effect": "Nobody needs to commit, or one commit covers all. (Each start begins where each "
        "partition was committed.)",
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


def prices_change(world: World, changes: tuple) -> None:
    """Prices change, and somebody keeps the list."""

    def keep(keeper):
        with keeper.bus.consumer("prices", group="prices") as consumer:
            for record in consumer.poll():
                keeper.code.handle(record, consumer, keeper.db)

    world.service("keeper", keep)
    for drink, cents in changes:
        world.bus.publish("prices", PriceChanged(drink, cents), key=drink, source="office")


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

# ---------------------------------------------------------------- 02.4 position stored with state

TAKINGS = """
CREATE TABLE takings (till TEXT PRIMARY KEY, cents INTEGER NOT NULL);
CREATE TABLE positions (partition INTEGER PRIMARY KEY, next_offset INTEGER NOT NULL);
"""


@dataclass(frozen=True)
class DrinkPaid(Event):
    """A drink was paid at a till."""

    till: str
    cents: int


def bookkeeping(seed: int, partitions: int = 1) -> World:
    """The board, and the bookkeeper's database."""
    bus = SimulatedBus(seed)
    bus.create_topic("paid", partitions)
    return World(bus=bus, db=MemoryDatabase(TAKINGS, "books"))


def drinks_are_paid(world: World, drinks: tuple) -> None:
    """Drinks are paid, and the bookkeeper adds up."""
    world.service("books", lambda books: books.code.work(books.bus, books.db))
    for till, cents in drinks:
        world.bus.publish("paid", DrinkPaid(till, cents), key=till, source=till)


def _sums(world: World) -> tuple[Counter, Counter]:
    paid, booked = Counter(), Counter()
    for record in world.records("paid"):
        paid[record.event.till] += record.event.cents
    for row in world.db.execute("SELECT * FROM takings"):
        booked[row["till"]] += row["cents"]
    return paid, booked


def _too_much(world: World) -> str | None:
    paid, booked = _sums(world)
    for till, cents in booked.items():
        if cents > paid[till]:
            return f"{till} has taken {paid[till]} cents, and {cents} stand in the books."
    return None


def _too_little(world: World) -> str | None:
    paid, booked = _sums(world)
    for till, cents in paid.items():
        if booked[till] < cents:
            return f"{till} has taken {cents} cents, and {booked[till]} stand in the books."
    return None


stored_position = Grader(
    "02.4",
    "The bookmark is in the book",
    hints=(
        "Two things are written for each record: the sum, and how far you have read. What if a crash comes "
        "between them?",
        "If both stand in one database, one transaction writes both. Then the group's committed offset is of "
        "no use any more: who decides where reading begins?",
        "When partitions are assigned, seek each of them to the offset that the database names, or to 0. And "
        "as an evicted reader may still be at it: inside the transaction, look whether the position is still "
        "the one that you think.",
    ),
)
BELIEFS = {
    "no duplicate effect": "The committed offset and my own database agree. (They are two systems: a crash "
    "fits in between.)",
    "no lost message": "Where I have been reading is where I go on. (After a crash, only what is written "
    "down counts.)",
    "termination": "A position is the last record that is done. (It is the next one to read; and where there "
    "is nothing to read, there is nothing to write.)",
}
BOOKS = [Invariant("no duplicate effect", _too_much), Invariant("no lost message", _too_little)]
stored_position.explore(
    Scenario(  # each partition has a place of its own
        world=lambda seed: bookkeeping(seed, partitions=2),
        story=drinks_are_paid,
        events=(("till 1", 420), ("till 3", 560), ("till 1", 250)),
        faults=set(),
        checks=BOOKS,
    ),
    misconceptions=BELIEFS,
)
stored_position.explore(
    Scenario(
        world=bookkeeping,
        story=drinks_are_paid,
        events=(("till 1", 420), ("till 1", 560)),
        faults={"crash", "rebalance any evict"},
        checks=BOOKS,
    ),
    misconceptions=BELIEFS,
)
