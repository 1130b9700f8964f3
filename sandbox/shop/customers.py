"""Customers, as many as one likes: the same ones for the same seed."""

from collections.abc import Iterator, Mapping
from random import Random

from sandbox.errors import UsageError
from sandbox.shop.messages import Line, Order

PRICES = {  # in cents; what comes first sells best
    "oat beans": 1290,
    "dark roast": 1190,
    "espresso cup": 850,
    "house blend": 1090,
    "filter paper": 390,
    "hand grinder": 6900,
    "milk jug": 2400,
    "kettle": 5900,
}
COUNTRIES = ("Portugal", "Finland", "Chile", "Kenya", "Japan")
TO_THE_MOON = 0.03  # of all orders: the warehouse refuses them
POOR = 0.03  # of all customers: their payment is declined
SHORT = 0.95  # of what will be asked for is in stock


def customers(count: int, seed: int = 0) -> Iterator[tuple[str, Order]]:
    """Order numbers, and orders."""
    if count < 1:
        raise UsageError(f"the shop needs one order or more, not {count}.")
    chance = Random(seed)
    items, favour = list(PRICES), [1 / rank for rank in range(1, len(PRICES) + 1)]
    for number in range(1, count + 1):
        chosen = chance.choices(items, favour, k=chance.randint(1, 3))
        lines = tuple(Line(item, chosen.count(item)) for item in PRICES if item in chosen)
        country = "the Moon" if chance.random() < TO_THE_MOON else chance.choice(COUNTRIES)
        kind = "poor" if chance.random() < POOR else "customer"
        cents = sum(PRICES[line.item] * line.count for line in lines)
        yield f"A-{number}", Order(f"{kind} {number}", country, lines, cents)


def limits(count: int, seed: int = 0) -> dict[str, int]:
    """How many cents the poor ones are good for."""
    return {order.customer: 100 for _, order in customers(count, seed) if order.customer.startswith("poor")}


def shelves(count: int, seed: int = 0) -> Mapping[str, int]:
    """A stock that is a little too small for so many orders."""
    asked = dict.fromkeys(PRICES, 0)
    for _, order in customers(count, seed):
        for line in order.lines:
            asked[line.item] += line.count
    return {item: int(number * SHORT) for item, number in asked.items()}
