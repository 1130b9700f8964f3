"""Where the model and Kafka once differed: what the random programs found (docs/adr/0005)."""

from dataclasses import dataclass

import pytest

from sandbox import Event
from sandbox.errors import InvalidOffset, OffsetOutOfRange, ProducerFenced


@dataclass(frozen=True)
class Sold(Event):
    number: int


@pytest.fixture
def sales(bus):
    return bus.create_topic("sales", partitions=2)


def test_a_member_without_a_place_to_begin_has_no_position(bus, sales):
    reader = bus.consumer(sales, "books", auto_offset_reset="none")
    with pytest.raises(OffsetOutOfRange, match=r"sales\[0\].*sales\[1\]"):
        reader.position()


def test_a_committed_zero_is_a_commit(bus, sales):
    first = bus.consumer(sales, "books")
    first.commit()
    first.close()
    assert bus.consumer(sales, "books", auto_offset_reset="none").position() == {
        ("sales", 0): 0,
        ("sales", 1): 0,
    }


def test_a_position_beyond_the_end_is_not_committed(bus, sales):
    reader = bus.consumer(sales, "books")
    reader.seek(1, 3)
    with pytest.raises(InvalidOffset, match=r"offset 3 of sales\[1\]: the log ends at 0"):
        reader.commit()
    assert reader.committed() == {("sales", 0): 0, ("sales", 1): 0}


def test_members_that_read_different_topics_are_dealt_to_by_turns(bus, sales):
    other = bus.create_topic("other", partitions=3)
    one = bus.consumer([sales, other], "books", assignor="roundrobin")
    two = bus.consumer(other, "books", assignor="roundrobin")
    assert one.assignment | two.assignment == {("sales", n) for n in range(2)} | {
        ("other", n) for n in range(3)
    }
    assert {topic for topic, _ in two.assignment} == {"other"}


def test_a_zombie_may_begin_and_learns_at_its_first_record(bus, sales):
    zombie = bus.producer(transactional_id="till")
    bus.producer(transactional_id="till")
    with pytest.raises(ProducerFenced), zombie.transaction():
        zombie.publish(sales, Sold(1), key="A")
    with pytest.raises(ProducerFenced), zombie.transaction():
        pass


def test_a_zombies_empty_transaction_does_no_harm(bus, sales):
    zombie = bus.producer(transactional_id="till")
    bus.producer(transactional_id="till")
    with zombie.transaction():
        pass


@pytest.mark.parametrize("how", ["commits", "aborts"])
def test_a_fence_that_the_block_swallows_still_counts(bus, sales, how):
    zombie = bus.producer(transactional_id="till")
    bus.producer(transactional_id="till")
    with pytest.raises(ProducerFenced if how == "commits" else ZeroDivisionError), zombie.transaction():
        with pytest.raises(ProducerFenced):
            zombie.publish(sales, Sold(1), key="A")
        if how == "aborts":
            raise ZeroDivisionError
