"""What only the simulator can be told; a real broker says why not."""

from dataclasses import dataclass

import pytest

from sandbox import Event
from sandbox.errors import NotSupportedHere


@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str


@pytest.fixture
def only_on_the_simulator(bus, request, record_property):
    """Does something there, and expects a refusal with a reason elsewhere."""

    def check(call):
        if "simulator" in request.node.callspec.id:
            return call()
        with pytest.raises(NotSupportedHere, match="sim://") as refusal:
            call()
        return record_property("refused", str(refusal.value))

    return check


@pytest.fixture
def consumer(bus):
    return bus.consumer(bus.create_topic("orders"), "billing")


def test_an_acknowledged_record_can_be_lost(bus, only_on_the_simulator):
    only_on_the_simulator(lambda: bus.faults.drop("till", 1))


def test_a_client_and_the_broker_can_be_split(bus, only_on_the_simulator):
    only_on_the_simulator(lambda: bus.faults.split("billing"))


def test_a_split_can_be_healed(bus, only_on_the_simulator):
    only_on_the_simulator(lambda: bus.faults.heal("billing"))


def test_a_member_can_be_frozen(consumer, only_on_the_simulator):
    only_on_the_simulator(consumer.freeze)


def test_a_member_can_crash_unnoticed(consumer, only_on_the_simulator):
    only_on_the_simulator(lambda: consumer.crash(unnoticed=True))


def test_there_are_queues(bus, only_on_the_simulator):
    only_on_the_simulator(lambda: bus.create_queue("letters"))


def test_a_day_passes_in_no_time(bus, only_on_the_simulator):
    only_on_the_simulator(lambda: bus.clock.advance(86_400_000))
