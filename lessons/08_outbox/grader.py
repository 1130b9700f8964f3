"""The attacks on the exercises of lesson 08."""

from sandbox.explore import MemoryDatabase, Scenario, World
from sandbox.explore.checkers import no_ghost_message, no_lost_message, no_lost_write
from sandbox.grading import Grader
from sandbox.sim import SimulatedBus

# ---------------------------------------------------------------- 08.2 the outbox

OUTBOX = """
CREATE TABLE orders (order_id TEXT PRIMARY KEY, cents INTEGER NOT NULL);
CREATE TABLE outbox (
    number INTEGER PRIMARY KEY AUTOINCREMENT, order_id TEXT NOT NULL, cents INTEGER NOT NULL,
    sent INTEGER NOT NULL DEFAULT 0
);
"""


def shop(seed: int) -> World:
    """One service with its database, and the board."""
    bus = SimulatedBus(seed)
    bus.create_topic("orders", partitions=3)
    return World(bus=bus, db=MemoryDatabase(OUTBOX, "shop"))


def three_orders(world: World, orders: tuple) -> None:
    """Three guests order, one after the other; the relay runs whenever there is something to do."""
    world.service("relay", lambda relay: relay.code.relay(relay.db, relay.bus))
    for order_id, cents in orders:
        world.request(
            "shop", lambda shop, o=order_id, c=cents: shop.code.place_order(o, c, shop.db, shop.bus), order_id
        )


def stored(world: World) -> list[str]:
    """The orders in the database."""
    return [f"{row['order_id']} over {row['cents']}" for row in world.db.execute("SELECT * FROM orders")]


def said(world: World) -> list[str]:
    """The orders on the board."""
    return [f"{said['order_id']} over {said['cents']}" for said in world.said("orders", "OrderPlaced")]


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
outbox.explore(
    Scenario(
        world=shop,
        story=three_orders,
        events=(("A-1", 420), ("A-2", 390), ("A-3", 560)),
        faults={"crash", "fail publish"},
        checks=[
            no_ghost_message(stored, said, "The kitchen makes {}, and no such order is stored."),
            no_lost_message(stored, said, "{} is stored and paid, and the kitchen never hears of it."),
            no_lost_write(
                lambda world: world.told("ok"),
                lambda world: [row["order_id"] for row in world.db.execute("SELECT * FROM orders")],
                "The guest of {} was told that all is well, and the order is not there.",
            ),
        ],
    ),
    misconceptions={
        "no lost message": "Publishing right after the commit, or in a hook on commit, is as good as an "
        "outbox. (A crash fits in between.)",
        "no ghost message": "Inside `with db.transaction():` everything is one. (Only what goes into that "
        "database is; the board takes nothing back.)",
        "no lost write": "Whoever has no error to report has done it.",
    },
)
