"""The shop, beat by beat: a morning that one can watch, stop, and break (`sandbox.views.Lab`)."""

from collections.abc import Iterator

from sandbox.ports import Bus
from sandbox.shop.customers import customers, limits, shelves
from sandbox.shop.loyalty import Loyalty
from sandbox.shop.shop import Style, open_shop
from sandbox.sim import SimulatedGateway, UnreliableGateway
from sandbox.store import SqliteDatabase

ORDERS = 12
AGREED = 20  # the beat at which loyalty hears its rate for Japan


def shop_beats(
    bus: Bus, orders: int = ORDERS, style: Style = "choreography", seed: int = 0
) -> Iterator[object]:
    """One order a beat, as long as there are any; the first thing it gives is what there is to look at.

    A beat is a `yield`: there, everyone who has subscribed gets a turn.
    """
    gateway = UnreliableGateway(SimulatedGateway(limits(orders, seed)))
    shop = open_shop(bus, style, gateway=gateway, stock=shelves(orders, seed))
    cards = SqliteDatabase(name="loyalty")
    loyalty = Loyalty(cards, bus)
    yield shop, cards, loyalty.letters
    coming = customers(orders, seed)
    beat = 0
    while True:
        beat += 1
        if arrived := next(coming, None):
            shop.place(*arrived)
        if beat == AGREED:
            loyalty.agree(cards, "Japan", 800)
        shop.turn()
        yield
