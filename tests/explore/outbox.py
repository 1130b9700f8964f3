"""08.2 and 08.3: place_order and relay. An order is stored if and only if the kitchen hears of it."""

from sandbox.explore import MemoryDatabase, Scenario, World
from sandbox.explore.checkers import no_ghost_message, no_lost_message, no_lost_write, order_per_key
from sandbox.sim import SimulatedBus
from tests.explore.events import OrderPlaced

SCHEMA = """
CREATE TABLE orders (order_id TEXT, version INTEGER, PRIMARY KEY (order_id, version));
CREATE TABLE outbox (number INTEGER PRIMARY KEY, order_id TEXT, version INTEGER, sent INTEGER DEFAULT 0);
"""


def world(seed):
    bus = SimulatedBus(seed)
    bus.create_topic("orders", partitions=3)
    return World(bus=bus, db=MemoryDatabase(SCHEMA, "shop"))


def story(world, orders):
    world.service("relay", lambda relay: relay.code.relay(relay.db, relay.bus))
    for order in orders:
        about = (order.order_id, order.version)
        world.request("shop", lambda shop, o=order: shop.code.place_order(o, shop.db, shop.bus), about)


def stored(world):
    return [(row["order_id"], row["version"]) for row in world.db.execute("SELECT * FROM orders")]


def said(world):
    return [(record.event.order_id, record.event.version) for record in world.records("orders")]


OUTBOX = Scenario(
    world=world,
    story=story,
    events=(OrderPlaced("A-1", 1), OrderPlaced("A-1", 2), OrderPlaced("A-2", 1)),
    faults={"crash", "fail publish"},
    checks=[
        no_ghost_message(stored, said, "The kitchen makes {}, which nobody has ordered."),
        no_lost_message(stored, said, "{} was paid for, and the kitchen never hears of it."),
        no_lost_write(lambda world: world.told("ok"), stored),
        order_per_key(said),
    ],
)
