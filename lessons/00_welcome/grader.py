"""The attack on the exercise of lesson 00: the smallest that there is, crashes alone."""

from collections import Counter
from dataclasses import dataclass

from sandbox import Event
from sandbox.explore import Process, Scenario, World
from sandbox.explore.checkers import Invariant
from sandbox.grading import Grader
from sandbox.sim import SimulatedBus


@dataclass(frozen=True)
class OrderPlaced(Event):
    """A guest wants a drink."""

    order_id: str
    drink: str


class Shelf:
    """Where the drinks stand; each order has one place, and the shelf knows how often it was used."""

    def __init__(self) -> None:
        self.put_there: list[str] = []

    def put(self, order_id: str) -> None:
        """Put the drink of an order on the shelf."""
        self.put_there.append(order_id)


def cafe(seed: int) -> World:
    """The board, and the shelf."""
    bus = SimulatedBus(seed)
    bus.create_topic("orders")
    return World(bus=bus, shelf=Shelf())


def orders_come(world: World, orders: tuple) -> None:
    """Guests order; whoever stands at the board serves them, one after the other."""

    def serve_all(barista: Process) -> None:
        with barista.bus.consumer("orders", group="barista") as consumer:
            for record in consumer.poll():
                barista.code.serve(record, consumer, barista.shelf)

    world.service("barista", serve_all)
    for order_id, drink in orders:
        world.bus.publish("orders", OrderPlaced(order_id, drink), key=order_id, source="till")


def _ordered(world: World) -> list[str]:
    return [record.event.order_id for record in world.records("orders")]


def _nobody_ordered_it(world: World) -> str | None:
    for put in world.shelf.put_there:
        if put not in _ordered(world):
            return f"On the shelf stands {put!r}, and nobody has ordered that."
    return None


def _never_made(world: World) -> str | None:
    for order_id in _ordered(world):
        if order_id not in world.shelf.put_there:
            return f"{order_id} was never made, and its guest waits for ever."
    return None


def _made_again(world: World) -> str | None:
    for order_id, times in Counter(world.shelf.put_there).items():
        if times > 1 and not world.steps.struck:
            return f"{order_id} was made {times} times, on a calm day."
    if lag := world.bus.lag("barista"):
        return (
            f"All drinks are made, and the board has {lag} down as open: the next barista makes them again."
        )
    return None


served = Grader(
    "00.1",
    "The drink that nobody made",
    hints=(
        "Find the cross in the picture: there the barista has gone. What had the board been told before that, "
        "and what had not happened yet?",
        "Whoever takes over asks the board, and the board says: this one is done. When is it really done?",
        "A commit says that the work is behind you. So it belongs behind the work: two lines change places.",
    ),
    repair=True,
)
served.explore(
    Scenario(
        world=cafe,
        story=orders_come,
        events=(("A-1", "oat latte"), ("A-2", "espresso")),
        faults={"crash"},
        checks=[
            Invariant("no ghost message", _nobody_ordered_it),
            Invariant("no lost message", _never_made),
            Invariant("no duplicate effect", _made_again),
        ],
    ),
    misconceptions={
        "no lost message": "Whoever has read an order has done it. (A crash may come in between.)",
        "no duplicate effect": "Nobody needs to commit. (Then each start begins at the beginning.)",
        "no ghost message": "Anything on the record names the order. (Its event says which one it is.)",
    },
)
