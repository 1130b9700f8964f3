# With named tuples, sorted by kind
from typing import NamedTuple


class Message(NamedTuple):
    kind: str
    name: str
    fields: tuple


def event(name, *fields):
    return Message("event", name, fields)


def command(name, *fields):
    return Message("command", name, fields)


def document(name, *fields):
    return Message("document", name, fields)


def messages():
    return {
        1: event("DrinksOrdered", "order_id", "table", "drinks"),
        3: event("BellRung", "order_id"),
        4: event("CardCharged", "order_id", "cents", "currency"),
        7: event("GuestAskedForRefund", "order_id"),
        9: event("OrderSwitchedToOatMilk", "order_id"),
        10: event("LastRollSold", "product_id", "order_id"),
        2: command("BrewCoffee", "order_id", "drinks"),
        6: command("GiveMoneyBack", "order_id", "cents"),
        11: command("MakeCinnamonRolls", "count", "due"),
        5: document("CustomerRecord", "customer_id", "profile"),
        8: document("MenuForTomorrow", "sections"),
        12: document("EndOfDayReport", "date", "orders", "takings"),
    }
