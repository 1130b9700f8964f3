"""Consumer groups: who reads what, what a rebalance does, and whose commit counts."""

from dataclasses import dataclass

import pytest

from sandbox import Event
from sandbox.errors import CommitRejected, ConsumerClosed, MemberExists, NotAssigned, UsageError


@dataclass(frozen=True)
class ParcelPosted(Event):
    parcel: int


@pytest.fixture
def parcels(bus):
    """A topic of four partitions with two parcels in each."""
    topic = bus.create_topic("parcels", partitions=4)
    for number in range(40):
        bus.publish(topic, ParcelPosted(number), key=f"P-{number}")
    return topic


def shares(*members):
    return sorted(len(member.assignment) for member in members)


@pytest.mark.parametrize("assignor", ["range", "roundrobin", "sticky"])
def test_every_partition_has_one_reader(bus, parcels, assignor):
    members = [bus.consumer(parcels, "billing", assignor=assignor) for _ in range(3)]
    assert shares(*members) == [1, 1, 2]
    assert set.union(*(member.assignment for member in members)) == {("parcels", n) for n in range(4)}


def test_a_member_beyond_the_partitions_reads_nothing(bus):
    topic = bus.create_topic("parcels", partitions=1)
    assert shares(bus.consumer(topic, "billing"), bus.consumer(topic, "billing")) == [0, 1]


def test_range_gives_the_first_member_the_odd_partition_of_every_topic_round_robin_does_not(bus):
    topics = [bus.create_topic(name, partitions=3) for name in ("letters", "parcels")]
    by_range = [bus.consumer(topics, "range") for _ in range(2)]
    assert shares(*by_range) == [2, 4]
    by_turns = [bus.consumer(topics, "turns", assignor="roundrobin") for _ in range(2)]
    assert shares(*by_turns) == [3, 3]


def test_sticky_leaves_partitions_where_they_are(bus, parcels):
    one, two = (bus.consumer(parcels, "billing", assignor="sticky") for _ in range(2))
    before = one.assignment, two.assignment
    three = bus.consumer(parcels, "billing", assignor="sticky")
    assert shares(one, two, three) == [1, 1, 2]
    assert one.assignment <= before[0]
    assert two.assignment <= before[1]


def test_members_who_deal_differently_do_not_form_a_group(bus, parcels):
    one = bus.consumer(parcels, "billing")
    with pytest.raises(UsageError, match="share one assignor, 'range'"):
        bus.consumer(parcels, "billing", assignor="sticky")
    assert len(one.assignment) == 4


def test_a_reader_of_several_topics_reads_them_all_and_says_which_it_means(bus):
    names = ["letters", "parcels"]
    for name in names:
        bus.publish(bus.create_topic(name), ParcelPosted(1), key="P")
    reader = bus.consumer(names, "billing")
    assert {record.topic for record in reader.poll()} == set(names)
    reader.seek(("letters", 0), 0)
    assert [record.topic for record in reader.poll()] == ["letters"]
    with pytest.raises(NotAssigned, match="may mean a partition of either"):
        reader.seek(0, 0)


def test_two_members_of_one_name_are_refused(bus, parcels):
    one = bus.consumer(parcels, "billing", name="till")
    with pytest.raises(MemberExists, match="'till'"):
        bus.consumer(parcels, "billing", name="till")
    one.close()
    assert bus.consumer(parcels, "billing", name="till").name == "till"


def test_each_rebalance_begins_a_generation(bus, parcels):
    one = bus.consumer(parcels, "billing")
    first = one.generation
    two = bus.consumer(parcels, "billing")
    assert one.generation == two.generation > first
    second = one.generation
    two.close()
    assert one.generation > second


def test_callbacks_are_told_what_goes_and_what_comes(bus, parcels):
    told = []
    one = bus.consumer(
        parcels,
        "billing",
        on_assigned=lambda consumer, partitions: told.append(("assigned", partitions)),
        on_revoked=lambda consumer, partitions: told.append(("revoked", partitions)),
    )
    everything = {("parcels", n) for n in range(4)}
    assert told == [("assigned", everything)]
    two = bus.consumer(parcels, "billing")
    assert told[1:] == [("revoked", everything), ("assigned", one.assignment)]
    two.close()
    one.close()
    assert told[-1] == ("revoked", everything)


def test_a_commit_in_the_revoke_callback_counts(bus, parcels):
    one = bus.consumer(parcels, "billing", on_revoked=lambda consumer, partitions: consumer.commit())
    assert len(one.poll()) == 40
    two = bus.consumer(parcels, "billing")
    assert one.poll() == two.poll() == []
    assert bus.lag("billing") == 0


def test_who_crashes_is_told_nothing(bus, parcels):
    told = []
    one = bus.consumer(parcels, "billing", on_revoked=lambda consumer, partitions: told.append(partitions))
    one.crash()
    assert told == []
    with pytest.raises(ConsumerClosed, match="has crashed"):
        one.poll()


def test_the_assigned_callback_may_seek_to_a_position_stored_elsewhere(bus, parcels):
    def seek_all(consumer, partitions):
        for at in partitions:
            consumer.seek(at, 2)

    one = bus.consumer(parcels, "billing", on_assigned=seek_all)
    assert min(record.offset for record in one.poll()) == 2
    two = bus.consumer(parcels, "billing", on_assigned=seek_all)
    assert min(record.offset for record in one.poll() + two.poll()) == 2


def test_a_zombie_can_not_commit_and_comes_back_as_a_new_member(bus, parcels):
    lost = []
    one = bus.consumer(parcels, "billing", on_lost=lambda consumer, partitions: lost.append(partitions))
    polled = one.poll()
    bus.faults.add("duplicate billing handle 1 second-consumer")
    bus.faults.step("billing", "handle", lambda: None)
    with pytest.raises(CommitRejected):
        one.commit(polled[0])
    again = one.poll()
    assert len(again) == 40
    assert lost == [{("parcels", n) for n in range(4)}]


def test_auto_commit_commits_what_earlier_polls_gave(bus, parcels):
    one = bus.consumer(parcels, "billing", auto_commit_interval_ms=0)
    assert len(one.poll()) == 40
    assert bus.lag("billing") == 40  # nothing yet: the next poll commits it
    one.poll()
    assert bus.lag("billing") == 0


def test_auto_commit_loses_what_was_polled_and_never_handled(bus, parcels):
    """Misconception 8: the position is stored, whether the handler has run or not."""
    one = bus.consumer(parcels, "billing", auto_commit_interval_ms=0)
    one.poll()
    one.poll()
    one.crash()
    assert bus.consumer(parcels, "billing").poll() == []


def test_more_partitions_move_keys_and_their_groups_see_them(bus):
    topic = bus.create_topic("parcels", partitions=2)
    one = bus.consumer(topic, "billing")
    before = {n: bus.publish(topic, ParcelPosted(n), key=f"P-{n}").partition for n in range(20)}
    grown = bus.add_partitions(topic, 5)
    assert grown.partitions == 5
    assert len(one.assignment) == 5
    after = {n: bus.publish(topic, ParcelPosted(n), key=f"P-{n}").partition for n in range(20)}
    assert any(before[n] != after[n] for n in range(20))
    assert len(one.poll()) == 40


@pytest.mark.parametrize("partitions", [1, 2, "3"])
def test_partitions_are_never_taken_away(bus, partitions):
    topic = bus.create_topic("parcels", partitions=2)
    with pytest.raises(UsageError, match="can only get more"):
        bus.add_partitions(topic, partitions)


def test_an_option_that_does_not_exist_is_refused_with_those_that_do(bus, parcels):
    with pytest.raises(UsageError, match=r"no option 'reset'.*auto_offset_reset"):
        bus.consumer(parcels, "billing", reset="latest")
    with pytest.raises(UsageError, match="assignor is one of range, roundrobin, sticky, not 'fair'"):
        bus.consumer(parcels, "billing", assignor="fair")
