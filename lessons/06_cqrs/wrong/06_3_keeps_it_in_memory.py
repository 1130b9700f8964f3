# breaks: no lost write
"""The page gets what was chosen from memory, and nothing is appended: fast, until another process answers."""

from dataclasses import dataclass

from sandbox import Event

NOT_YET = "not yet"


@dataclass(frozen=True)
class DrinkChosen(Event):
    order_id: str
    drink: str


chosen = {}


def choose(order_id, drink, store):
    chosen[order_id] = drink
    return store.position()


def my_order(order_id, token, db, timer):
    return chosen.get(order_id, NOT_YET)
