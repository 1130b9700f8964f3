"""Positions: replay, skip, pause, and where a reader begins that has none."""

from dataclasses import dataclass

import pytest

from sandbox import Event
from sandbox.errors import InvalidHeader, InvalidOffset, NotAssigned, OffsetOutOfRange, UsageError


@dataclass(frozen=True)
class ParcelPosted(Event):
    parcel: int


@pytest.fixture
def parcels(bus):
    """A topic of one partition with five parcels."""
    topic = bus.create_topic("parcels")
    for number in range(5):
        bus.publish(topic, ParcelPosted(number), key="P")
    return topic


def numbers(records):
    return [record.event.parcel for record in records]


def test_a_replay_reads_everything_again_and_commits_nothing(bus, parcels):
    consumer = bus.consumer(parcels, group="billing")
    consumer.poll()
    consumer.commit()
    consumer.seek_to_beginning()
    assert numbers(consumer.poll()) == [0, 1, 2, 3, 4]
    assert consumer.committed() == {("parcels", 0): 5}


def test_a_seek_goes_to_an_offset_and_no_further(bus, parcels):
    consumer = bus.consumer(parcels, group="billing")
    consumer.seek(0, 3)
    assert consumer.position() == {("parcels", 0): 3}
    assert numbers(consumer.poll()) == [3, 4]
    assert consumer.position() == {("parcels", 0): 5}


def test_the_end_can_be_sought(bus, parcels):
    consumer = bus.consumer(parcels, group="billing")
    consumer.seek_to_end()
    assert consumer.poll() == []
    bus.publish(parcels, ParcelPosted(5), key="P")
    assert numbers(consumer.poll()) == [5]


def test_an_offset_beyond_the_end_is_reset(bus, parcels):
    consumer = bus.consumer(parcels, group="billing")
    consumer.seek(0, 99)
    assert numbers(consumer.poll()) == [0, 1, 2, 3, 4]


def test_a_negative_offset_is_refused(bus, parcels):
    consumer = bus.consumer(parcels, group="billing")
    with pytest.raises(InvalidOffset, match="-1"):
        consumer.seek(0, -1)
    assert numbers(consumer.poll()) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("call", ["seek", "pause", "resume"])
def test_a_partition_of_someone_else_is_refused(bus, parcels, call):
    consumer = bus.consumer(parcels, group="billing")
    with pytest.raises(NotAssigned, match=r"parcels\[7\].*its partitions: parcels\[0\]"):
        consumer.seek(7, 0) if call == "seek" else getattr(consumer, call)(7)


def test_a_poll_can_be_kept_small(bus, parcels):
    consumer = bus.consumer(parcels, group="billing")
    assert [numbers(consumer.poll(max_records=2)) for _ in range(4)] == [[0, 1], [2, 3], [4], []]


def test_a_group_without_commits_may_begin_at_the_end(bus, parcels):
    consumer = bus.consumer(parcels, group="billing", auto_offset_reset="latest")
    bus.publish(parcels, ParcelPosted(5), key="P")
    assert numbers(consumer.poll()) == [5]


def test_a_committed_offset_counts_before_the_reset(bus, parcels):
    with bus.consumer(parcels, group="billing") as consumer:
        consumer.commit(consumer.poll()[1])
    consumer = bus.consumer(parcels, group="billing", auto_offset_reset="latest")
    assert numbers(consumer.poll()) == [2, 3, 4]


def test_without_a_reset_nothing_is_guessed(bus, parcels):
    consumer = bus.consumer(parcels, group="billing", auto_offset_reset="none")
    with pytest.raises(OffsetOutOfRange, match="auto_offset_reset='none'"):
        consumer.poll()
    consumer.seek(0, 2)
    assert numbers(consumer.poll()) == [2, 3, 4]


def test_an_unknown_reset_is_refused(bus, parcels):
    with pytest.raises(UsageError, match="earliest, latest, none"):
        bus.consumer(parcels, group="billing", auto_offset_reset="newest")


def test_a_paused_partition_gives_nothing_until_it_is_resumed(bus, parcels):
    consumer = bus.consumer(parcels, group="billing")
    consumer.pause(0)
    assert consumer.poll() == []
    consumer.resume(0)
    assert numbers(consumer.poll()) == [0, 1, 2, 3, 4]


def test_all_partitions_can_be_paused_at_once(bus):
    topic = bus.create_topic("parcels", partitions=3)
    consumer = bus.consumer(topic, group="billing")
    for number in range(9):
        bus.publish(topic, ParcelPosted(number), key=str(number))
    consumer.pause()
    assert consumer.poll() == []
    consumer.resume()
    assert len(consumer.poll()) == 9


def test_a_rebalance_ends_a_pause(bus, parcels):
    one = bus.consumer(parcels, group="billing")
    one.pause()
    two = bus.consumer(parcels, group="billing")
    assert len(one.poll() + two.poll()) == 5


def test_headers_travel_beside_the_envelope(bus):
    topic = bus.create_topic("parcels")
    bus.publish(topic, ParcelPosted(1), headers={"tenant": "north", "raw": b"\x00\xff"})
    bus.publish(topic, ParcelPosted(2))
    with_headers, without = bus.consumer(topic, group="billing").poll()
    assert dict(with_headers.headers) == {"tenant": b"north", "raw": b"\x00\xff"}
    assert dict(without.headers) == {}


@pytest.mark.parametrize("headers", [{"ce_id": "mine"}, {"Content-Type": "text"}, {"n": 7}, {7: "n"}])
def test_a_header_that_is_none_is_refused(bus, headers):
    topic = bus.create_topic("parcels")
    with pytest.raises(InvalidHeader):
        bus.publish(topic, ParcelPosted(1), headers=headers)
    assert bus.consumer(topic, group="billing").poll() == []


def test_a_record_has_the_time_of_its_writing(bus):
    topic = bus.create_topic("parcels")
    published = bus.publish(topic, ParcelPosted(1))
    (read,) = bus.consumer(topic, group="billing").poll()
    assert read.timestamp == published.timestamp
    assert abs((read.timestamp - read.envelope.time).total_seconds()) < 0.001
