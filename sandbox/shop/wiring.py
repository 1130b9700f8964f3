"""Who reads what, and does what then: the shop as choreography, and as orchestration.

The rules are the same. In the choreography each service reacts to the others' facts, and
nobody has the whole in view. In the orchestration a saga has, and tells each service what
to do.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sandbox.patterns import Retry, Saga, Step
from sandbox.ports import Gateway
from sandbox.shop import email, inventory, payments, read_models, warehouse
from sandbox.shop.messages import (
    CapturePayment,
    CheckoutStarted,
    ItemsReleased,
    ItemsReserved,
    OrderCancelled,
    OrderConfirmed,
    OrderShipped,
    OutOfStock,
    PaymentCaptured,
    PaymentFailed,
    PaymentRefunded,
    ReceiptSent,
    RefundPayment,
    ReleaseReservation,
    ReserveItems,
    SendReceipt,
    ShipmentRefused,
    ShipOrder,
)
from sandbox.shop.service import Rules

WEB = "web"  # the topic on which the web shop says that a checkout was started
PATIENCE_MS = 15 * 60_000  # longer than any delay that is nothing worse


@dataclass(frozen=True)
class Wired:
    """A service's place: the topics that it reads, and its rules."""

    reads: tuple[str, ...]
    rules: Rules
    tables: Iterable[str] = ()


def choreography(gateway: Gateway, retry: Retry) -> dict[str, Wired]:
    """Each service reacts to facts. The way of an order is nowhere written down but here."""
    return {
        "inventory": Wired(
            (WEB, "payments", "warehouse"),
            {
                CheckoutStarted: inventory.reserve,
                PaymentFailed: inventory.release,
                ShipmentRefused: inventory.release,
            },
            inventory.TABLES,
        ),
        "payments": Wired(
            ("inventory", "warehouse"),
            {
                ItemsReserved: payments.capture(gateway, retry),
                ShipmentRefused: payments.refund(gateway, retry),
            },
            payments.TABLES,
        ),
        "warehouse": Wired(("payments",), {PaymentCaptured: warehouse.ship}, warehouse.TABLES),
        "email": Wired(("warehouse",), {OrderShipped: email.send("receipt")}, email.TABLES),
    }


def orchestration(gateway: Gateway, retry: Retry) -> dict[str, Wired]:
    """Each service does what it is asked to; `checkout_saga` asks."""
    return {
        "inventory": Wired(
            ("inventory-commands",),
            {ReserveItems: inventory.reserve, ReleaseReservation: inventory.release},
            inventory.TABLES,
        ),
        "payments": Wired(
            ("payments-commands",),
            {
                CapturePayment: payments.capture(gateway, retry),
                RefundPayment: payments.refund(gateway, retry),
            },
            payments.TABLES,
        ),
        "warehouse": Wired(("warehouse-commands",), {ShipOrder: warehouse.ship}, warehouse.TABLES),
        "email": Wired(("email-commands",), {SendReceipt: email.send("receipt", answer=True)}, email.TABLES),
    }


def checkout_saga(patience_ms: float = PATIENCE_MS) -> Saga:
    """Reserve, capture; then ship, which is the pivot; then the receipt, which nobody refuses."""

    def of_order(command: type, with_order: bool = True):
        def ask(heard):
            began = heard[CheckoutStarted]
            return command(began.order_id, began.order) if with_order else command(began.order_id)

        return ask

    return Saga(
        CheckoutStarted,
        [
            Step(
                "inventory-commands",
                do=of_order(ReserveItems),
                done=ItemsReserved,
                refused=OutOfStock,
                undo=of_order(ReleaseReservation, with_order=False),
                undone=ItemsReleased,
            ),
            Step(
                "payments-commands",
                do=of_order(CapturePayment),
                done=PaymentCaptured,
                refused=PaymentFailed,
                undo=of_order(RefundPayment, with_order=False),
                undone=PaymentRefunded,
            ),
            Step("warehouse-commands", of_order(ShipOrder), OrderShipped, ShipmentRefused),
            Step("email-commands", of_order(SendReceipt), ReceiptSent),
        ],
        done=lambda heard: ("orders", OrderConfirmed(heard[CheckoutStarted].order_id)),
        undone=lambda heard: ("orders", OrderCancelled(heard[CheckoutStarted].order_id, heard.because)),
        patience_ms=patience_ms,
    )


def readers() -> dict[str, Wired]:
    """Who only reads, in both shops."""
    facts = (WEB, "inventory", "payments", "warehouse", "orders")
    return {
        "pages": Wired(facts, dict.fromkeys(read_models.STATUS, read_models.turn_page), read_models.PAGES),
        "analytics": Wired(facts, dict.fromkeys(read_models.STATUS, read_models.count), read_models.NUMBERS),
    }
