"""What a log forgets, and what it doesn't."""

from dataclasses import dataclass

import pytest

from sandbox import Event
from sandbox.errors import OffsetOutOfRange, UsageError

HOUR = 3_600_000


@dataclass(frozen=True)
class PriceChanged(Event):
    cents: int


def cents(records):
    return [record.event.cents for record in records if not record.is_tombstone]


def test_a_topic_forgets_nothing_unless_it_is_told_to(sim):
    prices = sim.create_topic("prices")
    sim.publish(prices, PriceChanged(350), key="latte")
    sim.clock.advance(365 * 24 * HOUR)
    assert cents(sim.consumer(prices, "menu").poll()) == [350]


def test_retention_takes_whole_segments_once_their_newest_record_is_too_old(sim):
    prices = sim.create_topic("prices", retention_ms=2 * HOUR, segment_ms=HOUR)
    for n in range(4):
        sim.publish(prices, PriceChanged(n), key="latte")
        sim.clock.advance(HOUR / 2 + 60_000)
    sim.publish(prices, PriceChanged(4), key="latte")
    assert cents(sim.consumer(prices, "menu").poll()) == [0, 1, 2, 3, 4]
    sim.clock.advance(1.2 * HOUR)
    records = sim.consumer(prices, "later").poll()
    assert cents(records) == [2, 3, 4]
    assert records[0].offset == 2
    sim.clock.advance(3 * HOUR)
    assert sim.consumer(prices, "much-later").poll() == []
    assert sim.publish(prices, PriceChanged(5), key="latte").offset == 5


def test_retention_by_size_keeps_the_newest(sim):
    prices = sim.create_topic("prices", retention_bytes=1_000, segment_bytes=300)
    for n in range(50):
        sim.publish(prices, PriceChanged(n), key="latte")
    kept = cents(sim.consumer(prices, "menu").poll())
    assert kept[-1] == 49
    assert 1_000 / 100 <= len(kept) <= 1_300 / 80 + 1


def test_a_reader_whose_offset_was_forgotten_is_reset_or_told(sim):
    prices = sim.create_topic("prices", retention_ms=HOUR, segment_ms=HOUR)
    menu, strict = sim.consumer(prices, "menu"), sim.consumer(prices, "strict", auto_offset_reset="none")
    sim.publish(prices, PriceChanged(1), key="latte")
    strict.seek_to_beginning()
    sim.clock.advance(100_000)
    sim.clock.advance(4 * HOUR)
    sim.publish(prices, PriceChanged(2), key="latte")
    strict = sim.consumer(prices, "strict-too", auto_offset_reset="none")
    strict.seek(0, 0)
    with pytest.raises(OffsetOutOfRange, match=r"prices\[0\] \(its log: 1 to 2\)"):
        strict.poll()
    assert cents(menu.poll()) == [2]


def test_compaction_keeps_the_last_of_each_key_and_never_touches_the_active_segment(sim):
    prices = sim.create_topic("prices", cleanup_policy="compact", segment_ms=HOUR)
    for n in range(3):
        sim.publish(prices, PriceChanged(n), key="latte")
        sim.publish(prices, PriceChanged(10 + n), key="mocha")
    sim.clock.advance(2 * HOUR)
    assert len(sim.consumer(prices, "one").poll()) == 6  # all of it is in the active segment
    sim.publish(prices, PriceChanged(3), key="latte")
    sim.clock.advance(20_000)
    records = sim.consumer(prices, "two").poll()
    assert [(record.offset, record.event.cents) for record in records] == [(4, 2), (5, 12), (6, 3)]
    assert sim.publish(prices, PriceChanged(4), key="latte").offset == 7


def test_a_position_in_a_gap_goes_on_behind_it(sim):
    prices = sim.create_topic("prices", cleanup_policy="compact", segment_ms=HOUR)
    for n in range(3):
        sim.publish(prices, PriceChanged(n), key="latte")
    sim.clock.advance(2 * HOUR)
    sim.publish(prices, PriceChanged(3), key="latte")
    sim.clock.advance(20_000)
    menu = sim.consumer(prices, "menu")
    menu.seek(0, 1)
    assert [record.offset for record in menu.poll()] == [2, 3]
    assert menu.position() == {("prices", 0): 4}


def test_a_tombstone_is_seen_for_a_while_and_then_forgotten(sim):
    prices = sim.create_topic(
        "prices", cleanup_policy="compact", segment_ms=HOUR, delete_retention_ms=3 * HOUR
    )
    sim.publish(prices, PriceChanged(1), key="latte")
    sim.publish(prices, None, key="latte")
    sim.clock.advance(2 * HOUR)
    sim.publish(prices, PriceChanged(2), key="mocha")
    sim.clock.advance(20_000)
    assert [record.is_tombstone for record in sim.consumer(prices, "one").poll()] == [True, False]
    sim.clock.advance(2 * HOUR)
    assert [record.is_tombstone for record in sim.consumer(prices, "two").poll()] == [False]


def test_compaction_forgets_aborted_records_and_keeps_open_ones(sim):
    prices = sim.create_topic("prices", cleanup_policy="compact", segment_ms=HOUR)
    sim.publish(prices, PriceChanged(1), key="latte")
    producer = sim.producer(transactional_id="till")
    with pytest.raises(ZeroDivisionError), producer.transaction():
        producer.publish(prices, PriceChanged(2), key="latte")
        raise ZeroDivisionError
    sim.clock.advance(2 * HOUR)
    sim.publish(prices, PriceChanged(3), key="mocha")
    sim.clock.advance(20_000)
    assert cents(sim.consumer(prices, "menu").poll()) == [1, 3]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"cleanup_policy": "burn"}, "delete, compact"),
        ({"retention_ms": 0}, "1 or more, not 0"),
        ({"retention_days": 7}, "no option 'retention_days'"),
        ({"segment_ms": "1h"}, "whole number"),
    ],
)
def test_options_that_make_no_sense_are_refused(sim, options, says):
    with pytest.raises(UsageError, match=says):
        sim.create_topic("prices", **options)


def test_a_trace_keeps_the_latest_steps_and_says_what_it_dropped():
    from sandbox.trace import Trace

    trace = Trace(keep=10)
    for n in range(100):
        trace.record("till", "publish", f"orders[0]@{n}")
    assert 10 <= len(trace) < 20
    assert trace.dropped == 100 - len(trace)
    assert repr(trace).startswith(
        f"The first {trace.dropped} steps were dropped: this trace keeps the latest 10"
    )
    assert trace.actors == ["till"]
    assert trace.steps[-1].place == "orders[0]@99"
