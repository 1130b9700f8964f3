"""The attacks on the exercises of lesson 03."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from sandbox import Event
from sandbox.clock import VirtualClock
from sandbox.errors import GatewayTimeout
from sandbox.explore import MemoryDatabase, Process, Scenario, World
from sandbox.explore.checkers import Invariant
from sandbox.grading import Grader
from sandbox.messages import Record
from sandbox.ports import Charge
from sandbox.sim import SimulatedBus, SimulatedGateway


def reader(group: str, topic: str, handle: Callable[[Process, object], object]) -> Callable[[Process], None]:
    """A consumer that commits each record after it was handled: at least once."""

    def read(process: Process) -> None:
        with process.bus.consumer(topic, group=group) as consumer:
            for record in consumer.poll():
                handle(process, record)
                consumer.commit(record)

    return read


def say(world: World, topic: str, event: Event, key: str, id: str | None = None) -> None:
    """The till writes an event on the board, once; with an `id` of its own, or the next one."""
    world.request("till", lambda till: till.bus.publish(topic, event, key=key, id=id))


# ---------------------------------------------------------------- 03.1 and 03.2 the stamp card

STAMPS = """
CREATE TABLE stamps (guest TEXT PRIMARY KEY, count INTEGER NOT NULL);
CREATE TABLE handled (id TEXT PRIMARY KEY);
"""
DRINKS = (  # with ids that have no order, not even as text
    *(("G-7", "flat white", "evt-31"), ("O'Hara", "mocha", "evt-20")),
    *(("G-7", "flat white", "evt-3"), ("G-7", "flat white", "evt-41")),
)


@dataclass(frozen=True)
class DrinkSold(Event):
    """A guest has bought a drink; the same guest may buy the same again."""

    guest: str
    drink: str


class OneMoment(VirtualClock):
    """Two drinks may well be sold in the same millisecond: here all of them are."""

    def tick(self) -> datetime:
        return self.now()


def stamp_cards(seed: int) -> World:
    """The board, and the database of whoever stamps cards."""
    bus = SimulatedBus(seed)
    bus.clock = OneMoment()
    bus.create_topic("drinks", partitions=2)
    return World(bus=bus, db=MemoryDatabase(STAMPS, "stamps"))


def drinks_are_sold(world: World, drinks: tuple) -> None:
    """Guests buy drinks; whoever stamps cards reads about it."""
    handle = lambda stamper, record: stamper.code.handle(record, stamper.db)  # noqa: E731
    world.service("stamper", reader("stamps", "drinks", handle))
    for guest, drink, id in drinks:
        say(world, "drinks", DrinkSold(guest, drink), guest, id)


def _stamps(world: World) -> tuple[Counter, dict[str, int]]:
    """How many drinks each guest has bought, and how many stamps there are."""
    ids = {(record.envelope.id, record.envelope.subject): record for record in world.records("drinks")}
    bought = Counter(record.event.guest for record in ids.values())
    kept = {row["guest"]: row["count"] for row in world.db.execute("SELECT * FROM stamps")}
    return bought, kept


def _too_many_stamps(world: World) -> str | None:
    bought, kept = _stamps(world)
    for guest, count in kept.items():
        if count > bought[guest]:
            return f"Drinks that {guest} bought: {bought[guest]}. Stamps on the card: {count}."
    return None


def _too_few_stamps(world: World) -> str | None:
    bought, kept = _stamps(world)
    for guest, count in bought.items():
        if kept.get(guest, 0) < count:
            return f"Drinks that {guest} bought: {count}. Stamps on the card: {kept.get(guest, 0)}."
    return None


BY_ID = Scenario(
    world=stamp_cards,
    story=drinks_are_sold,
    events=DRINKS,
    faults={"duplicate"},
    checks=[
        Invariant("no duplicate effect", _too_many_stamps),
        Invariant("no lost message", _too_few_stamps),
    ],
)
by_id = Grader(
    "03.1",
    "One stamp for each drink",
    hints=(
        "Which two records in the picture are one and the same event? And which two only look the same?",
        "A record's place, its time and its contents can all differ, or all be the same, for reasons that have "
        "nothing to do with it. One thing in its envelope was made so that it can be told apart.",
        "Keep the ids of all the events that you have counted, for good: a copy may come much later, and after "
        "many others. The table has a column for that.",
    ),
)
by_id.explore(
    BY_ID,
    misconceptions={
        "no duplicate effect": "A copy comes right behind its original. (It may come days later, out of a dead "
        "letter queue or after a rebalance.)",
        "no lost message": "Two events with the same contents, or of the same moment, are the same event. "
        "(Only the same id says so, the whole of it. And which of two ids is greater tells nothing.)",
    },
)

in_one_transaction = Grader(
    "03.2",
    "The mark and the stamp, or neither",
    hints=(
        "What was written before the dotted line, and what was not? The record comes again after that: what "
        "does your code make of it then?",
        "Whatever you write first, a crash can fit in between. A database has a means against that.",
        "Inside one and the same transaction ask, mark and stamp. All of it counts, or nothing does. And what "
        "is kept in memory is gone when the process is.",
    ),
)
MARKS = {
    "no duplicate effect": "A table of processed ids is bullet-proof. (Only if it forgets nothing, and the "
    "mark and the stamp on this one card are one transaction.)",
    "no lost message": "First mark it, then do it: so it can't be done twice. (And after a crash, not once.)",
}
in_one_transaction.explore(
    replace(BY_ID, faults={"duplicate publish late"}),  # several guests, several drinks
    misconceptions=MARKS
    | {"no lost message": "Ids tell what is new. (Which of two ids is greater tells nothing.)"},
)
in_one_transaction.explore(
    replace(BY_ID, events=DRINKS[::2], faults={"crash", "duplicate publish late", "rebalance any evict"}),
    misconceptions=MARKS,
)

# ---------------------------------------------------------------- 03.3 charge the card once

PAYMENTS = """
CREATE TABLE payments (order_id TEXT PRIMARY KEY, status TEXT NOT NULL, charge_id TEXT);
"""
LIMITS = {"G-7": 5000, "G-9": 500}  # cents that a guest's card is good for
ORDERS = (("A-1", "G-7", 1200), ("A-2", "G-7", 1200), ("A-3", "G-9", 900), ("A-4", "G-9", 60))
SILENT_FOR = 25  # calls of an outage: more than anybody tries


@dataclass(frozen=True)
class OrderPlaced(Event):
    """An order, and what its guest has to pay."""

    order_id: str
    guest: str
    cents: int


class Provider(SimulatedGateway):
    """A payment provider that may give no answer for long."""

    silent_for = 0  # calls

    def charge(self, account: str, cents: int, *, idempotency_key: str) -> Charge:
        """Charge a card. Raises `GatewayTimeout` in an outage, and has done nothing then."""
        if self.silent_for:
            self.silent_for -= 1
            raise GatewayTimeout("the payment provider gave no answer.")
        return super().charge(account, cents, idempotency_key=idempotency_key)


def cashier_and_provider(seed: int) -> World:
    """The board, the cashier's database, and an outside payment provider."""
    bus = SimulatedBus(seed)
    bus.create_topic("orders", partitions=2)
    return World(bus=bus, db=MemoryDatabase(PAYMENTS, "cashier"), payments=Provider(LIMITS))


def _charge(cashier: Process, record: Record) -> None:
    cashier.code.handle(record, cashier.db, cashier.payments)


CASHIER = reader("cashier", "orders", _charge)


def orders_are_placed(world: World, orders: tuple) -> None:
    """Guests order; the cashier reads about it, and charges their cards."""
    world.service("cashier", CASHIER)
    for order_id, guest, cents in orders:
        say(world, "orders", OrderPlaced(order_id, guest, cents), guest)


def an_outage(world: World, orders: tuple) -> None:
    """The cashier works once while the provider gives no answer, for long; then all is well again."""
    orders_are_placed(world, orders)
    world.payments.silent_for = SILENT_FOR
    world.request("cashier", CASHIER)
    world.raised.clear()  # with which error it gave up is its own affair
    world.payments.silent_for = 0


def _can_pay(order: OrderPlaced) -> bool:
    return order.cents <= LIMITS[order.guest]  # no guest's orders, taken together, come near the limit


def _owed(world: World) -> Counter:
    """What has to be charged: one entry for each order whose guest can pay."""
    orders = {record.event.order_id: record.event for record in world.records("orders")}
    return Counter((order.guest, order.cents) for order in orders.values() if _can_pay(order))


def _charged(world: World) -> Counter:
    return Counter((charge.account, charge.cents) for charge in world.payments.charges)


def _charged_too_often(world: World) -> str | None:
    owed = _owed(world)
    for (guest, cents), times in _charged(world).items():
        if times > owed[guest, cents]:
            return (
                f"{guest} has {owed[guest, cents]} orders over {cents} cents, and was charged {times} times."
            )
    return None


def _not_charged(world: World) -> str | None:
    charged = _charged(world)
    for (guest, cents), times in _owed(world).items():
        if charged[guest, cents] < times:
            made = charged[guest, cents]
            return f"Orders of {guest} over {cents} cents: {times}. Charges over {cents} cents: {made}."
    return None


def _wrong_status(world: World) -> str | None:
    kept = {row["order_id"]: row for row in world.db.execute("SELECT * FROM payments")}
    orders = {record.event.order_id: record.event for record in world.records("orders")}
    for order in orders.values():
        row, wanted = kept.get(order.order_id), "paid" if _can_pay(order) else "declined"
        if row is None:
            return f"Nothing is written down of {order.order_id}, which is {wanted}."
        if row["status"] != wanted:
            return f"{order.order_id} is {wanted}, and is written down as {row['status']!r}."
    paid = {id: row["charge_id"] for id, row in kept.items() if id in orders and _can_pay(orders[id])}
    return _wrong_charge(world, orders, paid)


def _wrong_charge(world: World, orders: dict[str, OrderPlaced], paid: dict[str, str]) -> str | None:
    """Each order that is paid has to name a charge of its own; `paid` has the charge's id, by order."""
    known = {charge.id: charge for charge in world.payments.charges}
    named: dict[str, str] = {}
    for order_id, charge_id in paid.items():
        order, charge = orders[order_id], known.get(charge_id)
        if charge is None:
            return f"{order_id} names the charge {charge_id!r}, which the provider doesn't know."
        if (charge.account, charge.cents) != (order.guest, order.cents):
            return (
                f"{order_id} is over {order.cents} cents of {order.guest}, and names {charge_id}, "
                f"which took {charge.cents} cents from {charge.account}."
            )
        if charge_id in named:
            return f"{named[charge_id]} and {order_id} both name {charge_id}: it paid for one of them only."
        named[charge_id] = order_id
    return None


charged_once = Grader(
    "03.3",
    "Charge the card once",
    hints=(
        "Stop at the dotted line. What stands in the provider's books at that moment, what in your table, and "
        "what will your code do when it gets this order once more?",
        "A timeout does not say that nothing was done, and no transaction of yours reaches the provider: there "
        "is always a gap. What the provider offers against it is the key: with the same key it does the same "
        "thing only once.",
        "The key has to be the same at each attempt for one order, and another one for each other order: of "
        "all that you know, what is like that? A decline is an answer, and gets written down like a success.",
    ),
)
CHARGED = Scenario(
    world=cashier_and_provider,
    story=orders_are_placed,
    events=ORDERS[:3],
    faults={"crash", "duplicate publish late", "fail charge", "fail charge late"},
    checks=[
        Invariant("no duplicate effect", _charged_too_often),
        Invariant("no lost message", _not_charged),
        Invariant("consistent output", _wrong_status),
    ],
)
charged_once.explore(
    CHARGED,
    misconceptions={
        "no duplicate effect": "A call that has failed has done nothing. (A timeout is no answer, and no "
        "transaction of yours reaches the provider.)",
        "no lost message": "A key is good if it is never the same twice, or if it is built of the contents. "
        "(It names one intent: this order's payment.)",
        "consistent output": "Only a success is worth writing down. (Each order has an answer of its own, in "
        "a row of its own.)",
        "termination": "An error is tried again until it goes away. (A decline, a key that stands for something "
        "else, or a row that is there already, never does.)",
    },
)
OUTAGE = (
    "After enough tries, or after one decline, this guest can't pay. (An outage is longer than any number of "
    "tries: raise, and the order comes again. And a decline is about one order.)"
)
charged_once.explore(
    replace(CHARGED, story=an_outage, events=ORDERS, faults=set()),
    misconceptions={"no lost message": OUTAGE, "consistent output": OUTAGE},
)

# ---------------------------------------------------------------- 03.4 out of order

FAVOURITES = """
CREATE TABLE favourites (
    guest TEXT, drink TEXT, version INTEGER NOT NULL, present INTEGER NOT NULL, PRIMARY KEY (guest, drink)
);
"""
CHANGES = (
    *(("G-7", "mocha", 1, True), ("G-7", "mocha", 2, False)),
    *(("G-7", "chai", 2, False), ("G-7", "chai", 3, True)),  # it was added before there was a board
)
MORE_CHANGES = (
    *(("G-7", "mocha", 1, True), ("G-7", "mocha", 2, False), ("G-7", "mocha", 3, True)),
    *(("O'Hara", "mocha", 8, False), ("O'Hara", "mocha", 9, True), ("O'Hara", "mocha", 10, False)),
    ("O'Hara", "chai", 4, True),
)


@dataclass(frozen=True)
class FavouriteAdded(Event):
    """A guest likes a drink."""

    guest: str
    drink: str
    version: int


@dataclass(frozen=True)
class FavouriteRemoved(Event):
    """A guest likes it no more."""

    guest: str
    drink: str
    version: int


def favourites(seed: int) -> World:
    """A board with many partitions, and the database of whoever keeps the favourites."""
    bus = SimulatedBus(seed)
    bus.create_topic("favourites", partitions=4)
    return World(bus=bus, db=MemoryDatabase(FAVOURITES, "favourites"))


def tastes_change(world: World, changes: tuple) -> None:
    """Guests add and remove favourites, and no key keeps that in order."""
    handle = lambda keeper, record: keeper.code.handle(record, keeper.db)  # noqa: E731
    world.service("keeper", reader("favourites", "favourites", handle))
    for number, (guest, drink, version, added) in enumerate(changes):
        kind = FavouriteAdded if added else FavouriteRemoved
        say(world, "favourites", kind(guest, drink, version), f"no order {number}")


def _wrong_favourites(world: World) -> str | None:
    newest: dict[tuple, tuple] = {}
    for record in world.records("favourites"):
        event = record.event
        now = (event.version, record.envelope.type == "FavouriteAdded")
        newest[event.guest, event.drink] = max(now, newest.get((event.guest, event.drink), (0, False)))
    kept = {
        (row["guest"], row["drink"]): bool(row["present"])
        for row in world.db.execute("SELECT * FROM favourites")
    }
    for (guest, drink), (_, likes) in newest.items():
        if kept.get((guest, drink), False) != likes:
            now = "still stands on the list" if not likes else "is missing on the list"
            return f"{guest} has {'added' if likes else 'removed'} {drink} last, and it {now}."
    return None


out_of_order = Grader(
    "03.4",
    "Added, removed, added again",
    hints=(
        "In which order do the records of one drink arrive in the picture, and in which order did the guest "
        "decide?",
        "The order of arrival tells nothing here. What in the event does? And if a drink is not on the list: "
        "how can you know whether it was never there, or removed for good?",
        "Keep a row for what was removed as well, with its version: a tombstone. Whatever arrives with a "
        "version that is not newer than the row's is out of date.",
    ),
)
LISTED = Scenario(
    world=favourites,
    story=tastes_change,
    events=CHANGES,
    faults={"duplicate publish late", "delay", "crash"},
    checks=[Invariant("order per key", _wrong_favourites)],
)
out_of_order.explore(
    LISTED,
    misconceptions={
        "order per key": "Adding and removing are idempotent, so the order does not matter. (A late copy of "
        "the 'added' brings back what was removed.)",
    },
)
out_of_order.explore(
    replace(LISTED, events=MORE_CHANGES, faults={"delay"}),  # a second guest, and more versions
    misconceptions={
        "order per key": "The next version is one more than the last, and odd ones are added. (All that a "
        "version says: a greater number is newer, for this guest and this drink. Keep it with each change.)",
    },
)

# ---------------------------------------------------------------- 03.5 the schedule that breaks it

CARDS = "CREATE TABLE stamps (guest TEXT PRIMARY KEY, count INTEGER NOT NULL, last TEXT NOT NULL);"


def cards_that_know_their_last_drink(seed: int) -> World:
    """The board, and a database whose cards have the id of the last drink that was stamped."""
    bus = SimulatedBus(seed)
    bus.create_topic("drinks")
    return World(bus=bus, db=MemoryDatabase(CARDS, "stamps"))


broken_by = Grader(
    "03.5",
    "Break it: a memory and a last id",
    hints=(
        "This code has two memories: the set, and the id on each card. What does each of them forget, and when?",
        "A copy gets through if the set has forgotten its drink and the card has, too. One fault alone makes only "
        "one of them forget, or brings only the copy.",
        "The card remembers one drink: so the copy has to be of an older one, and come after the newer one. The "
        "set lives as long as the process: so the process has to die once it has stamped the older one.",
    ),
)
broken_by.break_it(
    "stamped_twice",
    replace(
        BY_ID,
        world=cards_that_know_their_last_drink,
        events=(("G-7", "flat white", "evt-1"), ("G-7", "mocha", "evt-2")),
        faults={"crash", "duplicate"},
    ),
    "no duplicate effect",
)
