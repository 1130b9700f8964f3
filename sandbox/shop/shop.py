"""The shop, put together on a bus."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Literal

from sandbox.errors import Crashed, RunDidNotEnd, SandboxError, UsageError
from sandbox.patterns import Outbox, ProcessManager, Relay, Retry, RetryPolicy, SagaState
from sandbox.ports import Bus, Cache, Database, Gateway
from sandbox.shop import inventory
from sandbox.shop.books import Books, audit
from sandbox.shop.messages import CheckoutStarted, Order
from sandbox.shop.read_models import show_best_sellers
from sandbox.shop.service import Service
from sandbox.shop.wiring import PATIENCE_MS, WEB, checkout_saga, choreography, orchestration, readers
from sandbox.sim import SimulatedGateway
from sandbox.store import SqliteDatabase, connect_cache

Style = Literal["choreography", "orchestration"]
STOCK = {"oat beans": 100, "dark roast": 100, "espresso cup": 100}
PARTITIONS = 3
ANSWERS = (WEB, "inventory", "payments", "warehouse", "email")  # what the orchestrator reads
TROUBLES_MAX = 100  # rounds in a row that got nowhere
ORDERS = """
CREATE TABLE IF NOT EXISTS orders (order_id TEXT PRIMARY KEY, customer TEXT NOT NULL, cents INTEGER NOT NULL)
"""


class Shop:
    """All services of the shop, in one process; each has a database of its own."""

    def __init__(
        self,
        bus: Bus,
        style: Style,
        open_db: Callable[[str], Database],
        gateway: Gateway,
        cache: Cache,
        stock: Mapping[str, int],
        patience_ms: float,
    ) -> None:
        if style not in ("choreography", "orchestration"):
            raise UsageError(f"the shop runs as choreography or as orchestration, not as {style!r}.")
        self.bus, self.style, self.gateway, self.cache = bus, style, gateway, cache
        self.stock = dict(stock)
        self._patience_ms = patience_ms
        self.web = open_db("web")
        self.web.execute(ORDERS)
        self.web_outbox = Outbox(self.web, bus.clock)
        retry = Retry(RetryPolicy(attempts=4, first_ms=5), bus.clock, seed=0)
        wire = choreography if style == "choreography" else orchestration
        self._wired = wire(gateway, retry) | readers()
        self.services = {
            name: Service(name, open_db(name), bus.clock, wired.tables, wired.rules)
            for name, wired in self._wired.items()
        }
        self.saga = self._open_saga(open_db) if style == "orchestration" else None
        inventory.fill(self.services["inventory"].db, stock)
        self._relays = [service.relay(bus) for service in self.services.values()]
        self._relays.append(Relay(self.web_outbox, bus, name="web relay"))
        if self.saga:
            self._relays.append(Relay(self.saga.outbox, bus, name="checkout relay"))
        self._subscribe()

    def __repr__(self) -> str:
        return f"The shop, as {self.style}: {', '.join(self.services)}"

    def place(self, order_id: str, order: Order) -> None:
        """A customer orders: it is in the web shop's database, with the event that says so, or not at all.

        The same order placed again changes nothing.
        """
        with self.web.transaction():
            known = self.web.execute("SELECT 1 FROM orders WHERE order_id = ?", [order_id])
            if not known:
                self.web.execute(
                    "INSERT INTO orders VALUES (?, ?, ?)", [order_id, order.customer, order.cents]
                )
                self.web_outbox.add(WEB, CheckoutStarted(order_id, order), key=order_id, subject=order_id)

    def run(self) -> None:
        """Let everyone work until nothing is left to do.

        Whoever crashes is started again, and whatever may pass is tried again. Raises any
        other error, and `RunDidNotEnd` where the shop gets nowhere.
        """
        troubles = 0
        while True:
            try:
                moved, trouble = self._round(), None
            except Crashed as crash:
                moved, trouble = True, crash
            except SandboxError as error:
                if not error.retriable:
                    raise
                moved, trouble = True, error
            troubles = troubles + 1 if trouble else 0
            if troubles > TROUBLES_MAX:
                raise RunDidNotEnd(
                    f"{TROUBLES_MAX} times in a row the shop got nowhere: {trouble}"
                ) from trouble
            if not moved and not self._wait_for_the_saga():
                return

    def books(self) -> Books:
        """Does it balance? See `Books`."""
        return audit(self)

    def map(self, *only: str) -> dict[str, dict[str, list[str]]]:
        """Who publishes to which topic, and who reads it, as `sandbox.views.topology` takes it.

        Analytics and the order pages, which read every fact, are left out. `only` names the
        services that are shown, with the topics between them.
        """
        reads = {name: list(wired.reads) for name, wired in self._wired.items() if name not in readers()}
        publishes = {WEB: [WEB]}
        if self.saga:
            commands = [topic for topics in reads.values() for topic in topics if topic.endswith("-commands")]
            reads["checkout"] = list(ANSWERS)
            publishes["checkout"] = [*commands, "orders"]
        heard = {topic for topics in reads.values() for topic in topics}
        publishes |= {name: [name] for name in self._wired if name in heard}
        if only:
            publishes = {name: publishes[name] for name in only if name in publishes}
            reads = {name: reads[name] for name in only if name in reads}
            between = {t for ts in publishes.values() for t in ts} & {t for ts in reads.values() for t in ts}
            for topics in [*publishes.values(), *reads.values()]:
                topics[:] = [topic for topic in topics if topic in between]
        return {"publishes": publishes, "reads": reads}

    def close(self) -> None:
        """Let go of the databases."""
        self.web.close()
        for service in self.services.values():
            service.db.close()
        if self.saga:
            self.saga.db.close()

    def _round(self) -> bool:
        """Everyone's turn once; has anything moved?"""
        said = 0
        for relay in self._relays:
            with suppress(Crashed):  # it is started again in the next round
                said += relay.run()
        handled = self.bus.run().total
        woken = self.saga.wake() if self.saga else 0
        show_best_sellers(self.services["analytics"].db, self.cache)
        return bool(said or handled or woken or self._waiting())

    def _waiting(self) -> int:
        outboxes = [relay.outbox for relay in self._relays]
        return sum(map(len, outboxes))

    def _wait_for_the_saga(self) -> bool:
        """Let time pass where a saga has still to hear something, as it will ask again then."""
        due = self.saga.next_wake() if self.saga else None
        if due:
            self.bus.clock.advance(max((due - self.bus.clock.now()).total_seconds() * 1000, 0))
        return due is not None

    def _open_saga(self, open_db: Callable[[str], Database]) -> ProcessManager[SagaState]:
        return ProcessManager(
            open_db("checkout"),
            "checkout",
            SagaState,
            checkout_saga(self._patience_ms).react,
            about=lambda event: getattr(event, "order_id", None),
            clock=self.bus.clock,
        )

    def _subscribe(self) -> None:
        commands = {name for wired in self._wired.values() for name in wired.reads}
        for topic in sorted(commands | {WEB, "orders", *self._wired}):
            self.bus.create_topic(topic, partitions=PARTITIONS)
        for name, wired in self._wired.items():
            self.bus.subscribe(list(wired.reads), group=name, handle=self.services[name].handle)
        if self.saga:
            self.bus.subscribe(list(ANSWERS), group="checkout", handle=self.saga.handle)


def open_shop(
    bus: Bus,
    style: Style = "choreography",
    *,
    folder: Path | None = None,
    gateway: Gateway | None = None,
    cache: Cache | None = None,
    stock: Mapping[str, int] = STOCK,
    patience_ms: float = PATIENCE_MS,
) -> Shop:
    """A shop on `bus`: its databases in memory, or as files in `folder`, where they outlive it."""

    def open_db(name: str) -> Database:
        return SqliteDatabase(folder / f"{name}.sqlite") if folder else SqliteDatabase(name=name)

    made = gateway if gateway is not None else SimulatedGateway()
    return Shop(
        bus, style, open_db, made, cache if cache is not None else connect_cache(), stock, patience_ms
    )
