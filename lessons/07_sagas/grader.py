"""The attacks on the exercises of lesson 07."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count, permutations

from sandbox import Event
from sandbox.errors import GatewayTimeout
from sandbox.explore import MemoryDatabase, Process, Scenario, World
from sandbox.explore.checkers import Invariant, no_duplicate_effect
from sandbox.grading import Grader
from sandbox.messages import Record
from sandbox.sim import SimulatedBus, SimulatedGateway

# ---------------------------------------------------------------- 07.1 choreography

SHELF = """
CREATE TABLE shelf (free INTEGER NOT NULL);
INSERT INTO shelf VALUES (5);
CREATE TABLE orders (
    order_id TEXT PRIMARY KEY, cups INTEGER NOT NULL, cents INTEGER NOT NULL, state TEXT NOT NULL
);
"""
MADE = "CREATE TABLE made (order_id TEXT NOT NULL);"
FREE = 5
POOR = {"guest of A-1": 100}


@dataclass(frozen=True)
class Order(Event, type="OrderPlaced"):
    order_id: str
    cups: int
    cents: int


def three_services(seed: int) -> World:
    """The boards, inventory's and the kitchen's databases, and the provider."""
    bus = SimulatedBus(seed)
    for topic in ("orders", "cups", "payments"):
        bus.create_topic(topic)
    return World(
        bus=bus,
        inventory_db=MemoryDatabase(SHELF, "inventory"),
        kitchen_db=MemoryDatabase(MADE, "kitchen"),
        provider=SimulatedGateway(POOR),
    )


Handle = Callable[[Process, Record], object]


def reacts(world: World, name: str, kinds: dict[str, str], handle: Handle) -> None:
    """A service that is called for each record of some kinds, `{type: topic}`.

    A record counts as done once it was handled: after an error or a crash it comes again. (To
    read and to commit are no steps here, which makes a verdict several times as fast.)
    """
    done: set[str] = set()

    def read(service: Process) -> None:
        while new := [r for r in _records(world, kinds) if r.place not in done]:
            for record in new:
                seen = Record(
                    record.topic, record.partition, record.offset, record.stored, service.vocabulary
                )
                world.goes_on(service)
                world.trace.record(name, "handle", record.place)
                handle(service, seen)
                done.add(record.place)

    world.service(name, read)


def _records(world: World, kinds: dict[str, str]) -> list[Record]:
    topics = dict.fromkeys(kinds.values())
    return [r for topic in topics for r in world.records(topic) if r.envelope.type in kinds]


def guests_order(world: World, orders: tuple) -> None:
    """All guests order; then the services work. An order that stands there twice comes again, late."""
    reacts(
        world,
        "inventory",
        {"OrderPlaced": "orders", "PaymentFailed": "payments"},
        lambda service, record: service.code.inventory(record, service.inventory_db, service.bus),
    )
    reacts(
        world,
        "payments",
        {"CupsReserved": "cups"},
        lambda service, record: service.code.payments(record, service.provider, service.bus),
    )
    reacts(
        world,
        "kitchen",
        {"PaymentCaptured": "payments"},
        lambda service, record: service.code.kitchen(record, service.kitchen_db),
    )
    repeated = [order for number, order in enumerate(orders) if order in orders[:number]]
    for order in dict.fromkeys(orders):
        _place(world, order)

    def repeat(_: Process) -> None:
        if world.records("payments") and repeated:
            _place(world, repeated.pop())

    world.service("network", repeat)


def _place(world: World, order: tuple) -> None:
    order_id, *_ = order
    world.bus.publish("orders", Order(*order), key=order_id, source="till", id=f"placed {order_id}")


def placed(world: World) -> dict[str, dict]:
    """The orders that are on the board."""
    return {said["order_id"]: said for said in world.said("orders")}


def made(world: World) -> list[str]:
    """The orders that the kitchen has made, as often as it has."""
    return [row["order_id"] for row in world.kitchen_db.execute("SELECT * FROM made")]


def paid(world: World) -> dict[str, int]:
    """What each order's guest was charged, in cents."""
    found = Counter()
    for charge in world.provider.charges:
        found[charge.account.removeprefix("guest of ")] += charge.cents
    return found


def _charged_twice(world: World) -> str | None:
    for order_id, cents in paid(world).items():
        price = placed(world)[order_id]["cents"] if order_id in placed(world) else 0
        if cents > price:
            return f"The guest of {order_id} was charged {cents} cents for an order of {price}."
    return None


def _wrong_guest_or_price(world: World) -> str | None:
    prices = {f"guest of {order_id}": order["cents"] for order_id, order in placed(world).items()}
    for charge in world.provider.charges:
        if charge.account not in prices:
            return (
                f"{charge.cents} cents were taken from the account {charge.account!r}, which is no guest's."
            )
        if charge.cents < prices[charge.account]:
            return f"The {charge.account} was charged {charge.cents} cents for an order of {prices[charge.account]}."
    return None


def _made_unpaid(world: World) -> str | None:
    for order_id in made(world):
        if not paid(world).get(order_id):
            return f"{order_id} is made, and nobody has paid for it."
    return None


def _paid_not_made(world: World) -> str | None:
    for order_id, cents in paid(world).items():
        if order_id not in made(world):
            return f"The guest of {order_id} has paid {cents} cents, and nobody makes it."
    return None


def _waits_for_nothing(world: World) -> str | None:
    free = FREE - sum(placed(world)[order_id]["cups"] for order_id in set(made(world)))
    for order_id, order in placed(world).items():
        ended = order_id in made(world) or f"guest of {order_id}" in POOR
        if not ended and order["cups"] <= free:
            return f"{order_id} waits for {order['cups']} cups, and there should be {free}: nobody serves it."
    return None


def _wrong_shelf(world: World) -> str | None:
    free = world.inventory_db.execute("SELECT * FROM shelf")[0]["free"]
    used = sum(placed(world)[order_id]["cups"] for order_id in set(made(world)))
    if free + used != FREE:
        return (
            f"There are {FREE} cups. {used} of them went to orders that are made, and {free} are called free."
        )
    return None


choreography = Grader(
    "07.1",
    "Nobody leads, and every order ends",
    hints=(
        "Follow one order through the picture: which service heard last of it, and what should it have said then? "
        "What does that service do when the same record comes again?",
        "Each handler does two things, and may die between them: it writes, and it says something. The record "
        "comes again, so the second time it must not write twice, but it still has to say what it hasn't said. "
        "And whom do you serve when cups are free again: also the one whose card was empty?",
        "Keep in each order's row how far it is: waiting, reserved but not yet said, said, over. Change the row "
        "and the shelf in one transaction. Then publish for every row that is reserved and not yet said, and only "
        "then mark it as said. A payment that failed ends an order for good: it must not wait again. Payments and "
        "kitchen need no memory of that kind: the order's own id as the key, and one row for each order.",
    ),
)
NOBODY_LEADS = Scenario(
    world=three_services,
    story=guests_order,
    events=(("A-1", 3, 420), ("A-2", 3, 390)),  # A-1 is poor, A-2 waits for its cups
    faults={"crash"},
    checks=[
        no_duplicate_effect(made, "{} was made {}."),
        Invariant("no duplicate effect", _charged_twice),
        Invariant("consistent output", _wrong_guest_or_price),
        Invariant("no ghost message", _made_unpaid),
        Invariant("no lost message", _paid_not_made),
        Invariant("no lost message", _waits_for_nothing),
        Invariant("conservation", _wrong_shelf),
    ],
)
ON_ONES_OWN = {
    "no lost message": "What was handled once is done. (It may have been written and never said.)",
    "no duplicate effect": "A key for each attempt, or each event, is a key for the order.",
    "consistent output": "Whom a charge names, and how much, is my own affair. (It is what that guest pays.)",
    "no ghost message": "What I am about to do may be told already.",
    "conservation": "A compensation may be done as often as it is asked for.",
    "termination": "Rules that are right one by one are right together. (In a choreography nobody sees the "
    "circle. And a key that two orders share is refused again and again.)",
}
choreography.explore(NOBODY_LEADS, ON_ONES_OWN)
TWO_WAIT = (("A-1", 5, 420), ("A-2", 3, 390), ("A-3", 2, 250), ("A-1", 5, 420))
choreography.explore(replace(NOBODY_LEADS, events=TWO_WAIT, faults={"duplicate publish late"}), ON_ONES_OWN)
BIG_ONE_WAITS = (("A-2", 3, 390), ("A-3", 3, 390), ("A-4", 2, 390))  # who comes after it fits
choreography.explore(replace(NOBODY_LEADS, events=BIG_ONE_WAITS, faults=set()), ON_ONES_OWN)

# ---------------------------------------------------------------- 07.2 an orchestrator that remembers

MEMORY = """
CREATE TABLE sagas (order_id TEXT PRIMARY KEY, step TEXT NOT NULL);
CREATE TABLE outbox (
    number INTEGER PRIMARY KEY AUTOINCREMENT, command TEXT NOT NULL, order_id TEXT NOT NULL,
    sent INTEGER NOT NULL DEFAULT 0
);
"""


@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str


@dataclass(frozen=True)
class CupsReserved(Event):
    order_id: str


@dataclass(frozen=True)
class GuestCharged(Event):
    order_id: str


@dataclass(frozen=True)
class ChargeRefused(Event):
    order_id: str


@dataclass(frozen=True)
class CupsReleased(Event):
    order_id: str


POOR_GUEST = "A-2"  # its order; all others can pay
ANSWERS = {"ReserveCups": CupsReserved, "ChargeGuest": GuestCharged, "ReleaseCups": CupsReleased}


class Partners:
    """Stock and payments: they do a command once for each id, and answer whenever they are asked."""

    def __init__(self, bus: SimulatedBus) -> None:
        self.bus = bus
        self.done: dict[str, tuple[str, str]] = {}  # by the command's id: what, and for which order
        self.reserved: set[str] = set()  # the orders that they have answered CupsReserved for
        self.too_early = ""  # an order whose guest was to be charged before that

    def work(self, asked: list[tuple[Record, str]]) -> None:
        """Do what was asked for, and answer: no step of anyone's, so nothing strikes here."""
        heard = set(self.reserved)  # what the orchestrator can know by now
        for record, order_id in asked:
            kind = record.envelope.type
            self.bus.trace.record("partners", "handle", record.place)
            self.done.setdefault(record.envelope.id, (kind, order_id))
            if kind == "ChargeGuest" and order_id not in heard:
                self.too_early = order_id
            if kind == "ReserveCups":
                self.reserved.add(order_id)
            answer = ChargeRefused if (kind, order_id) == ("ChargeGuest", POOR_GUEST) else ANSWERS[kind]
            self.bus.publish("answers", answer(order_id), key=order_id, source="partners")


def with_partners(seed: int) -> World:
    """The orchestrator's database, the boards, and the partners behind them."""
    bus = SimulatedBus(seed)
    for topic in ("orders", "commands", "answers"):
        bus.create_topic(topic)
    world = World(bus=bus, db=MemoryDatabase(MEMORY, "orchestrator"))
    world.partners = Partners(bus)
    world.asked = 0  # how many commands the partners have heard
    return world


def partners_answer(world: World) -> None:
    """They hear what has been asked since the last time."""
    records, orders = world.records("commands"), world.said("commands")
    new = list(zip(records, (said["order_id"] for said in orders), strict=True))[world.asked :]
    world.asked = len(records)
    world.partners.work(new)


def an_order_twice(world: World, orders: tuple) -> None:
    """The guest clicks twice: two events, of one order."""
    reacts(
        world,
        "orchestrator",
        {"OrderPlaced": "orders"} | {kind.__name__: "answers" for kind in (*ANSWERS.values(), ChargeRefused)},
        lambda service, record: service.code.handle(record, service.db, service.bus),
    )
    world.service("relay", lambda relay: relay.code.relay(relay.db, relay.bus))
    world.service("partners", lambda process: partners_answer(world))
    for order_id in orders:
        world.bus.publish("orders", OrderPlaced(order_id), key=order_id, source="guest")


def done(world: World) -> list[tuple[str, str]]:
    """What the partners have done: (command, order), as often as they have."""
    return list(world.partners.done.values())


def _step(world: World, order_id: str) -> str:
    rows = world.db.execute("SELECT step FROM sagas WHERE order_id = ?", [order_id])
    return rows[0]["step"] if rows else "unknown"


def _left_alone(world: World) -> str | None:
    for order_id in {said["order_id"] for said in world.said("orders")}:
        step = _step(world, order_id)
        if step not in ("served", "cancelled"):
            return f"{order_id} is {step!r} in the end: its guest waits for ever."
    return None


def _charged_too_early(world: World) -> str | None:
    order_id = world.partners.too_early
    return (
        f"The guest of {order_id} has to pay, and CupsReserved has not been heard yet: there may be no cups."
        if order_id
        else None
    )


def _wrong_ending(world: World) -> str | None:
    for order_id in {said["order_id"] for said in world.said("orders")}:
        kinds, step = {kind for kind, order in done(world) if order == order_id}, _step(world, order_id)
        charged = "ChargeGuest" in kinds and order_id != POOR_GUEST
        if step == "served" and not charged:
            return f"{order_id} is served, and nobody has paid for it."
        if step == "served" and ("ReserveCups" not in kinds or "ReleaseCups" in kinds):
            return f"{order_id} is served, and no cups are set aside for it."
        if step == "cancelled" and charged:
            return f"{order_id} is cancelled, and its guest has paid."
        if step == "cancelled" and "ReleaseCups" not in kinds:
            return f"{order_id} is cancelled, and its cups are still set aside."
    return None


def _never_asked(world: World) -> str | None:
    for order_id in {said["order_id"] for said in world.said("orders")}:
        if _step(world, order_id) == "cancelled" and ("ChargeGuest", order_id) not in done(world):
            return (
                f"{order_id} is cancelled, and its guest was never asked to pay: nobody has refused anything."
            )
    return None


orchestrator = Grader(
    "07.2",
    "The orchestrator that remembers",
    hints=(
        "Look at the row of the order, and at the last command that went out. Do they fit together? What does "
        "handle make of the next record that comes, or of the same one again?",
        "There is a moment between 'I know that it has to be asked for' and 'it was asked for', and one the other "
        "way round. If both were rows of one transaction, there would be no such moment. And an answer that comes "
        "a second time is a new event: only the step that the order is at can tell that it comes too late.",
        "A table of (step, what was heard) → (new step, command). What isn't in it changes nothing. In one "
        "transaction: look up the step, keep the new one, put the command into the outbox. The relay publishes "
        "each unsent row with an id made of its number, and marks it afterwards.",
    ),
)
REMEMBERS = Scenario(
    world=with_partners,
    story=an_order_twice,
    events=("A-2", "A-2"),  # whose card is empty
    faults={"crash"},
    checks=[
        no_duplicate_effect(lambda world: [f"{kind} for {order}" for kind, order in done(world)]),
        Invariant("consistent output", _charged_too_early),
        Invariant("consistent output", _wrong_ending),
        Invariant("no needless compensation", _never_asked),
        Invariant("termination", _left_alone),
    ],
)
TO_REMEMBER = {
    "no duplicate effect": "Who knows the ids of all events that came has seen every repetition. (An answer that "
    "is given again is a new event; and a command under a new id is a new command.)",
    "termination": "State first, message afterwards, is safe, since a repetition is recognised. (By the state. So "
    "the message is never sent.)",
    "consistent output": "What was asked for has happened.",
    "no needless compensation": "An order that is cancelled has ended well. (Only a refusal ends it like that: "
    "ChargeRefused.)",
}
orchestrator.explore(REMEMBERS, TO_REMEMBER)
orchestrator.explore(replace(REMEMBERS, events=("A-2",), faults={"duplicate publish"}), TO_REMEMBER)
orchestrator.explore(replace(REMEMBERS, events=("A-1",)), TO_REMEMBER)
orchestrator.explore(replace(REMEMBERS, events=("A-1", "A-3"), faults=set()), TO_REMEMBER)

# ---------------------------------------------------------------- 07.3 compensation

SAGAS = """
CREATE TABLE sagas (
    order_id TEXT PRIMARY KEY, cups INTEGER NOT NULL, cents INTEGER NOT NULL,
    step TEXT NOT NULL DEFAULT 'new', charge_id TEXT
);
"""
CUPS = 7


class Stock:
    """Cups that can be set aside for an order; each call may come as often as it likes."""

    def __init__(self) -> None:
        self.reserved: dict[str, int] = {}
        self.released: set[str] = set()
        self.ever: set[str] = set()  # the orders that cups were set aside for, at some time

    def reserve(self, order_id: str, cups: int) -> bool:
        """Set cups aside. `False`: there are not enough, or the order was released before."""
        if order_id in self.reserved:
            return True
        if order_id in self.released or sum(self.reserved.values()) + cups > CUPS:
            return False
        self.reserved[order_id] = cups
        self.ever.add(order_id)
        return True

    def release(self, order_id: str) -> None:
        """Put them back; a reservation that comes later is refused."""
        self.released.add(order_id)
        self.reserved.pop(order_id, None)


class Kitchen:
    """Makes what it has accepted; there is no way back."""

    def __init__(self) -> None:
        self.accepted: list[str] = []
        self.asked: dict[str, int] = {}  # for how many cups, by order

    def accept(self, order_id: str, cups: int) -> bool:
        """Will it make this? Asked again, it says the same. More than three cups are too many."""
        self.asked[order_id] = cups
        if cups > 3:
            return False
        if order_id not in self.accepted:
            self.accepted.append(order_id)
        return True


def cafe(seed: int) -> World:
    """The café's database, and three partners that no transaction reaches."""
    poor = {"guest of A-3": 100}
    return World(
        db=MemoryDatabase(SAGAS, "cafe"), stock=Stock(), payments=SimulatedGateway(poor), kitchen=Kitchen()
    )


def silent(partner: str, *calls: str) -> Callable[[int], World]:
    """The café, where the first calls of some kinds are not heard, however long it takes."""

    def world_of(seed: int) -> World:
        world = cafe(seed)
        for call in calls:
            silent_at_first(world, world.ports[partner], call)
        return world

    return world_of


def silent_at_first(world: World, partner: object, call: str, calls: int = 7) -> None:
    """Have the partner not hear the first calls of a kind; after each of them time passes."""
    heard, number = getattr(partner, call), count(1)

    def perhaps(*args: object, **named: object) -> object:
        if next(number) > calls:
            return heard(*args, **named)
        world.clock.call_in(1000, lambda: None)  # a second later it is worth another call
        raise GatewayTimeout(f"no answer to {call}")

    setattr(partner, call, perhaps)


def checkouts(world: World, orders: tuple) -> None:
    """Guests order; the saga is driven whenever there may be something to do."""
    world.service(
        "saga",
        lambda saga: saga.code.drive(saga.db, saga.stock, saga.payments, saga.kitchen),
    )
    for order_id, cups, cents in orders:
        world.request(
            "till",
            lambda till, o=(order_id, cups, cents): till.code.begin(*o, till.db),
            (order_id, cups, cents),
        )


def begun(world: World) -> list[tuple]:
    """The orders that are in the database."""
    return [(r["order_id"], r["cups"], r["cents"]) for r in world.db.execute("SELECT * FROM sagas")]


def money_held(world: World) -> dict[str, int]:
    """What each guest has paid and not got back, in cents."""
    held: dict[str, int] = {}
    for entry in world.payments.ledger:
        sign = -1 if hasattr(entry, "charge_id") else 1
        held[entry.account] = held.get(entry.account, 0) + sign * entry.cents
    return held


def _coffee_or_money(world: World) -> str | None:
    held, accepted = money_held(world), world.kitchen.accepted
    for order_id, _, cents in begun(world):
        paid = held.get(f"guest of {order_id}", 0)
        if order_id in accepted and paid < cents:
            return f"{order_id} is being made, and {paid} of its {cents} cents are paid."
        if order_id in accepted and paid > cents:
            return f"The guest of {order_id} has paid {paid} cents for an order of {cents}."
        if order_id not in accepted and paid:
            return (
                f"The guest of {order_id} has paid {paid} cents, and gets neither coffee nor the money back."
            )
    return None


def _cups_for_nobody(world: World) -> str | None:
    for order_id, cups in world.stock.reserved.items():
        if order_id not in world.kitchen.accepted:
            return f"{cups} cups are set aside for {order_id} for ever, and nobody will make it."
    return None


def _other_number_of_cups(world: World) -> str | None:
    for order_id, cups, _ in begun(world):
        if (aside := world.stock.reserved.get(order_id, cups)) != cups:
            return f"{order_id} is an order of {cups} cups, and {aside} are set aside for it."
        if (asked := world.kitchen.asked.get(order_id, cups)) != cups:
            return f"{order_id} is an order of {cups} cups, and the kitchen was asked for {asked}."
    return None


def _paid_before_cups(world: World) -> str | None:
    for charge in world.payments.charges:
        order_id = charge.account.removeprefix("guest of ")
        if order_id not in world.stock.ever:
            return f"The {charge.account} had to pay {charge.cents} cents before cups were set aside."
    return None


def _made_without_cups(world: World) -> str | None:
    for order_id in world.kitchen.accepted:
        if order_id not in world.stock.reserved:
            return f"{order_id} is being made, and no cups are set aside for it."
    return None


def _forgotten(world: World) -> str | None:
    known = {order_id for order_id, _, _ in begun(world)}
    lost = [about for about in world.told("ok") if about[0] not in known]
    return (
        f"The guest of {lost[0][0]} was told that the order is in, and nobody knows of it." if lost else None
    )


def _never_decided(world: World) -> str | None:
    for row in world.db.execute("SELECT * FROM sagas"):
        if row["step"] not in ("served", "cancelled"):
            return f"{row['order_id']} is {row['step']!r} in the end: its guest waits for ever."
    return None


def _wrong_word(world: World) -> str | None:
    for row in world.db.execute("SELECT * FROM sagas"):
        served = row["order_id"] in world.kitchen.accepted
        if served != (row["step"] == "served"):
            done = "makes it" if served else "has never accepted it"
            return f"{row['order_id']} is called {row['step']!r}, and the kitchen {done}."
    return None


def _sold_without_need(world: World) -> str | None:
    if "A-1" in {order_id for order_id, _, _ in begun(world)} - set(world.kitchen.accepted):
        return "No partner has refused A-1, and it was cancelled all the same."
    return None


compensation = Grader(
    "07.3",
    "Undo what was done, and nothing else",
    hints=(
        "Go along the picture to the dotted line: what had been done by then, and which row of the database "
        "says so? What does the next run of drive make of that row?",
        "Two cases look the same from where you stand and are not: 'refused', and 'no answer'. After the "
        "first you know that nothing was done. After the second you have to find out, and asking again with "
        "the same key does no harm.",
        "Write the step down before you act on it, in such a way that the next run can go on from there: "
        "forwards, by doing the same call again; or, once you have decided to give up, backwards, until all is "
        "undone. 'cancelled' comes last, and after the kitchen has accepted there is only forwards.",
    ),
)
SCENARIO = Scenario(
    world=cafe,
    story=checkouts,
    events=(("A-1", 2, 420), ("A-4", 4, 900)),  # all is well; the kitchen refuses
    faults={
        "crash",
        "fail reserve",
        "fail release",
        "fail accept",
        "fail charge",
        "fail refund",
        "fail charge late",
        "fail reserve late",
    },
    checks=[
        Invariant("consistent output", _wrong_word),
        Invariant("conservation", _coffee_or_money),
        Invariant("conservation", _other_number_of_cups),
        Invariant("conservation", _cups_for_nobody),
        Invariant("conservation", _made_without_cups),
        Invariant("conservation", _paid_before_cups),
        Invariant("no lost write", _forgotten),
        Invariant("termination", _never_decided),
        Invariant("no needless compensation", _sold_without_need),
    ],
)
REFUSED_EARLY = replace(
    SCENARIO,
    events=(("A-2", 8, 1600), ("A-3", 1, 390)),  # too many cups; too poor
    faults={"crash", "fail reserve", "fail release", "fail charge", "fail charge late", "fail reserve late"},
)
MISCONCEPTIONS = {
    "conservation": "Compensation is a rollback. (It is a new action, and has to be done until it is done: "
    "after a crash, and after a call that gave no answer.)",
    "no lost write": "What a process holds in its hands is safe.",
    "termination": "A crash ends a saga. (Whoever starts next goes on with it. And a key that two orders share is "
    "refused again and again.)",
    "consistent output": "What was asked for has happened.",
    "no needless compensation": "A call that gives no answer, or a crash, is a reason to give up. (Only a "
    "business refusal is; the rest is tried again.)",
}
compensation.explore(REFUSED_EARLY, MISCONCEPTIONS)
compensation.explore(SCENARIO, MISCONCEPTIONS)
ALIKE = (("A-4", 4, 900), ("A-5", 4, 900))  # the kitchen refuses both, and they cost the same
compensation.explore(replace(SCENARIO, events=ALIKE, faults=set()), MISCONCEPTIONS)
for nobody_hears, order in (
    (silent("stock", "reserve"), ("A-1", 2, 420)),
    (silent("payments", "charge"), ("A-1", 2, 420)),
    (silent("kitchen", "accept"), ("A-1", 2, 420)),
    (silent("payments", "refund"), ("A-4", 4, 900)),
    (silent("stock", "release"), ("A-4", 4, 900)),
):
    it_takes_long = replace(SCENARIO, world=nobody_hears, events=(order,), faults=set())
    compensation.explore(it_takes_long, MISCONCEPTIONS)

# ---------------------------------------------------------------- 07.4 isolation

CARDS = """
CREATE TABLE cards (card TEXT PRIMARY KEY, cents INTEGER NOT NULL, used_by TEXT);
INSERT INTO cards VALUES ('another', 2000, NULL), ('gift', 1000, NULL);
CREATE TABLE sagas (
    order_id TEXT PRIMARY KEY, card TEXT NOT NULL, cents INTEGER NOT NULL, step TEXT NOT NULL DEFAULT 'new'
);
"""
ON_THE_CARD, ON_ANOTHER = 1000, 2000


class SlowKitchen:
    """Accepts all orders but big ones; a database that is locked while it thinks is noticed."""

    def __init__(self, db: MemoryDatabase) -> None:
        self.accepted: list[str] = []
        self.refused: set[str] = set()
        self.locked_by = ""
        self._db = db

    def accept(self, order_id: str) -> bool:
        """Will it make this? Asked again, it says the same."""
        if self._db.holder and self._db.holder.name == f"saga {order_id}":
            self.locked_by = order_id
        if order_id.endswith("big"):
            self.refused.add(order_id)
            return False
        if order_id not in self.accepted:
            self.accepted.append(order_id)
        return True


def one_card(seed: int) -> World:
    """A gift card with ten euros, another one that nobody uses, and the kitchen."""
    db = MemoryDatabase(CARDS, "cafe")
    return World(db=db, kitchen=SlowKitchen(db))


def hard_to_reach(seed: int) -> World:
    """The kitchen hears none of the first calls, and nobody knows how many there will be."""
    world = one_card(seed)
    silent_at_first(world, world.kitchen, "accept", 10)
    return world


def at_the_same_time(world: World, orders: tuple) -> None:
    """Each order has a process of its own; they take turns."""
    for order_id, cents in orders:
        world.db.execute("INSERT INTO sagas (order_id, card, cents) VALUES (?, 'gift', ?)", [order_id, cents])
        world.service(f"saga {order_id}", lambda saga, o=order_id: saga.code.drive(o, saga.db, saga.kitchen))


def sagas(world: World) -> dict[str, dict]:
    """The sagas, by order."""
    return {row["order_id"]: row for row in world.db.execute("SELECT * FROM sagas ORDER BY rowid")}


def money_left(world: World) -> int:
    """What is on the card."""
    return world.db.execute("SELECT cents FROM cards WHERE card = 'gift'")[0]["cents"]


def _another_card(world: World) -> str | None:
    for card in world.db.execute("SELECT * FROM cards WHERE card <> 'gift'"):
        if card["cents"] != ON_ANOTHER or card["used_by"]:
            mark = f", and {card['used_by']} uses it" if card["used_by"] else ""
            return f"Nobody has paid with Cy's card of {ON_ANOTHER} cents. Now it has {card['cents']}{mark}."
    return None


def one_after_the_other(world: World) -> list[dict[str, str]]:
    """How the orders may end: for each order in which they could have come."""
    endings = []
    for turns in permutations(sagas(world).values()):
        left, ending = ON_THE_CARD, {}
        for saga in turns:
            order_id = saga["order_id"]
            if saga["cents"] > left:
                ending[order_id] = "refused"
            elif order_id.endswith("big"):
                ending[order_id] = "cancelled"
            else:
                ending[order_id], left = "served", left - saga["cents"]
        endings.append(ending)
    return endings


def _still_open(world: World) -> str | None:
    for order_id, saga in sagas(world).items():
        if saga["step"] not in ("served", "cancelled", "refused"):
            return f"{order_id} is {saga['step']!r} in the end: it waits for ever."
    return None


def _locked_while_asking(world: World) -> str | None:
    order_id = world.kitchen.locked_by
    return f"The whole café stands still while the kitchen thinks about {order_id}." if order_id else None


def _kitchen_says_otherwise(world: World) -> str | None:
    for order_id, saga in sagas(world).items():
        if (saga["step"] == "served") != (order_id in world.kitchen.accepted):
            makes = "makes it" if order_id in world.kitchen.accepted else "has not accepted it"
            return f"{order_id} is called {saga['step']!r}, and the kitchen {makes}."
    return None


def _money_made_or_lost(world: World) -> str | None:
    spent = sum(saga["cents"] for id, saga in sagas(world).items() if id in world.kitchen.accepted)
    if spent + money_left(world) != ON_THE_CARD:
        return (
            f"There were {ON_THE_CARD} cents on the card, drinks for {spent} are made, and {money_left(world)} "
            "are left."
        )
    return None


def _cancelled_without_need(world: World) -> str | None:
    for order_id, saga in sagas(world).items():
        if saga["step"] == "cancelled" and order_id not in world.kitchen.refused:
            return f"{order_id} is cancelled, and the kitchen has never refused it."
    return None


def _dirty_read(world: World) -> str | None:
    ending = {order_id: saga["step"] for order_id, saga in sagas(world).items()}
    if ending not in one_after_the_other(world):
        said = " and ".join(f"{order_id} is {step}" for order_id, step in ending.items())
        return f"{said}. One after the other, in whatever order, they would not have ended like that."
    return None


isolation = Grader(
    "07.4",
    "Two orders and one gift card",
    hints=(
        "Find the moment at which the other one took over. What had the first one read by then, or written, and "
        "was it true in the end?",
        "Two things go wrong between two steps. Someone writes what he had read before (a lost update). Or someone "
        "reads what will be taken back (a dirty read). Against the second one it helps to mark the card while its "
        "money is not decided, and to have the other one wait. Who takes the mark away, if you die?",
        "In one transaction: is the card free, is there enough? Then mark it with the order and note the step. "
        "Ask the kitchen outside of any transaction. In a second transaction: the last step, the money, and the "
        "mark away, whatever the answer was. A saga that finds its own step noted goes on from there; one that "
        "finds the mark of another comes back later.",
    ),
)
TWO_AT_ONCE = Scenario(
    world=one_card,
    story=at_the_same_time,
    events=(("A-1 big", 800), ("A-2", 500)),  # the kitchen refuses the first
    faults={"switch", "crash", "fail accept"},
    checks=[
        Invariant("no lock across a call", _locked_while_asking),
        Invariant("consistent output", _kitchen_says_otherwise),
        Invariant("conservation", _another_card),
        Invariant("conservation", _money_made_or_lost),
        Invariant("termination", _still_open),
        Invariant("no needless compensation", _cancelled_without_need),
        Invariant("no dirty read", _dirty_read),
    ],
)
TO_ISOLATE = {
    "no lock across a call": "A saga is a transaction: so open one. (Everyone else waits for as long as the "
    "kitchen thinks, and a crash takes back what the kitchen has not.)",
    "consistent output": "What was asked for has happened. (Or: where no answer came, nothing has.)",
    "conservation": "What I have read is still true when I write. (And an UPDATE without WHERE changes one row.)",
    "no dirty read": "All or nothing is enough. (In between the others see what is half done, and act on it.)",
    "no needless compensation": "No answer is an answer: no. (And who has not asked has heard no answer either.)",
    "termination": "A lock is taken away by whoever has put it there. (If they live. And who waits for something "
    "has to know what ends it: another order, or nothing.)",
}
isolation.explore(TWO_AT_ONCE, TO_ISOLATE)
isolation.explore(replace(TWO_AT_ONCE, events=(("A-1", 600), ("A-2", 400)), faults={"switch"}), TO_ISOLATE)
isolation.explore(replace(TWO_AT_ONCE, events=(("A-1", 600), ("A-2", 500))), TO_ISOLATE)
isolation.explore(replace(TWO_AT_ONCE, world=hard_to_reach, faults=set()), TO_ISOLATE)

# ---------------------------------------------------------------- 07.5 break it


class ForgetfulStock(Stock):
    """Puts back what is set aside, and doesn't remember what it was asked to put back."""

    def release(self, order_id: str) -> None:
        """Put them back, where there are any."""
        self.reserved.pop(order_id, None)


def forgetful_cafe(seed: int) -> World:
    """As in 07.3, with a stock that doesn't remember what was released, and without a kitchen."""
    return World(db=MemoryDatabase(SAGAS, "cafe"), stock=ForgetfulStock(), payments=SimulatedGateway())


def one_order(world: World, orders: tuple) -> None:
    """It is in the database already; the saga is driven whenever there may be something to do."""
    for order in orders:
        world.db.execute("INSERT INTO sagas (order_id, cups, cents) VALUES (?, ?, ?)", order)
    world.service("saga", lambda saga: saga.code.drive(saga.db, saga.stock, saga.payments))


def _neither_served_nor_free(world: World) -> str | None:
    paid_for = {charge.account for charge in world.payments.charges}
    for row in world.db.execute("SELECT * FROM sagas"):
        order_id, step = row["order_id"], row["step"]
        if step == "cancelled" and order_id in world.stock.reserved:
            return f"{order_id} is cancelled, and {row['cups']} cups are set aside for it, for ever."
        if step == "cancelled" and order_id in paid_for:
            return f"{order_id} is cancelled, and its guest has paid {row['cents']} cents."
        if step == "served" and not (order_id in world.stock.reserved and order_id in paid_for):
            return f"{order_id} is served, and not everything that it takes was done."
    return None


broken = Grader(
    "07.5",
    "Break the saga that looks right",
    hints=(
        "Begin with what you would like to see in the end: A-1 is cancelled. How often must the stock be silent "
        "for that? Then look at what the saga does about it, and ask when that is of no use.",
        "The saga puts the cups back, in case they were set aside after all. That helps if it was done before. "
        "Which of the three ways to be silent is about something that has not happened yet?",
        "Two faults, both at reserve. With one of them the cups are set aside after they were put back. The other "
        "one only has to keep the second attempt from being answered.",
    ),
)
broken.break_it(
    "break_it",
    Scenario(
        world=forgetful_cafe,
        story=one_order,
        events=(("A-1", 2, 420),),
        faults={
            "crash",
            "fail reserve",
            "fail reserve late",
            "fail charge",
            "fail charge late",
            "fail release",
        },
        checks=[Invariant("conservation", _neither_served_nor_free)],
    ),
    "conservation",
)
