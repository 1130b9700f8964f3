"""The attacks on the exercises of lesson 08."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from sandbox import Event
from sandbox.errors import BrokerUnreachable
from sandbox.explore import MemoryDatabase, Process, Scenario, World
from sandbox.explore.checkers import (
    Invariant,
    consistent_output,
    no_ghost_message,
    no_lost_message,
    no_lost_write,
)
from sandbox.grading import Grader
from sandbox.messages import Record
from sandbox.sim import SimulatedBus

# ---------------------------------------------------------------- 08.1 the dual write's two failures

ORDERS = "CREATE TABLE orders (order_id TEXT PRIMARY KEY);"


def shop_without_outbox(seed: int) -> World:
    """One service with its database, and the board."""
    bus = SimulatedBus(seed)
    bus.create_topic("orders")
    return World(bus=bus, db=MemoryDatabase(ORDERS, "shop"))


def one_order(world: World, orders: tuple) -> None:
    """A guest orders; in its quiet moments the shop says what it could not say before."""
    world.service("shop", lambda shop: shop.code.say_the_rest(shop.bus))
    for order in orders:
        world.request("shop", lambda shop, o=order: shop.code.place_order(o, shop.db, shop.bus))


def stored(world: World) -> list[str]:
    """The orders in the database."""
    return [row["order_id"] for row in world.db.execute("SELECT * FROM orders")]


def said(world: World) -> list[str]:
    """The orders on the board."""
    return [said["order_id"] for said in world.said("orders", "OrderPlaced")]


DUAL_WRITE = Scenario(
    world=shop_without_outbox,
    story=one_order,
    events=("A-1",),
    faults={"crash", "fail publish"},
    checks=[
        no_ghost_message(stored, said, "The kitchen makes {}, and no such order is stored."),
        no_lost_message(stored, said, "{} is stored and paid, and the kitchen never hears of it."),
    ],
)
dual_write = Grader(
    "08.1",
    "A loss and a ghost",
    hints=(
        "Go through place_order line by line, and ask after each line: if the shop died here, what would be "
        "stored for good, and what would be on the board?",
        "What makes the ghost takes one fault. The loss takes two: the shop has to remember an event that it "
        "could not say, and then it has to forget it.",
        "The ghost: the event is out, and the transaction isn't committed yet. The loss: the first request to "
        "publish never arrives, the order is committed all the same, and right after the commit (the step "
        "`transaction`) the shop dies, with its list.",
    ),
)
dual_write.break_it("lost", DUAL_WRITE, "no lost message")
dual_write.break_it("ghost", DUAL_WRITE, "no ghost message")

# ---------------------------------------------------------------- 08.2 the outbox

OUTBOX = """
CREATE TABLE orders (order_id TEXT PRIMARY KEY, cents INTEGER NOT NULL);
CREATE TABLE outbox (
    number INTEGER PRIMARY KEY AUTOINCREMENT, order_id TEXT NOT NULL, cents INTEGER NOT NULL,
    sent INTEGER NOT NULL DEFAULT 0
);
"""


class BusWithOutages(SimulatedBus):
    """A bus that can't be reached now and then."""

    refuses = 0  # so many calls more

    def publish(self, *args: object, **options: object) -> Record:
        """Publish. Raises `BrokerUnreachable` during an outage: nothing has arrived."""
        if self.refuses:
            self.refuses -= 1
            raise BrokerUnreachable("the broker can't be reached.")
        return super().publish(*args, **options)


OUTAGE = 12  # calls: longer than anybody tries
GIVES_UP = "After enough tries it is time to go on. (An outage is longer than any number of tries.)"


def an_outage(world: World, mains: dict[str, Callable[[Process], None]], calls: int = OUTAGE) -> None:
    """The processes are run again and again, while so many of their calls get no answer."""
    world.bus.refuses = calls
    for _ in range(calls):  # in each turn there is one such call, at least
        for name, main in mains.items():
            world.request(name, main)
    world.raised.clear()  # with which error it ended is its own affair
    world.bus.refuses = 0


def shop(seed: int) -> World:
    """One service with its database, and the board."""
    bus = BusWithOutages(seed)
    bus.create_topic("orders", partitions=3)
    return World(bus=bus, db=MemoryDatabase(OUTBOX, "shop"))


def order_at(world: World, order: tuple[str, int]) -> None:
    """A guest orders."""
    world.request("shop", lambda shop: shop.code.place_order(*order, shop.db, shop.bus), order[0])


def relay_once(relay: Process) -> None:
    """What the relay's process does, again and again."""
    relay.code.relay(relay.db, relay.bus)


def three_orders(world: World, orders: tuple) -> None:
    """Three guests order, one after the other; the relay runs whenever there is something to do."""
    world.service("relay", relay_once)
    for order in orders:
        order_at(world, order)


def guests_do_not_wait(world: World, orders: tuple) -> None:
    """One order waits for the relay, and while that is at work the others come in."""
    first, *later = orders
    world.service("relay", relay_once)
    order_at(world, first)
    world.together(
        {
            "relay": lambda: world.request("relay", relay_once),
            "shop": lambda: [order_at(world, order) for order in later],
        }
    )


def broker_is_down(world: World, orders: tuple) -> None:
    """Three guests order; then the broker can't be reached for a while."""
    for order in orders:
        order_at(world, order)
    world.service("relay", relay_once)
    an_outage(world, {"relay": relay_once})


def stored_in_full(world: World) -> list[str]:
    """The orders in the database, with what they cost."""
    return [f"{row['order_id']} over {row['cents']}" for row in world.db.execute("SELECT * FROM orders")]


def said_in_full(world: World) -> list[str]:
    """The orders on the board, with what they cost."""
    return [f"{said['order_id']} over {said['cents']}" for said in world.said("orders", "OrderPlaced")]


THREE_ORDERS = (("B-7", 420), ("A-2", 420), ("A-1", 560))  # no order id says which of them came first
outbox = Grader(
    "08.2",
    "An order and its event, or neither",
    hints=(
        "Look at the picture: what is stored, and what is said? Which of your two writes can still fail after "
        "the other one is done?",
        "A database and a broker share no transaction. But two rows of one database do: what the kitchen has "
        "to hear can be such a row first.",
        "place_order writes the order and a row of the outbox, inside one transaction, and publishes nothing. "
        "The relay publishes what isn't marked as sent, in the order of its numbers, and marks each row after "
        "its event is out, never before.",
    ),
)
ORDER_AND_EVENT = [
    no_ghost_message(stored_in_full, said_in_full, "The kitchen makes {}, and no such order is stored."),
    no_lost_message(
        stored_in_full, said_in_full, "{} is stored and paid, and the kitchen never hears of it."
    ),
    no_lost_write(
        lambda world: filter(None, world.told("ok")),  # the relay has no guest
        lambda world: [row["order_id"] for row in world.db.execute("SELECT * FROM orders")],
        "The guest of {} was told that all is well, and the order is not there.",
    ),
]
outbox.explore(
    Scenario(
        world=shop,
        story=three_orders,
        events=THREE_ORDERS,
        faults={"crash", "fail publish"},
        checks=ORDER_AND_EVENT,
    ),
    misconceptions={
        "no lost message": "Publishing right after the commit, or in a hook on commit, is as good as an "
        "outbox. (A crash fits in between.)",
        "no ghost message": "Inside `with db.transaction():` everything is one. (Only what goes into that "
        "database is; the board takes nothing back.)",
        "no lost write": "Whoever has no error to report has done it.",
    },
)
outbox.explore(
    Scenario(
        world=shop,
        story=guests_do_not_wait,
        events=THREE_ORDERS[:2],
        faults={"crash", "switch"},
        checks=ORDER_AND_EVENT,
    ),
    misconceptions={
        "no lost message": "What the relay has read is all that waits. (While it was at work, an order came in.)",
    },
)
outbox.explore(
    Scenario(world=shop, story=broker_is_down, events=THREE_ORDERS, faults=set(), checks=ORDER_AND_EVENT),
    misconceptions={"no lost message": GIVES_UP},
)

# ---------------------------------------------------------------- 08.3 the relay

CHANGES = """
CREATE TABLE outbox (
    number INTEGER NOT NULL UNIQUE, id TEXT PRIMARY KEY, order_id TEXT NOT NULL,
    what TEXT NOT NULL, sent INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
"""  # so that it lies in the order of the ids, and whoever wants another one has to ask
WRITE = "INSERT INTO outbox VALUES (?, ?, ?, ?, 0)"


def shop_with_outbox(seed: int) -> World:
    """A shop whose outbox is filled by somebody else, and the board."""
    bus = BusWithOutages(seed)
    bus.create_topic("orders", partitions=3)
    return World(bus=bus, db=MemoryDatabase(CHANGES, "shop"))


def fill(world: World, changes: Sequence) -> None:
    """Write into the outbox what the shop had to say before all this."""
    world.db.execute_many(WRITE, changes)
    world.written = changes  # and known to be


def two_relays(world: World, changes: tuple) -> None:
    """Two relays at once, while the shop goes on writing into its outbox."""

    *first, last = changes
    fill(world, first)
    world.service("relay", relay_once)  # one of them goes on for ever
    world.together(
        {
            "relay": lambda: world.request("relay", relay_once),
            "relay-2": lambda: world.request("relay-2", relay_once),
            "shop": lambda: world.request("shop", lambda shop: shop.db.execute(WRITE, last), last),
        }
    )


def one_relay(world: World, changes: tuple, calls: int) -> None:
    """The outbox is full, and the broker can't be reached for a while."""
    fill(world, changes)
    an_outage(world, {"relay": relay_once}, calls)
    world.service("relay", relay_once)


def written(world: World) -> list[str]:
    """The changes of which the shop knows that they are in its outbox."""
    sure = [*world.written, *filter(None, world.told("ok"))]
    return [f"{order_id} {what}" for _, _, order_id, what in sure]


def changed(world: World) -> list[tuple[str, str, str, bytes | None]]:
    """What the board says, partition by partition: order, change, id, key."""
    records = [record for record in world.records("orders") if record.envelope.type == "OrderChanged"]
    said = world.said("orders", "OrderChanged")
    return [
        (data["order_id"], data["what"], record.envelope.id, record.key)
        for record, data in zip(records, said, strict=False)
    ]


def _one_id_each(world: World) -> str | None:
    rows = Counter(written(world))
    ids: dict[str, list[str]] = {}  # of each change: as many as it has rows
    events: dict[str, str] = {}
    for order_id, what, id, _ in changed(world):
        event = f"{order_id} {what}"
        found = ids.setdefault(event, [])
        if id not in found:
            found.append(id)
        if len(found) > max(rows[event], 1):
            how_many = "two ids" if len(found) == 2 else f"{len(found)} ids, and has {rows[event]} rows"
            return (
                f"{event!r} is on the board under {how_many}: for the kitchen's inbox it is one change more."
            )
        if events.setdefault(id, event) != event:
            return (
                f"{events[id]!r} and {event!r} share an id: the kitchen's inbox throws the second one away."
            )
    for event, count in rows.items():
        if len(ids.get(event, ())) < count:
            return (
                f"{event!r} is in the outbox {count} times, and was said under {len(ids.get(event, ()))} id: "
                "the kitchen's inbox throws the second one away."
            )
    return None


def _never_said(world: World) -> str | None:
    said = Counter(said_of(world))
    for event, count in Counter(written(world)).items():
        if not said[event]:
            return f"{event!r} stands in the outbox, and nobody ever reads it on the board."
        if said[event] < count:
            return f"{event!r} stands in the outbox {count} times, and was said once: {event} again is news, too."
    return None


def _out_of_order(world: World) -> str | None:
    keys: dict[str, bytes | None] = {}
    news: dict[str, dict[str, str]] = {}  # of each order, by id: what is read for the first time
    for order_id, what, id, key in changed(world):
        if key is None:
            return f"{order_id} {what!r} has no key: it may be in any partition, and be read at any time."
        if keys.setdefault(order_id, key) != key:
            return f"The changes of {order_id} have different keys: nobody knows which is read first."
        news.setdefault(order_id, {}).setdefault(id, what)
    rows = written(world)
    for order_id, by_id in news.items():
        read = [f"{order_id} {what}" for what in by_id.values()]
        true = [event for event in rows if event.startswith(f"{order_id} ")]
        if read[: len(true)] != true:
            return (
                f"{order_id} went through {_listed(true)}, and the kitchen reads {_listed(read)}: in the end it "
                f"takes it for {read[-1].removeprefix(order_id).strip()}."
            )
    return None


def _listed(events: list[str]) -> str:
    return ", ".join(event.split(" ", 1)[1] for event in events)


def said_of(world: World) -> list[str]:
    """The changes on the board."""
    return [f"{order_id} {what}" for order_id, what, _, _ in changed(world)]


relays = Grader(
    "08.3",
    "A relay with a twin",
    hints=(
        "Look at what is on the board in the end, with its ids and in its order. Which row of the outbox is "
        "missing, or came under another id, or came too early? What had been done with it before that?",
        "Twice is allowed, never isn't: so what comes first, publishing or marking? And when a row can't be "
        "published, what may happen to those behind it?",
        "Row by row, in the order of the numbers: publish under the row's own id, with the order as the key, "
        "then mark that one row and no other. Let an error end the run. Then two relays do no harm: they say "
        "some things twice, in the same order.",
    ),
)
CHANGED = (
    (1, "m3", "A-1", "placed"),
    (2, "x9", "A-2", "placed"),
    (3, "k7", "A-1", "cancelled"),
    (4, "p2", "A-1", "placed"),  # after all
)
RELAYED = Scenario(
    world=shop_with_outbox,
    story=two_relays,
    events=CHANGED[:3],
    faults={"crash", "fail publish", "switch"},
    checks=[
        Invariant("no lost message", _never_said),
        Invariant("consistent output", _one_id_each),
        Invariant("order per key", _out_of_order),
    ],
)
ON_RELAYS = {
    "no lost message": "Mark it first, and it can't go out twice. (After a crash it doesn't go out at all.)",
    "consistent output": "The bus gives each event an id, so the relay need not care. (It gives each *call* "
    "one.)",
    "order per key": "Several workers keep the order, if each takes the next row. (Not once one of them is "
    "slow.)",
}
relays.explore(RELAYED, misconceptions=ON_RELAYS)
for calls, faults in ((0, {"fail publish"}), (4, set()), (OUTAGE, set())):
    relays.explore(
        replace(RELAYED, story=partial(one_relay, calls=calls), events=CHANGED, faults=faults),
        misconceptions={
            **ON_RELAYS,
            "no lost message": GIVES_UP,
            "consistent output": "The same words are the same event. (A-1 is placed, cancelled, and placed again: "
            "these are two rows, and two events.)",
            "order per key": "One failure holds up one order. (Each order that has failed must wait, with all "
            "that it went through later.)",
        },
    )

# ---------------------------------------------------------------- 08.4 the sequence gap

GAPS = """
CREATE TABLE outbox (number INTEGER PRIMARY KEY, order_id TEXT NOT NULL, cents INTEGER NOT NULL);
CREATE TABLE running (number INTEGER PRIMARY KEY);
CREATE TABLE place (last INTEGER NOT NULL);
CREATE TABLE notes (number INTEGER PRIMARY KEY);
INSERT INTO place VALUES (0);
CREATE TRIGGER committed AFTER INSERT ON outbox
BEGIN DELETE FROM running WHERE number = NEW.number; END;
"""
BEGIN = "INSERT INTO running VALUES (?)"
COMMIT = "INSERT INTO outbox VALUES (?, ?, ?)"
ROLL_BACK = "DELETE FROM running WHERE number = ?"


class GapWorld(World):
    """Remembers what the relay has published, and has done with."""

    def __init__(self, **ports: object) -> None:
        super().__init__(**ports)
        self.done: dict[str, int] = {}  # how often it had been said when the relay was done with it


def many_writers(seed: int) -> World:
    """The board, and a database that gives numbers before it commits."""
    bus = SimulatedBus(seed)
    bus.create_topic("orders", partitions=3)
    return GapWorld(bus=bus, db=MemoryDatabase(GAPS, "shop"))


def run_relay(world: GapWorld) -> None:
    """Run the relay once; what it has published when it comes to its end, it has done with."""

    def relay(process: Process) -> None:
        before = Counter(out(world))
        process.code.relay(process.db, process.bus)
        now = Counter(out(world))
        for order_id in now - before:
            world.done.setdefault(order_id, now[order_id])

    world.service("relay", relay)
    world.request("relay", relay)


def transact(
    world: GapWorld, till: str, number: int, sql: str, values: Sequence, about: object = None
) -> bool:
    """One statement of a transaction; where its process dies, the database rolls it back."""
    if world.request(till, lambda till: till.db.execute(sql, values), about).status == "ok":
        return True
    while world.request("database", lambda database: database.db.execute(ROLL_BACK, [number])).status != "ok":
        pass
    return False


def one_is_late(world: GapWorld, orders: tuple, meanwhile: Callable[[], None]) -> None:
    """The first order has its number, and commits when all the others have committed, and something more."""
    (first, order_id, cents), *others = orders
    late = transact(world, "till", first, BEGIN, [first])
    for number, other, costs in others:
        if transact(world, "terrace", number, BEGIN, [number]):
            transact(world, "terrace", number, COMMIT, [number, other, costs], other)
    meanwhile()
    if late:
        transact(world, "till", first, COMMIT, [first, order_id, cents], order_id)


def very_late(world: GapWorld, orders: tuple) -> None:
    """The relay runs many times before the first order commits."""
    one_is_late(world, orders, lambda: [run_relay(world) for _ in range(12)])


def late_while_the_relay_runs(world: GapWorld, orders: tuple) -> None:
    """The relay runs at the same time: it may be held up between any two of its statements."""
    tills = partial(one_is_late, world, orders, lambda: world.lanes.hand_over("relay"))
    world.together({"relay": lambda: [run_relay(world) for _ in range(2)], "tills": tills})


def committed(world: World) -> dict[str, int]:
    """The orders that are in the outbox for sure, with their numbers."""
    sure = set(world.told("ok"))
    return {order_id: number for number, order_id, _ in NUMBERED if order_id in sure}


def out(world: World) -> list[str]:
    """The orders on the board."""
    return [said["order_id"] for said in world.said("orders", "OrderPlaced")]


NUMBERED = ((1, "A-1", 420), (2, "A-2", 390), (100_003, "A-3", 560))


def _passed_by(world: World) -> str | None:
    found, stuck = set(out(world)), _stands_still(world)
    if stuck:
        return None
    for order_id, number in committed(world).items():
        if order_id not in found:
            return f"{order_id} is committed, with number {number}, and the relay has passed it by for ever."
    return None


def _stands_still(world: World) -> str | None:
    """Nothing has struck the relay, and from some number on it publishes nothing."""
    if any(fault.word == "crash" for fault in world.steps.struck):
        return None
    found, sure = set(out(world)), committed(world)
    missing = [order_id for order_id in sure if order_id not in found]
    if missing and not any(sure[order_id] > sure[missing[0]] for order_id in found & sure.keys()):
        return (
            f"{missing[0]} is committed, with number {sure[missing[0]]}, and the relay never gets that far."
        )
    return None


def _audit(world: World) -> str | None:
    kept = {row["order_id"]: tuple(row.values()) for row in world.db.execute("SELECT * FROM outbox")}
    sure = committed(world)
    for row in NUMBERED:
        number, order_id, cents = row
        if order_id in sure and order_id not in kept:
            return f"The row of {order_id} is gone from the outbox, and the audit hasn't read it yet."
        if order_id in sure and kept[order_id] != row:
            return (
                f"{order_id} was written as {(number, cents)} (number, cents), and now the audit reads "
                f"{kept[order_id][::2]}."
            )
    return None


def _wrong_sum(world: World) -> str | None:
    costs = {order_id: cents for _, order_id, cents in NUMBERED}
    for said in world.said("orders", "OrderPlaced"):
        if said["cents"] != costs.get(said["order_id"]):
            return (
                f"{said['order_id']} was said to cost {said['cents']} cents, and that is not in the outbox."
            )
    return None


def _said_again(world: GapWorld) -> str | None:
    for order_id, times in Counter(out(world)).items():
        if times > world.done.get(order_id, times):
            return f"{order_id} was out and done with, and later the relay has published it again."
    return None


gaps = Grader(
    "08.4",
    "The number that came late",
    hints=(
        "Follow the order that is missing: when did it take its number, when could its row be seen, and what "
        "had your relay already written down at that moment?",
        "A number that is missing is one of two things: it is still to come, or it will never come. Your relay "
        "can't tell by waiting. But there is a table that tells. (Or else: what could you keep instead of one "
        "last number?)",
        "Publish only what is smaller than the smallest number that still runs, and ask for both in one "
        "statement: what you know of `running` must be true at the moment at which you read `outbox`. Or keep a "
        "note for each row that you have published, and ask for the rows without one.",
    ),
)
LATE = Scenario(
    world=many_writers,
    story=late_while_the_relay_runs,
    events=NUMBERED,
    faults={"crash", "switch"},
    checks=[
        Invariant("termination", _stands_still),
        Invariant("no lost write", _audit),
        Invariant("no lost message", _passed_by),
        Invariant("no duplicate effect", _said_again),
        Invariant("no ghost message", _wrong_sum),
    ],
)
BELIEFS = {
    "no lost message": "Numbers go up, so whatever is new has a greater one. (Numbers are taken early and seen "
    "late.)",
    "termination": "A missing number will come, sooner or later. (Not that of a transaction that has rolled back.)",
    "no lost write": "What the relay has read, nobody else needs. (The outbox is not yours alone.)",
    "no ghost message": "The order's id says all. (Whoever reads the event believes each of its fields.)",
    "no duplicate effect": "What is in memory stays there. (A new process begins with nothing.)",
}
gaps.explore(LATE, misconceptions=BELIEFS)
gaps.explore(replace(LATE, story=very_late, faults=frozenset()), misconceptions=BELIEFS)

# ---------------------------------------------------------------- 08.5 state-derived messages

CARDS = """
CREATE TABLE cards (guest TEXT PRIMARY KEY, stamps INTEGER NOT NULL);
CREATE TABLE today (gift TEXT NOT NULL);
CREATE TABLE inbox (id TEXT PRIMARY KEY, note TEXT);
CREATE TABLE outbox (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, guest TEXT NOT NULL,
    card INTEGER NOT NULL, gift TEXT NOT NULL, sent INTEGER NOT NULL DEFAULT 0
);
INSERT INTO today VALUES ('cake');
INSERT INTO cards VALUES ('Ada', 1);
"""


@dataclass(frozen=True)
class DrinkSold(Event):
    """A guest has bought a drink."""

    guest: str


def cafe_with_cards(seed: int) -> World:
    """Two places that sell, and the database of whoever keeps the stamp cards."""
    bus = BusWithOutages(seed)
    for topic in ("till", "terrace", "filled"):
        bus.create_topic(topic)
    return World(bus=bus, db=MemoryDatabase(CARDS, "cards"))


def at_work(world: World, drinks: tuple) -> dict[str, Callable[[Process], None]]:
    """Who stamps what the till and the terrace sell, and the relay."""
    due = {place: [] for place in ("till", "terrace")}  # not stamped yet, as far as the broker knows
    for place, guest in drinks:
        due[place].append(world.bus.publish(place, DrinkSold(guest), key=guest, source=place))

    def stamper(place: str) -> Callable[[Process], None]:
        def stamp(cards: Process) -> None:
            while due[place]:
                record = due[place][0]
                cards.note("handle", f"{record.place} {record.event}")
                seen = Record(record.topic, record.partition, record.offset, record.stored, cards.vocabulary)
                cards.code.handle(seen, cards.db, cards.bus)
                due[place].pop(0)

        return stamp

    return {"cards": stamper("till"), "cards-2": stamper("terrace"), "relay": relay_once}


def drinks_and_a_new_gift(world: World, drinks: tuple) -> None:
    """What the till sold is stamped and said; then the gift changes; then the terrace's drinks are stamped."""
    mains = at_work(world, drinks)

    def new_gift(boss: Process) -> None:
        world.db.execute("UPDATE today SET gift = 'tea'")
        boss.note("changes", "the gift of the day: tea")

    world.request("cards", mains["cards"])
    world.request("relay", mains["relay"])
    world.request("boss", new_gift)
    world.request("cards-2", mains["cards-2"])
    _go_on(world, mains)


def busy_places(world: World, drinks: tuple) -> None:
    """Both places sell at once, and the relay is at work, too."""
    mains = at_work(world, drinks)
    world.together({name: partial(world.request, name, main) for name, main in mains.items()})
    _go_on(world, mains)


def no_broker(world: World, drinks: tuple) -> None:
    """Drinks are sold while the broker can't be reached for a while."""
    mains = at_work(world, drinks)
    an_outage(world, mains)
    _go_on(world, mains)


def _go_on(world: World, mains: dict[str, Callable[[Process], None]]) -> None:
    for name, main in mains.items():
        world.service(name, main)


def _earned(world: World) -> Counter:
    """The stamps that each guest should have: one for each drink, and Ada's from before."""
    drinks = [said["guest"] for place in ("till", "terrace") for said in world.said(place)]
    return Counter(["Ada", *drinks])


def _stamps(world: World) -> Counter:
    return Counter({row["guest"]: row["stamps"] for row in world.db.execute("SELECT * FROM cards")})


def _too_many_stamps(world: World) -> str | None:
    for guest, count in (_stamps(world) - _earned(world)).items():
        return f"{guest} has more stamps than were earned: {count} too many."
    return None


def _too_few_stamps(world: World) -> str | None:
    for guest, count in (_earned(world) - _stamps(world)).items():
        return f"{guest} has fewer stamps than were earned: {count} too few."
    return None


def full(world: World) -> list[str]:
    """The cards that are full, once all drinks are stamped."""
    return [
        f"{guest}'s card {card}"
        for guest, stamps in _earned(world).items()
        for card in range(1, stamps // 2 + 1)
    ]


def announced(world: World) -> list[str]:
    """The cards of which the board says that they are full."""
    return [f"{said['guest']}'s card {said['card']}" for said in world.said("filled", "CardFilled")]


def promises(world: World) -> list[tuple[str, tuple]]:
    """Each card that was announced, with the gift, and the id under which it was."""
    records = [record for record in world.records("filled") if record.envelope.type == "CardFilled"]
    gifts = world.said("filled", "CardFilled")
    return [
        (card, (said["gift"], record.envelope.id))
        for card, said, record in zip(announced(world), gifts, records, strict=False)
    ]


def _not_by_guest(world: World) -> str | None:
    records = [record for record in world.records("filled") if record.envelope.type == "CardFilled"]
    for record, said in zip(records, world.said("filled", "CardFilled"), strict=False):
        if record.key != said["guest"]:
            key = "no key" if record.key is None else f"the key {record.key!r}"
            return (
                f"{said['guest']}'s card {said['card']} was announced with {key}, not with the guest as the key: "
                "card 2 may be read before card 1."
            )
    return None


def _shared_id(world: World) -> str | None:
    cards: dict[str, str] = {}
    for card, (_, id) in promises(world):
        if cards.setdefault(id, card) != card:
            return f"{cards[id]} and {card} were announced under one id: the second gift is thrown away."
    return None


DRINKS = (
    ("till", "Ada"),
    *(("terrace", guest) for guest in ("O'Hara", "O'Hara", "Ada", "Ada")),
)
BUSY = (("till", "O'Hara"), ("terrace", "O'Hara"), ("terrace", "Bo"))  # an odd stamp, too
MANY = (*DRINKS, ("till", "Bo"), ("terrace", "Ada"), ("till", "Ada"))
derived = Grader(
    "08.5",
    "A gift for each full card",
    hints=(
        "Two tries at one drink: what did the first one leave in the database, and what does the second one find "
        "there? Who has changed something in between?",
        "Whether there is something to say, and what, follows from the stamps and from the gift of the day. Both "
        "change. So at which moment must it be decided, and where must the decision be kept?",
        "Inside the transaction that gives the stamp: see if the card is full, and if it is, put the whole "
        "message down, gift and id included. Whoever publishes looks at what was put down, and at nothing else.",
    ),
)
FILLED = Scenario(
    world=cafe_with_cards,
    story=drinks_and_a_new_gift,
    events=DRINKS,
    faults={"crash", "fail publish"},
    checks=[
        Invariant("no duplicate effect", _too_many_stamps),
        Invariant("no lost write", _too_few_stamps),
        no_lost_message(full, announced, "{} is full, and nobody says so: no gift."),
        no_ghost_message(full, announced, "{} was announced as full, and it isn't: a gift for nothing."),
        consistent_output(
            promises,
            "{} was announced twice, and not the same (gift, id): {} and {}. These are two gifts.",
        ),
        Invariant("consistent output", _shared_id),
        Invariant("order per key", _not_by_guest),
    ],
)
ON_GIFTS = {
    "no lost message": "A retry does the same again. (The same code; but the state that it looks at has moved "
    "on.)",
    "consistent output": "A retry may work its message out anew. (It must be the same: contents and id.)",
    "no ghost message": "It is full soon, anyway.",
    "no duplicate effect": "One drink, one record. (After a crash it comes again.)",
    "no lost write": "First mark it as done, then do it.",
    "order per key": "With an id, a message needs no key. (The id says which message it is; the key, which ones "
    "stay in their order.)",
}
derived.explore(FILLED, misconceptions=ON_GIFTS)
derived.explore(
    replace(FILLED, story=busy_places, events=BUSY, faults={"switch"}),
    misconceptions={
        **ON_GIFTS,
        "no lost message": "What I have read is still so. (While you were at work, another drink was stamped.)",
    },
)
derived.explore(
    replace(FILLED, story=no_broker, events=MANY, faults=frozenset()),
    misconceptions={**ON_GIFTS, "no lost message": GIVES_UP},
)
