"""The shop sells under faults, and its books balance; where something is broken, they say so."""

import subprocess
import sys
from collections import Counter

import pytest

from sandbox.errors import CacheUnreachable, PaymentDeclined, RunDidNotEnd, UsageError
from sandbox.shop import Line, Order, open_shop
from sandbox.shop.read_models import BEST_SELLERS
from sandbox.shop.run import run_day
from sandbox.shop.service import Service
from sandbox.sim import SimulatedBus, SimulatedGateway
from sandbox.store import connect_cache

STYLES = ("choreography", "orchestration")


@pytest.fixture(params=STYLES)
def style(request):
    return request.param


def order(customer="Ada", country="Portugal", count=2):
    return Order(customer, country, (Line("oat beans", count), Line("espresso cup", 1)), 3430)


@pytest.mark.parametrize(
    ("wanted", "says", "left"),
    [
        (order(), "shipped", (98, 99)),
        (order(count=101), "cancelled: out of stock", (100, 100)),
        (order("Bo"), "cancelled: not paid", (100, 100)),
        (order(country="the Moon"), "cancelled: can't be sent", (100, 100)),
    ],
)
def test_each_order_ends_and_leaves_no_trace_where_it_was_cancelled(sim, style, wanted, says, left):
    gateway = SimulatedGateway({"Bo": 100})
    shop = open_shop(sim, style, gateway=gateway)
    shop.place("A-1", wanted)
    shop.run()
    (page,) = shop.services["pages"].db.execute("SELECT * FROM order_pages")
    stock = {
        row["item"]: row["remaining"] for row in shop.services["inventory"].db.execute("SELECT * FROM stock")
    }
    assert (page["status"], stock["oat beans"], stock["espresso cup"]) == (says, *left)
    assert sum(entry.cents * (1 if entry in gateway.charges else -1) for entry in gateway.ledger) == (
        3430 if says == "shipped" else 0
    )
    assert shop.books().balance, shop.books()


@pytest.mark.parametrize("seed", range(4))
def test_under_faults_nothing_is_lost_and_nothing_twice(style, seed):
    day = run_day(SimulatedBus(seed=seed), style, 150, faults=0.08, seed=seed, progress=None)
    assert day.books.balance, day
    assert set(day.faults) == {"crash", "duplicate", "delay", "fail"}
    assert day.books.placed == day.books.shipped + sum(day.books.cancelled.values()) == 150
    assert day.books.captured - day.books.refunded == day.books.revenue > 0


def test_on_every_bus_under_faults(bus, style):
    day = run_day(bus, style, 25, faults=0.03, progress=None)
    assert day.books.balance, day
    assert day.faults


def test_the_same_seed_is_the_same_day(style):
    one, other = (
        run_day(SimulatedBus(seed=5), style, 60, faults=0.05, seed=5, progress=None) for _ in range(2)
    )
    assert repr(one) == repr(other)


def test_an_order_that_is_placed_twice_is_one(style):
    shop = open_shop(SimulatedBus(), style)
    for _ in range(2):
        shop.place("A-1", order())
        shop.run()
    assert (shop.books().placed, shop.books().shipped, shop.books().receipts) == (1, 1, 1)


def test_a_day_in_files_goes_on_where_it_was_interrupted(tmp_path, style):
    for _ in range(2):  # all orders come again, as after a restart
        day = run_day(SimulatedBus(), style, 40, folder=tmp_path, progress=None)
        assert day.books.placed == 40
        # The second bus is a new one: its best-sellers are shown again from the files.
        assert day.books.balance, day


def test_the_best_sellers_are_what_was_sold(style):
    cache = connect_cache()
    run_day(SimulatedBus(), style, 50, cache=cache, progress=None)
    first, second = cache.zrange(BEST_SELLERS, 0, 1, desc=True, withscores=True)
    assert first[0] == "oat beans"
    assert first[1] > second[1] > 0


def test_its_map_says_who_leads(style):
    shop = open_shop(SimulatedBus(), style)
    found = shop.map()
    published = {topic for topics in found["publishes"].values() for topic in topics}
    assert {topic for topics in found["reads"].values() for topic in topics} <= published
    leads = {name for name, topics in found["publishes"].items() if len(topics) > 1}
    assert leads == ({"checkout"} if style == "orchestration" else set())


def test_a_part_of_its_map_has_the_topics_in_between():
    part = open_shop(SimulatedBus(), "orchestration").map("checkout", "payments")
    assert part == {
        "publishes": {"checkout": ["payments-commands"], "payments": ["payments"]},
        "reads": {"checkout": ["payments"], "payments": ["payments-commands"]},
    }


# The books can fail: each of these is a bug that somebody has made


def broken_day(monkeypatch, style, **rules):
    """A day in a shop of which some rules are broken."""
    init = Service.__init__

    def broken(self, name, db, clock, tables, table):
        for kind, rule in rules.items():
            table = {message: rule if message.__name__ == kind else old for message, old in table.items()}
        init(self, name, db, clock, tables, table)

    monkeypatch.setattr(Service, "__init__", broken)
    return run_day(SimulatedBus(), style, 150, progress=None, faults=0.02).books


def nothing(db, message):
    return []


@pytest.mark.parametrize(
    ("kind", "problem"),
    [
        ("PaymentFailed", "has items set aside"),  # nobody releases
        ("ShipmentRefused", "due"),  # nobody refunds
        ("OrderShipped", "0 receipts"),
        ("ItemsReserved", "has not ended"),
    ],
)
def test_what_is_forgotten_is_found(monkeypatch, kind, problem):
    books = broken_day(monkeypatch, "choreography", **{kind: nothing})
    assert any(problem in line for line in books.problems), books
    assert "does not balance" in repr(books)


def test_a_charge_with_a_new_key_each_time_is_found(monkeypatch):
    keys = Counter()

    def charge(self, account, cents, *, idempotency_key):
        keys[idempotency_key] += 1
        return real(self, account, cents, idempotency_key=f"{idempotency_key} {keys[idempotency_key]}")

    real = SimulatedGateway.charge
    monkeypatch.setattr(SimulatedGateway, "charge", charge)
    books = run_day(SimulatedBus(), "choreography", 60, faults=0.1, progress=None).books
    assert not books.balance


def test_a_handler_without_an_inbox_is_found(monkeypatch):
    monkeypatch.setattr("sandbox.patterns.inbox.Inbox.first_time", lambda self, record: True)
    with pytest.raises(Exception) as error:  # what is written twice breaks a table, or else the books
        books = run_day(SimulatedBus(), "choreography", 60, faults=0.05, progress=None).books
        assert books.balance, books
    assert not isinstance(error.value, (PaymentDeclined, UsageError))


# Bad input


def test_a_redis_that_has_gone_stops_the_shop_with_its_name(style):
    class Gone:
        def zadd(self, *args):
            raise CacheUnreachable("no answer from the Redis at nowhere")

    shop = open_shop(SimulatedBus(), style, cache=Gone())
    shop.place("A-1", order())
    with pytest.raises(RunDidNotEnd, match="no answer from the Redis at nowhere"):
        shop.run()
    shop.cache = connect_cache()
    shop.run()
    assert shop.books().balance


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"orders": 0}, "one order or more, not 0"),
        ({"faults": 0.6}, "from 0 to 0.5, not 0.6"),
        ({"style": "ballet"}, "not as 'ballet'"),
    ],
)
def test_a_day_that_can_not_be_is_refused(wrong, problem):
    with pytest.raises(UsageError, match=problem):
        run_day(SimulatedBus(), **{"style": "choreography", "orders": 5, "progress": None} | wrong)


def test_from_the_terminal():
    def shop(*options, bus="sim://"):
        return subprocess.run(
            [sys.executable, "-m", "sandbox", "shop", "--orders", "30", *options],
            capture_output=True,
            text=True,
            env={"PATH": "", "SANDBOX_BUS": bus},
        )

    day = shop("--style", "orchestration")
    assert day.returncode == 0, day.stderr
    assert "It balances: nothing lost, nothing twice." in day.stdout
    assert "30/30" in day.stderr
    for wrong, said in (("--faults=2", "from 0 to 0.5"), ("--style=ballet", "invalid choice")):
        refused = shop(wrong)
        assert refused.returncode == 3
        assert said in refused.stderr
    nowhere = shop(bus="kafka://localhost:1")
    assert nowhere.returncode == 3
    assert "make kafka" in nowhere.stderr
