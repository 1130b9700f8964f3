# With one frozen dataclass for each message, as in the lesson
from dataclasses import fields, make_dataclass

from sandbox import Command, Event


class Document:
    pass


def shape(base, name, text):
    return make_dataclass(name, text.split(), bases=(base,), frozen=base is not Document)


SHAPES = [
    shape(Event, "OrderTaken", "order_id table drinks"),
    shape(Command, "FulfilOrder", "order_id drinks"),
    shape(Event, "OrderCompleted", "order_id"),
    shape(Event, "PaymentTaken", "payment_id order_id cents"),
    shape(Document, "CustomerProfile", "customer_id name birthday stamps"),
    shape(Command, "IssueRefund", "order_id cents"),
    shape(Event, "MoneyReclaimed", "order_id cents"),
    shape(Document, "Menu", "day sections prices"),
    shape(Event, "OatMilkChosen", "order_id drink_number"),
    shape(Event, "StockExhausted", "product_id"),
    shape(Command, "BakeCinnamonRolls", "count ready_by"),
    shape(Document, "TakingsReport", "day orders total"),
]


def messages():
    return {
        number: (
            shape.__base__.__name__.lower(),
            shape.__name__,
            [field.name for field in fields(shape)],
        )
        for number, shape in enumerate(SHAPES, start=1)
    }
