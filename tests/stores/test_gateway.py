"""What every payment provider promises: one effect for a key, a ledger that says so."""

import pytest

from sandbox.errors import GatewayTimeout, IdempotencyKeyReused, PaymentDeclined, UsageError
from sandbox.sim import SimulatedGateway, UnreliableGateway
from sandbox.store import SqliteDatabase, SqliteGateway

LIMITS = {"Bo": 500}


@pytest.fixture(params=["simulated", "file", "unreliable"])
def gateway(request, tmp_path):
    if request.param == "file":
        return SqliteGateway(SqliteDatabase(tmp_path / "provider.sqlite"), LIMITS)
    made = SimulatedGateway(LIMITS)
    return UnreliableGateway(made) if request.param == "unreliable" else made


def test_a_charge_is_in_the_ledger(gateway):
    charge = gateway.charge("Ada", 420, idempotency_key="A-1")
    assert (charge.id, charge.account, charge.cents) == ("charge-1", "Ada", 420)
    assert list(gateway.ledger) == [charge]


def test_the_same_request_gives_the_first_answer_again(gateway):
    first = gateway.charge("Ada", 420, idempotency_key="A-1")
    assert gateway.charge("Ada", 420, idempotency_key="A-1") == first
    refund = gateway.refund(first.id, idempotency_key="R-1")
    assert gateway.refund(first.id, idempotency_key="R-1") == refund
    assert list(gateway.ledger) == [first, refund]
    assert (refund.id, refund.charge_id, refund.cents) == ("refund-2", "charge-1", 420)


def test_a_key_of_another_request_is_refused(gateway):
    gateway.charge("Ada", 420, idempotency_key="A-1")
    for account, cents in (("Ada", 421), ("Bo", 420)):
        with pytest.raises(IdempotencyKeyReused, match="'A-1'"):
            gateway.charge(account, cents, idempotency_key="A-1")
    assert len(gateway.ledger) == 1


def test_a_limit_holds_over_all_charges(gateway):
    gateway.charge("Bo", 300, idempotency_key="A-1")
    with pytest.raises(PaymentDeclined, match="good for 200 cents"):
        gateway.charge("Bo", 300, idempotency_key="A-2")
    assert gateway.charge("Bo", 200, idempotency_key="A-2").cents == 200


def test_a_charge_is_refunded_once(gateway):
    charge = gateway.charge("Ada", 420, idempotency_key="A-1")
    gateway.refund(charge.id, idempotency_key="R-1")
    with pytest.raises(PaymentDeclined, match="refunded before"):
        gateway.refund(charge.id, idempotency_key="R-2")
    with pytest.raises(UsageError, match="no charge"):
        gateway.refund("charge-9", idempotency_key="R-3")


@pytest.mark.parametrize("cents", [0, -1, 1.5, "4"])
def test_an_amount_that_is_none_is_refused(gateway, cents):
    with pytest.raises(UsageError, match="whole number of cents"):
        gateway.charge("Ada", cents, idempotency_key="A-1")


@pytest.mark.parametrize("key", ["", None, 7])
def test_a_key_that_is_none_is_refused(gateway, key):
    with pytest.raises(UsageError, match="names the intent"):
        gateway.charge("Ada", 420, idempotency_key=key)


def test_a_file_is_there_after_a_restart(tmp_path):
    for _ in range(2):
        with SqliteDatabase(tmp_path / "provider.sqlite") as db:
            gateway = SqliteGateway(db, LIMITS)
            gateway.charge("Bo", 300, idempotency_key="A-1")
            with pytest.raises(PaymentDeclined, match="good for 200"):
                gateway.charge("Bo", 300, idempotency_key="A-2")
            assert repr(gateway) == "Gateway with 1 entries in its ledger"


@pytest.mark.parametrize(("lost", "done"), [("request", 0), ("response", 1)])
def test_a_call_that_times_out_was_done_or_not(lost, done):
    gateway = UnreliableGateway(SimulatedGateway())
    gateway.fail(lost)
    with pytest.raises(GatewayTimeout):
        gateway.charge("Ada", 420, idempotency_key="A-1")
    assert len(gateway.ledger) == done
    gateway.charge("Ada", 420, idempotency_key="A-1")
    assert len(gateway.ledger) == 1


def test_so_many_answers_get_lost_as_was_asked_for():
    def failures(seed):
        gateway, lost = UnreliableGateway(SimulatedGateway(), rate=0.2, seed=seed), 0
        for number in range(1_000):
            try:
                gateway.charge("Ada", 420, idempotency_key=str(number))
            except GatewayTimeout:
                lost += 1
        return lost, 1_000 - len(gateway.ledger)

    lost, never_heard = failures(3)
    assert 150 < lost < 250
    assert lost * 0.3 < never_heard < lost * 0.7
    assert failures(3) == (lost, never_heard)


def test_wrong_rates_and_ways_are_refused():
    with pytest.raises(UsageError, match="probability"):
        UnreliableGateway(SimulatedGateway(), rate=5)
    with pytest.raises(UsageError, match="response"):
        UnreliableGateway(SimulatedGateway()).fail("late")
