"""What the shop's services say to each other. Each fact carries the order, so nobody has to ask back."""

from dataclasses import dataclass

from sandbox.messages import Command, Event


@dataclass(frozen=True)
class Line:
    """So many of one item."""

    item: str
    count: int


@dataclass(frozen=True)
class Order:
    """What a customer wants, and what it costs."""

    customer: str
    country: str
    lines: tuple[Line, ...]
    cents: int


# Facts, each on the topic of the service that says it


@dataclass(frozen=True)
class CheckoutStarted(Event, type="shop.CheckoutStarted"):
    """The web shop: a customer wants this."""

    order_id: str
    order: Order


@dataclass(frozen=True)
class ItemsReserved(Event, type="shop.ItemsReserved"):
    """Inventory: set aside."""

    order_id: str
    order: Order


@dataclass(frozen=True)
class OutOfStock(Event, type="shop.OutOfStock"):
    """Inventory: there is not enough of `item`, so nothing was set aside."""

    order_id: str
    item: str


@dataclass(frozen=True)
class ItemsReleased(Event, type="shop.ItemsReleased"):
    """Inventory: nothing is set aside for it any more."""

    order_id: str


@dataclass(frozen=True)
class PaymentCaptured(Event, type="shop.PaymentCaptured"):
    """Payments: the customer's money has moved."""

    order_id: str
    order: Order


@dataclass(frozen=True)
class PaymentFailed(Event, type="shop.PaymentFailed"):
    """Payments: it was declined, and no money has moved."""

    order_id: str
    reason: str


@dataclass(frozen=True)
class PaymentRefunded(Event, type="shop.PaymentRefunded"):
    """Payments: the money is back where it was."""

    order_id: str
    cents: int


@dataclass(frozen=True)
class OrderShipped(Event, type="shop.OrderShipped"):
    """Warehouse: it is on its way, and nobody can call it back."""

    order_id: str
    order: Order


@dataclass(frozen=True)
class ShipmentRefused(Event, type="shop.ShipmentRefused"):
    """Warehouse: it can't be sent there."""

    order_id: str
    country: str


@dataclass(frozen=True)
class ReceiptSent(Event, type="shop.ReceiptSent"):
    """Email: the customer has it in writing."""

    order_id: str


@dataclass(frozen=True)
class OrderConfirmed(Event, type="shop.OrderConfirmed"):
    """The orchestrator: all is done."""

    order_id: str


@dataclass(frozen=True)
class OrderCancelled(Event, type="shop.OrderCancelled"):
    """The orchestrator: all that was done is made up for."""

    order_id: str
    because: str


# Commands, for the orchestrated shop alone


@dataclass(frozen=True)
class ReserveItems(Command, type="shop.ReserveItems"):
    """For inventory, who may refuse."""

    order_id: str
    order: Order


@dataclass(frozen=True)
class ReleaseReservation(Command, type="shop.ReleaseReservation"):
    """For inventory: makes up for `ReserveItems`, done or not."""

    order_id: str


@dataclass(frozen=True)
class CapturePayment(Command, type="shop.CapturePayment"):
    """For payments, who may refuse."""

    order_id: str
    order: Order


@dataclass(frozen=True)
class RefundPayment(Command, type="shop.RefundPayment"):
    """For payments: makes up for `CapturePayment`, done or not."""

    order_id: str


@dataclass(frozen=True)
class ShipOrder(Command, type="shop.ShipOrder"):
    """For the warehouse, who may refuse."""

    order_id: str
    order: Order


@dataclass(frozen=True)
class SendReceipt(Command, type="shop.SendReceipt"):
    """For email."""

    order_id: str
    order: Order
