"""The attacks on the exercises of lesson 07."""

from dataclasses import replace

from sandbox.explore import MemoryDatabase, Scenario, World
from sandbox.explore.checkers import Invariant
from sandbox.grading import Grader
from sandbox.sim import SimulatedGateway

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

    def reserve(self, order_id: str, cups: int) -> bool:
        """Set cups aside. `False`: there are not enough, or the order was released before."""
        if order_id in self.reserved:
            return True
        if order_id in self.released or sum(self.reserved.values()) + cups > CUPS:
            return False
        self.reserved[order_id] = cups
        return True

    def release(self, order_id: str) -> None:
        """Put them back; a reservation that comes later is refused."""
        self.released.add(order_id)
        self.reserved.pop(order_id, None)


class Kitchen:
    """Makes what it has accepted; there is no way back."""

    def __init__(self) -> None:
        self.accepted: list[str] = []

    def accept(self, order_id: str, cups: int) -> bool:
        """Will it make this? Asked again, it says the same. More than three cups are too many."""
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
        Invariant("conservation", _cups_for_nobody),
        Invariant("conservation", _made_without_cups),
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
    "termination": "A crash ends a saga. (Whoever starts next goes on with it.)",
    "consistent output": "What was asked for has happened.",
    "no needless compensation": "A call that gives no answer, or a crash, is a reason to give up. (Only a "
    "business refusal is; the rest is tried again.)",
}
compensation.explore(REFUSED_EARLY, MISCONCEPTIONS)
compensation.explore(SCENARIO, MISCONCEPTIONS)
