"""What only the simulator promises: the same seed, the same run."""

from dataclasses import dataclass

import pytest

from sandbox import Event, connect
from sandbox.errors import RunDidNotEnd


@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str


def shop(seed):
    """A run that leaves much to chance: no keys, three partitions, two members, two groups."""
    bus = connect("sim://", seed=seed)
    orders = bus.create_topic("orders", partitions=3)
    seen = []
    bus.subscribe(orders, group="billing", handle=lambda r: seen.append(("billing", r.place)))
    bus.subscribe(orders, group="billing", handle=lambda r: seen.append(("billing-2", r.place)))
    bus.subscribe(orders, group="email", handle=lambda r: seen.append(("email", r.place)))
    published = [bus.publish(orders, OrderPlaced(f"A-{n}")) for n in range(12)]
    bus.run()
    return seen, [(r.place, r.envelope) for r in published], repr(bus.trace)


@pytest.mark.parametrize("seed", range(5))
def test_the_same_seed_gives_the_same_run(seed):
    assert shop(seed) == shop(seed)


def test_what_is_not_guaranteed_is_shuffled():
    runs = [shop(seed) for seed in range(5)]
    assert len({str(seen) for seen, _, _ in runs}) == 5
    assert len({str([place for place, _ in published]) for _, published, _ in runs}) == 5


def test_handlers_that_feed_each_other_in_a_circle_are_stopped():
    bus = connect("sim://")
    orders = bus.create_topic("orders")
    bus.subscribe(orders, group="echo", handle=lambda r: bus.publish(orders, r.event))
    bus.publish(orders, OrderPlaced("A-1"))
    with pytest.raises(RunDidNotEnd, match="in a circle"):
        bus.run()


def test_ids_and_times_are_the_same_on_every_machine():
    bus = connect("sim://")
    record = bus.publish(bus.create_topic("orders"), OrderPlaced("A-1"))
    assert (record.envelope.id, record.envelope.time.isoformat()) == (
        "evt-1",
        "2026-01-01T09:00:00.001000+00:00",
    )


def test_a_class_defined_anew_is_the_one_that_is_read():
    bus = connect("sim://")
    orders = bus.create_topic("orders")
    old = OrderPlaced
    bus.publish(orders, old("A-1"))
    new = dataclass(frozen=True)(
        type("OrderPlaced", (Event,), {"__annotations__": {"order_id": str}, "__module__": __name__})
    )
    (record,) = bus.consumer(orders, group="billing").poll()
    assert type(record.event) is new


def test_a_class_of_the_same_name_in_another_module_does_not_get_in_the_way():
    bus = connect("sim://")
    orders = bus.create_topic("orders")
    bus.publish(orders, OrderPlaced("A-1"))
    type("OrderPlaced", (Event,), {"__module__": "another_shop"})
    (record,) = bus.consumer(orders, group="billing").poll()
    assert record.event == OrderPlaced("A-1")


def test_of_two_classes_of_one_name_the_one_that_was_published_last_is_read():
    """They take turns here, so the bus has to look at each class anew."""
    bus = connect("sim://")
    orders = bus.create_topic("orders")
    fields = {"__annotations__": {"order_id": str}, "__module__": "another_shop"}
    other = dataclass(frozen=True)(type("OrderPlaced", (Event,), fields))
    consumer = bus.consumer(orders, group="billing")
    for number, cls in enumerate((OrderPlaced, other, OrderPlaced, other)):
        bus.publish(orders, cls(f"A-{number}"))
        (record,) = consumer.poll()
        assert type(record.event) is cls


def test_a_member_walks_through_its_partitions_in_their_order():
    """A plain set's order differs from process to process, and so would the trace of a loop over it."""
    bus = connect("sim://")
    bus.create_topic("orders", partitions=12)
    member = bus.consumer("orders", group="bar")
    assert list(member.assignment) == [("orders", number) for number in range(12)]
    assert repr(member.assignment).startswith("{('orders', 0), ('orders', 1), ")
